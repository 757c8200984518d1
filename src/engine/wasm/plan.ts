import { LeNetError } from "../../errors.ts";
import { type Architecture, type ImageShape, sizeOf } from "../../model/architecture.ts";
import {
  ACTIVATION_CODES,
  copyStep,
  groupSteps,
  type Op,
  OP_BYTES,
  OP_KINDS,
  POOL_CODES,
  type Step,
} from "./steps.ts";

/**
 * How many digits are computed together at most, so that the weights of dense layers are read once for all of them.
 * With eight, their inputs and the weights in use fit the nearest cache.
 */
export const TILE = 8;

/** Where the ops begin, see `kernels/index.as`. */
export const PROGRAM_ADDRESS = 128;

const PAGE_BYTES = 65_536;

/** What 32-bit addresses reach. */
const MAXIMUM_PAGES = 65_536;

/** Everything begins at a cache line. */
const CACHE_LINE = 64;

/** Where the values of each digit of a tile lie, in bytes. */
interface Region {
  /** The first digit's. */
  readonly address: number;
  /** From one digit's to the next one's; 0 where all digits have one place, one after another. */
  readonly step: number;
}

/** One step of a network, as the kernels see it. */
interface PlannedStep {
  /** What is computed, from where to where. */
  readonly op: Op;
  /** How its weights go to the addresses in `op`, if it is a convolution or a dense layer. */
  readonly packing: Packing | undefined;
  /** The layer whose numbers go there as they are, if it is another that has any. */
  readonly source: Step["source"];
}

/** How a network lies in memory, and what its kernels are to do there. */
export interface Plan {
  /** The size of the memory, in pages of 64 KiB. */
  readonly pages: number;
  /** What to do, in order. */
  readonly steps: readonly PlannedStep[];
  /** How many steps take one digit after another; those after them take a tile of digits together. */
  readonly alone: number;
  /** Where inputs go. */
  readonly input: Region;
  /** Where logits are found. */
  readonly output: Region;
  /** Room for the largest block of weights as it comes, while the net is loaded. */
  readonly staging: number;
}

/**
 * Lays a network out in memory: for each step its kernel, its weights and what it gives. Every net has a memory of
 * its own, in which nothing moves and nothing is allocated later.
 *
 * @param architecture The network.
 * @returns The plan.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit, or need more than 4 GiB.
 */
export function planNetwork(architecture: Architecture): Plan {
  const steps = withCopies(groupSteps(architecture));
  const firstDense = steps.findIndex(({ kind }) => kind === "dense");
  const alone = firstDense < 0 ? steps.length : firstDense;

  let end = PROGRAM_ADDRESS + steps.length * OP_BYTES;
  const allocate = (numbers: number): number => {
    const address = roundUp(end, CACHE_LINE);
    end = address + numbers * FLOAT;
    return address;
  };
  const allocateRegion = (numbers: number, digits: number): Region => {
    const padded = roundUp(numbers, CACHE_LINE / FLOAT);
    return { address: allocate(digits * padded), step: digits === 1 ? 0 : padded * FLOAT };
  };

  const input = allocateRegion(sizeOf(architecture.input), TILE);
  let from = input;
  const planned = steps.map((step, index): PlannedStep => {
    const packing = step.kind === "conv" || step.kind === "dense" ? packingOf(step) : undefined;
    const { blocks, size, given } = packing ?? unpacked(step);
    const next = steps[index + 1];
    const taken = inputLayout(step);
    const layout = next?.kind === "conv" ? inputLayout(next) : tightLayout(step.output);
    // Kernels write whole blocks of filters or units.
    const unit = step.kind === "dense" ? 1 : layout.plane / FLOAT;
    const written = (packing === undefined ? step.output[0] : blocks * size) * unit;
    // What only steps that take digits alone see is written over by the next digit.
    const to = allocateRegion(written, next === undefined || index + 1 >= alone ? TILE : 1);
    const op: Op = {
      kind: kindOf(step),
      input: from.address,
      inputStep: from.step,
      output: to.address + layout.border * (layout.row + FLOAT),
      outputStep: to.step,
      inputRow: taken.row,
      inputPlane: taken.plane,
      outputRow: layout.row,
      outputPlane: layout.plane,
      channels: packing?.channels ?? step.input[0],
      ...computedSize(step),
      kernel: step.kernel,
      blocks,
      weights: allocate(blocks * given),
      bias: allocate(blocks * size),
      activation: ACTIVATION_CODES[step.activation],
      pool: POOL_CODES[step.pool],
      scratch: allocate(scratchOf(step)),
    };
    from = to;
    return { op, packing, source: step.source };
  });
  const staging = allocate(Math.max(...planned.map(({ packing }) => packing?.taken ?? 0)));

  // Blocks that reach beyond a map's end read on there, up to a row and a few values, and drop what comes of it.
  const slack = Math.max(...planned.map(({ op }) => op.inputRow)) + CACHE_LINE;
  const pages = Math.ceil((end + slack) / PAGE_BYTES);
  if (pages > MAXIMUM_PAGES) {
    throw new LeNetError(
      "architecture/invalid",
      `Cannot run the network ${architecture.name}: it needs ${end} bytes of memory, expected at most 4 GiB`,
    );
  }
  return { pages, steps: planned, alone, input, output: from, staging };
}

