import type { ActivationName } from "../../model/layer.ts";

/** The fields of an op in memory, 32 bits each, in the order of the class `Op` in `kernels/op.as`. */
const OP_FIELDS = [
  "kind",
  "input",
  "inputStep",
  "output",
  "outputStep",
  "inputRow",
  "inputPlane",
  "outputRow",
  "outputPlane",
  "channels",
  "height",
  "width",
  "kernel",
  "blocks",
  "weights",
  "bias",
  "activation",
  "pool",
  "scratch",
] as const;

type OpField = typeof OP_FIELDS[number];

/** One step of a network, as the kernels read it. Addresses and strides are in bytes. */
export type Op = { readonly [field in OpField]: number };

/** The size of an op in memory, in bytes. */
export const OP_BYTES: number = OP_FIELDS.length * 4;

/** The number of each kind of op. */
export const OP_KINDS = {
  copyRows: 0,
  pool: 1,
  convolveColumns: 2,
  convolveFilters: 3,
  dense: 4,
  convolveWinograd: 5,
  scale: 6,
  rbf: 7,
} as const;

/** The number of each activation. */
export const ACTIVATION_CODES: Readonly<Record<ActivationName | "identity", number>> = {
  identity: 0,
  relu: 1,
  sigmoid: 2,
  tanh: 3,
  "scaled-tanh": 4,
};

/** What a convolution does with each 2×2 block: the mean of activated values, or the activated mean. */
export const POOL_CODES = { none: 0, max: 1, average: 2, averageFirst: 3 } as const;

/**
 * Writes an op into memory.
 *
 * @param op The op.
 * @param memory The memory as 32-bit words.
 * @param address Where it goes, in bytes.
 */
export function writeOp(op: Op, memory: Uint32Array, address: number): void {
  for (const [index, field] of OP_FIELDS.entries()) memory[address / 4 + index] = op[field];
}
