/**
 * As much of the WebAssembly binary format as it takes to write a module with one function
 * (https://webassembly.github.io/spec/core/binary).
 *
 * @module
 */

/** The types of values that occur. */
export const I32 = 0x7f;
export const F32 = 0x7d;
export const V128 = 0x7b;

/** The instructions that occur, with their operands. */
export const op = {
  loop: (body: readonly number[]): number[] => [0x03, 0x40, ...body, 0x0b],
  /** Goes back to the start of the innermost loop if the number on the stack is not 0. */
  repeatIf: [0x0d, 0],
  localGet: (local: number): number[] => [0x20, local],
  localSet: (local: number): number[] => [0x21, local],
  localTee: (local: number): number[] => [0x22, local],
  /** A number from 0 to 63. */
  i32Const: (value: number): number[] => [0x41, value],
  i32Sub: [0x6b],
  f32Const: (value: number): number[] => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  f32Add: [0x92],
  f32x4Splat: [0xfd, 0x13],
  f32x4FirstLane: [0xfd, 0x1f, 0],
  f32x4Add: [0xfd, 0xe4, 0x01],
  f32x4Mul: [0xfd, 0xe6, 0x01],
} as const;

/** A function. Its locals are numbered from 0, parameters first; there may be 128 of them. */
export interface WasmFunction {
  /** The types of what it takes. */
  readonly parameters: readonly number[];
  /** The type of what it gives. */
  readonly result: number;
  /** The types of its own variables. */
  readonly locals: readonly number[];
  readonly body: readonly number[];
}

/**
 * Writes a module.
 *
 * @param name What the function is exported as.
 * @param wasmFunction The function.
 * @returns The bytes of the module.
 */
export function wasmModule(
  name: string,
  { parameters, result, locals, body }: WasmFunction,
): Uint8Array<ArrayBuffer> {
  const type = [0x60, ...counted(parameters), 1, result];
  const exported = [...counted(new TextEncoder().encode(name)), 0x00, 0];
  const code = [unsigned(locals.length), ...locals.map((type) => [1, type]), body, [0x0b]].flat();
  return Uint8Array.from([
    ...new TextEncoder().encode("\0asm"),
    ...[1, 0, 0, 0],
    // Types, functions by their type, exports, code: one of each.
    ...[1, ...counted([1, ...type])],
    ...[3, ...counted([1, 0])],
    ...[7, ...counted([1, ...exported])],
    ...[10, ...counted([1, ...counted(code)])],
  ]);
}

/** Bytes after their number. */
function counted(bytes: Iterable<number>): number[] {
  const list = [...bytes];
  return [...unsigned(list.length), ...list];
}

/** A whole number from 0 in groups of seven bits, the lowest first (LEB128). */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...unsigned(value >>> 7)];
}