/** Puts a copy before each step that wants gaps in its input where it comes without, from outside or a dense layer. */
function withCopies(steps: readonly Step[]): Step[] {
  return steps.flatMap((step, index) => {
    const wanted = inputLayout(step);
    const tight = tightLayout(step.input);
    const comesTight = index === 0 || steps[index - 1].kind === "dense";
    const fits = wanted.row === tight.row && wanted.plane === tight.plane;
    return comesTight && !fits ? [copyStep(step.input), step] : [step];
  });
}

/** The numbers of a step that is neither a convolution nor a dense layer, in the terms of a packing. */
function unpacked({ source, input: [channels], output: [outputs] }: Step) {
  if (source === undefined) return { blocks: 0, size: 0, given: 0 };
  return source.kind === "rbf"
    ? { blocks: outputs, size: 0, given: channels }
    : { blocks: channels, size: 1, given: 1 };
}

function kindOf(step: Step): number {
  switch (step.kind) {
    case "copy":
      return OP_KINDS.copyRows;
    case "pool":
      return OP_KINDS.pool;
    case "dense":
      return OP_KINDS.dense;
    case "scale":
      return OP_KINDS.scale;
    case "rbf":
      return OP_KINDS.rbf;
    case "conv":
      return CONVOLUTION_KINDS[convolutionKernel(step)];
  }
}

const CONVOLUTION_KINDS = {
  columns: OP_KINDS.convolveColumns,
  filters: OP_KINDS.convolveFilters,
  winograd: OP_KINDS.convolveWinograd,
} as const;

/** How many numbers a step needs room for on its way: Winograd's makes six rows of each two, in whole vectors. */
function scratchOf(step: Step): number {
  if (step.kind !== "conv" || convolutionKernel(step) !== "winograd") return 0;
  const pairs = Math.ceil(computedSize(step).height / 2);
  return pairs * step.input[0] * 6 * roundUp(inputLayout(step).row / FLOAT, 4);
}

/** Bytes of a float. */
export const FLOAT = 4;

/** The largest convolution kernel that `kernels/convolve_columns.as` takes. */
const LARGEST_IN_COLUMNS = 5;

/** The only one that `kernels/convolve_winograd.as` takes. */
const WINOGRAD = 5;

/** How an image lies in memory: channel after channel, row after row, perhaps with a border of zeros. */
interface Layout {
  /** Rows above and below and columns on both sides that stay zero. */
  readonly border: number;
  /** From one row to the next, in bytes. */
  readonly row: number;
  /** From one channel to the next, in bytes. */
  readonly plane: number;
}

/**
 * The layout in which a step wants its input.
 *
 * @param step The step.
 * @returns For a convolution one with its padding around, else one without gaps.
 */
function inputLayout(step: Step): Layout {
  if (step.kind !== "conv") return tightLayout(step.input);
  const { padding, input: [, height, width] } = step;
  const row = (width + 2 * padding) * FLOAT;
  return { border: padding, row, plane: row * (height + 2 * padding) };
}

/**
 * A layout without gaps.
 *
 * @param shape The image's shape.
 * @returns The layout.
 */
function tightLayout([, height, width]: ImageShape): Layout {
  return { border: 0, row: width * FLOAT, plane: height * width * FLOAT };
}

/**
 * How much of its map a step computes: as much as comes out, or what the pooling looks at.
 *
 * @param step The step.
 * @returns Rows and columns.
 */
function computedSize(step: Step): { height: number; width: number } {
  const scale = step.pool === "none" ? 1 : 2;
  return { height: scale * step.output[1], width: scale * step.output[2] };
}

/** The kernels for convolutions, see the files of these names in `kernels`. */
type ConvolutionKernel = "columns" | "filters" | "winograd";

/**
 * Chooses the kernel for a convolution: the one that is likely to be done first.
 *
 * With columns in the lanes a map is computed in blocks of 4×4 positions and two filters, otherwise in blocks of 2×2
 * positions and eight filters; what lies beyond the map is in vain. Winograd's way was measured to take 0.7 of the time
 * of the direct one, and half of it for what it does only once for all channels.
 *
 * Winograd's way mixes neighbouring rows, so that beside a value of 1e30 a small one drowns, as it would in any later
 * sum with both. Where a curve cuts large values down before they meet, that would show, so there it is not taken.
 *
 * @param step The convolution.
 * @returns The kernel.
 */
function convolutionKernel(step: Step): ConvolutionKernel {
  const { kernel, straight, input: [channels], output: [filters] } = step;
  const { height, width } = computedSize(step);
  const inFilters = roundUp(height, 2) * roundUp(width, 2) * roundUp(filters, 8);
  const times: Readonly<Record<ConvolutionKernel, number>> = {
    columns: kernel <= LARGEST_IN_COLUMNS && height >= 4 && width >= 4
      ? roundUp(height, 4) * roundUp(width, 4) * roundUp(filters, 2)
      : Infinity,
    filters: inFilters,
    winograd: kernel === WINOGRAD && straight ? (0.7 + 0.5 / channels) * inFilters : Infinity,
  };
  const least = Math.min(...Object.values(times));
  if (times.columns === least) return "columns";
  return times.winograd === least ? "winograd" : "filters";
}

/**
 * Rounds up to a multiple.
 *
 * @param value A whole number.
 * @param unit Another.
 * @returns The first multiple of the unit from the value on.
 */
function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

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
interface Packing {
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
function packingOf(step: Step): Packing {
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
