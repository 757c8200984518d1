import { sizeOf } from "../../model/shapes.ts";
import { convolutionKernel } from "./layout.ts";
import type { Step } from "./steps.ts";

/**
 * How many filters, or units of a dense layer, a block of weights holds, and how many numbers it holds for each weight:
 * a kernel with columns in its lanes multiplies all of them by one weight, and Winograd's way makes six of five.
 */
const BLOCKS = {
  columns: { size: 2, growth: 4 },
  filters: { size: 8, growth: 1 },
  winograd: { size: 8, growth: 6 / 5 },
} as const;

/** How a layer's weights and bias lie in memory: in blocks, in the order in which its kernel reads them. */
export interface Packing {
  /** The layer's name. */
  readonly name: string;
  /** Channels of the input, or inputs of a dense layer. */
  readonly channels: number;
  /** Width and height of the kernel; 1 for a dense layer. */
  readonly kernel: number;
  /** How many filters or units a block holds. */
  readonly size: number;
  /** How many blocks there are. What the last one has too many is computed as well, and never read. */
  readonly blocks: number;
  /** How many numbers the weights of a block are as they come. */
  readonly taken: number;
  /** How many numbers they are in memory. */
  readonly given: number;
}

/**
 * How the weights of a step are packed.
 *
 * @param step A step with weights. A dense one is packed as a convolution of many channels with a kernel of 1×1.
 * @returns The packing.
 */
export function packingOf(step: Step): Packing {
  const [order, filters, channels, kernel] = step.kind === "conv"
    ? [convolutionKernel(step), step.output[0], step.input[0], step.kernel] as const
    : ["filters", sizeOf(step.output), sizeOf(step.input), 1] as const;
  const { size, growth } = BLOCKS[order];
  const taken = size * channels * kernel ** 2;
  return {
    name: step.name,
    channels,
    kernel,
    size,
    blocks: Math.ceil(filters / size),
    taken,
    given: Math.round(taken * growth),
  };
}
