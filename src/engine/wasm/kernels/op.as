// One step of a network, as `plan.ts` writes it into memory. Addresses and strides are in bytes. The fields and their
// order are those of `OP_FIELDS` in `op.ts`.
@unmanaged
export class Op {
  kind: u32;
  // The first digit's input and output, and how far the next digit's are.
  input: usize;
  inputStep: usize;
  output: usize;
  outputStep: usize;
  // From one row, and from one channel, to the next.
  inputRow: usize;
  inputPlane: usize;
  outputRow: usize;
  outputPlane: usize;
  channels: i32;
  // Rows and columns to compute, before pooling.
  height: i32;
  width: i32;
  kernel: i32;
  // How many blocks of weights there are: pairs of filters, eights of filters or units, single channels or codes.
  blocks: i32;
  weights: usize;
  bias: usize;
  activation: u32;
  pool: u32;
  // Room for what a step computes on the way.
  scratch: usize;
}

export const COPY_ROWS: u32 = 0;
export const POOL: u32 = 1;
export const CONVOLVE_COLUMNS: u32 = 2;
export const CONVOLVE_FILTERS: u32 = 3;
export const DENSE: u32 = 4;
export const CONVOLVE_WINOGRAD: u32 = 5;
export const SCALE: u32 = 6;
export const RBF: u32 = 7;

export const POOL_NONE: u32 = 0;
export const POOL_MAX: u32 = 1;
// The mean of four activated values, and the activated mean of four values.
export const POOL_AVERAGE: u32 = 2;
export const POOL_AVERAGE_FIRST: u32 = 3;
