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
 * The most inputs that are computed together: the weights of dense layers are read once for all of them. With eight,
 * their values and the weights in use fit the L1 cache.
 */
export const TILE = 8;

/** Where the ops begin, in bytes; see `kernels/index.as`. */
export const PROGRAM_ADDRESS = 128;

/** Bytes of a 32-bit float. */
export const FLOAT = 4;

/** Bytes of a page of WebAssembly memory. */
const PAGE_BYTES = 65_536;

/** Pages that 32-bit addresses reach: 4 GiB. */
const MAX_PAGES = 65_536;

/** Bytes of a cache line. Every region begins at one. */
const CACHE_LINE = 64;

/** The largest kernel size of `kernels/convolve_columns.as`. */
const MAX_COLUMNS_KERNEL = 5;

/** The smallest height and width of a map for `kernels/convolve_columns.as`, which computes blocks of 4×4 pixels. */
const MIN_COLUMNS_SIZE = 4;

/** The only kernel size of `kernels/convolve_winograd.as`. */
const WINOGRAD_KERNEL = 5;

/** The values of each input of a tile in memory, in bytes. */
interface Region {
  /** The address of the first input's values. */
  readonly address: number;
  /** The distance from one input's values to the next's; 0 where all inputs use the same place in turn. */
  readonly step: number;
}

/** One step of a network as the kernels see it. */
interface PlannedStep {
  readonly op: Op;
  /** The layout of the weights of a convolution or a dense layer at the addresses in `op`. */
  readonly packing: Packing | undefined;
  /** The layer whose numbers are stored unpacked, of any other kind that has any. */
  readonly source: Step["source"];
}

/** The memory layout of a network and the program that its kernels run there. */
export interface Plan {
  /** The size of everything, in bytes. */
  readonly bytes: number;
  /** The size of the memory, in pages of 64 KiB. */
  readonly pages: number;
  /** The steps in order. */
  readonly steps: readonly PlannedStep[];
  /** The number of steps that run input by input; those after them run a tile of inputs together. */
  readonly alone: number;
  /** Where inputs are written. */
  readonly input: Region;
  /** Where logits are read. */
  readonly output: Region;
  /** The address of a buffer for the largest block of weights before it is packed. */
  readonly staging: number;
}

/**
 * Lays a network out in memory: for each step its op, its weights and its output. Every network has a memory of its
 * own, in which nothing moves and nothing is allocated later.
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
  const allocateRegion = (numbers: number, inputs: number): Region => {
    const padded = roundUp(numbers, CACHE_LINE / FLOAT);
    return { address: allocate(inputs * padded), step: inputs === 1 ? 0 : padded * FLOAT };
  };

  // The blocks of a convolution that reach beyond its map read up to a row and four values beyond its input, whose
  // results are dropped. The input must not be last in memory: the output and weights of the convolution follow it.
  const input = allocateRegion(sizeOf(architecture.input), TILE);
  let from = input;
  const planned = steps.map((step, index): PlannedStep => {
    const packing = step.kind === "conv" || step.kind === "dense" ? packingOf(step) : undefined;
    const { blocks, size, packed } = packing ?? unpacked(step);
    const next = steps[index + 1];
    const read = inputLayout(step);
    const written = next?.kind === "conv" ? inputLayout(next) : tightLayout(step.output);
    // Kernels write whole blocks of filters or units.
    const channels = packing === undefined ? step.output[0] : blocks * size;
    const plane = step.kind === "dense" ? 1 : written.plane / FLOAT;
    // What only steps that run input by input read is overwritten by the next input.
    const inputs = next === undefined || index + 1 >= alone ? TILE : 1;
    const to = allocateRegion(channels * plane, inputs);
    const op: Op = {
      kind: opKind(step),
      input: from.address,
      inputStep: from.step,
      output: to.address + written.border * (written.row + FLOAT),
      outputStep: to.step,
      inputRow: read.row,
      inputPlane: read.plane,
      outputRow: written.row,
      outputPlane: written.plane,
      channels: packing?.channels ?? step.input[0],
      ...computedSize(step),
      kernel: step.kernel,
      blocks,
      weights: allocate(blocks * packed),
      bias: allocate(blocks * size),
      activation: ACTIVATION_CODES[step.activation],
      pool: POOL_CODES[step.pool],
      scratch: allocate(scratchSize(step)),
    };
    from = to;
    return { op, packing, source: step.source };
  });
  const staging = allocate(Math.max(...planned.map(({ packing }) => packing?.unpacked ?? 0)));

  const pages = Math.ceil(end / PAGE_BYTES);
  if (pages > MAX_PAGES) {
    throw new LeNetError(
      "architecture/invalid",
      `Cannot run the network ${architecture.name}: it needs ${end} bytes of memory, expected at most 4 GiB`,
    );
  }
  return { bytes: end, pages, steps: planned, alone, input, output: from, staging };
}

/** Inserts a copy before each convolution that needs a border around an input that comes without. */
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
function unpacked(
  { source, input: [channels], output: [outputs] }: Step,
): Pick<Packing, "blocks" | "size" | "packed"> {
  if (source === undefined) return { blocks: 0, size: 0, packed: 0 };
  return source.kind === "rbf"
    ? { blocks: outputs, size: 0, packed: channels }
    : { blocks: channels, size: 1, packed: 1 };
}

