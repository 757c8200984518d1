import { F32, I32, op, V128, wasmModule } from "./wasm_module.ts";

/**
 * Accumulators that depend on nothing but themselves, so that the latency of an addition after a multiplication is
 * hidden: 3 + 3 cycles at two of each a cycle need 12, and with 13 none is waited for. With the two constants that is
 * every register that V8 hands out on x86-64; with 14 it must use memory.
 */
const ACCUMULATORS = 13;
const LANES = 4;

/** The function's variables: how many rounds are left, the two constants, and the accumulators. */
const ROUNDS = 0;
const FACTOR = 1;
const TERM = 2;
const FIRST_ACCUMULATOR = 3;

/** How many multiplications, each with its addition, a round of the kernel has. */
export const MULTIPLY_ADDS_PER_ROUND: number = ACCUMULATORS * LANES;

/**
 * A function that does nothing but multiply and add in single precision, as fast as WASM SIMD lets it: it keeps
 * everything in registers. No network can run at a higher rate, so it bounds them all.
 *
 * Nothing of it can be optimised away: each result is needed for the next, every accumulator begins with another
 * number, and all of them are returned.
 *
 * @returns The function; it takes how many rounds to do.
 */
export async function peakKernel(): Promise<(rounds: number) => number> {
  const accumulators = Array.from({ length: ACCUMULATORS }, (_, i) => FIRST_ACCUMULATOR + i);
  const set = (local: number, value: number): number[] => [
    ...op.f32Const(value),
    ...op.f32x4Splat,
    ...op.localSet(local),
  ];
  const bytes = wasmModule("multiplyAndAdd", {
    parameters: [I32],
    result: F32,
    locals: [FACTOR, TERM, ...accumulators].map(() => V128),
    body: [
      // x = 0.5 x + 1 comes to rest at 2, far from numbers that are slow to compute with.
      ...set(FACTOR, 0.5),
      ...set(TERM, 1),
      ...accumulators.flatMap((local, i) => set(local, i)),
      ...op.loop([
        ...accumulators.flatMap((local) => [
          ...op.localGet(local),
          ...op.localGet(FACTOR),
          ...op.f32x4Mul,
          ...op.localGet(TERM),
          ...op.f32x4Add,
          ...op.localSet(local),
        ]),
        ...op.localGet(ROUNDS),
        ...op.i32Const(1),
        ...op.i32Sub,
        ...op.localTee(ROUNDS),
        ...op.repeatIf,
      ]),
      ...accumulators.flatMap((local) => [...op.localGet(local), ...op.f32x4FirstLane]),
      ...accumulators.slice(1).flatMap(() => op.f32Add),
    ],
  });
  const { instance } = await WebAssembly.instantiate(bytes);
  return instance.exports.multiplyAndAdd as (rounds: number) => number;
}