function opKind(step: Step): number {
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
      return CONVOLUTIONS[convolutionKernel(step)].op;
  }
}

/** Floats of scratch memory: Winograd's algorithm turns each pair of rows into six, in whole vectors. */
function scratchSize(step: Step): number {
  if (step.kind !== "conv" || convolutionKernel(step) !== "winograd") return 0;
  const pairs = Math.ceil(computedSize(step).height / 2);
  return pairs * step.input[0] * 6 * roundUp(inputLayout(step).row / FLOAT, 4);
}

/** The layout of an image in memory: channel after channel, row after row, possibly with a border of zeros. */
interface Layout {
  /** Rows above and below, and columns on both sides, that stay zero. */
  readonly border: number;
  /** The distance between rows, in bytes. */
  readonly row: number;
  /** The distance between channels, in bytes. */
  readonly plane: number;
}

/** The layout in which a step reads its input: that of a convolution has its padding as a border. */
function inputLayout(step: Step): Layout {
  if (step.kind !== "conv") return tightLayout(step.input);
  const { padding, input: [, height, width] } = step;
  const row = (width + 2 * padding) * FLOAT;
  return { border: padding, row, plane: row * (height + 2 * padding) };
}

/** A layout without a border. */
function tightLayout([, height, width]: ImageShape): Layout {
  return { border: 0, row: width * FLOAT, plane: height * width * FLOAT };
}

/** The rows and columns that a step computes: its output, or what its pooling reads. */
function computedSize(step: Step): { height: number; width: number } {
  const scale = step.pool === "none" ? 1 : 2;
  return { height: scale * step.output[1], width: scale * step.output[2] };
}

/** The kernels for convolutions; see the files of these names in `kernels`. */
type ConvolutionKernel = "columns" | "filters" | "winograd";

/**
 * The op of each kernel for convolutions, the number of filters in a block of its weights, and by how much packing makes
 * a block larger: a kernel with columns in its lanes repeats each weight in four lanes, Winograd's algorithm makes six
 * weights of five.
 */
const CONVOLUTIONS = {
  columns: { op: OP_KINDS.convolveColumns, size: 2, growth: 4 },
  filters: { op: OP_KINDS.convolveFilters, size: 8, growth: 1 },
  winograd: { op: OP_KINDS.convolveWinograd, size: 8, growth: 6 / 5 },
} as const;

/**
 * Chooses the kernel that is likely to be the fastest for a convolution.
 *
 * With columns in the lanes, a map is computed in blocks of 4×4 pixels and two filters, otherwise in blocks of 2×2
 * pixels and eight filters; what lies beyond the map is wasted. Winograd's algorithm was measured to take 0.7 of the time
 * of the direct one, plus half of it for the work that it does once for all channels.
 *
 * Winograd's algorithm adds up neighbouring rows, so that a small value beside one of 1e30 is lost, as it would be in any
 * later sum of both. A saturating activation would keep it, so the algorithm is not used before one.
 *
 * @param step A convolution.
 * @returns The kernel.
 */
function convolutionKernel(step: Step): ConvolutionKernel {
  const { kernel, straight, input: [channels], output: [filters] } = step;
  const { height, width } = computedSize(step);
  const inFilters = roundUp(height, 2) * roundUp(width, 2) * roundUp(filters, 8);
  const times: Readonly<Record<ConvolutionKernel, number>> = {
    columns: kernel <= MAX_COLUMNS_KERNEL && Math.min(height, width) >= MIN_COLUMNS_SIZE
      ? roundUp(height, 4) * roundUp(width, 4) * roundUp(filters, 2)
      : Infinity,
    filters: inFilters,
    winograd: kernel === WINOGRAD_KERNEL && straight
      ? (0.7 + 0.5 / channels) * inFilters
      : Infinity,
  };
  const least = Math.min(...Object.values(times));
  if (times.columns === least) return "columns";
  return times.winograd === least ? "winograd" : "filters";
}

/** The weights and bias of a layer in memory: in blocks, in the order in which its kernel reads them. */
interface Packing {
  /** The name of the layer. */
  readonly name: string;
  /** Channels of the input, or inputs of a dense layer. */
  readonly channels: number;
  /** Width and height of the kernel; 1 for a dense layer. */
  readonly kernel: number;
  /** Filters or units in a block. */
  readonly size: number;
  /** The number of blocks. Surplus filters of the last one are computed and never read. */
  readonly blocks: number;
  /** Floats in the weights of a block, unpacked. */
  readonly unpacked: number;
  /** Floats in the weights of a block, packed. */
  readonly packed: number;
}

/** The packing of a convolution or a dense layer; the latter is packed as a convolution with a 1×1 kernel. */
function packingOf(step: Step): Packing {
  const [order, filters, channels, kernel] = step.kind === "conv"
    ? [convolutionKernel(step), step.output[0], step.input[0], step.kernel] as const
    : ["filters", sizeOf(step.output), sizeOf(step.input), 1] as const;
  const { size, growth } = CONVOLUTIONS[order];
  const unpacked = size * channels * kernel * kernel;
  return {
    name: step.name,
    channels,
    kernel,
    size,
    blocks: Math.ceil(filters / size),
    unpacked,
    packed: Math.round(unpacked * growth),
  };
}

/** Rounds a whole number up to a multiple of another. */
function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
