import type { Architecture } from "../../model/architecture.ts";
import { LeNetError } from "../../model/error.ts";
import { sizeOf } from "../../model/shapes.ts";
import {
  computedSize,
  convolutionKernel,
  FLOAT,
  inputLayout,
  roundUp,
  tightLayout,
} from "./layout.ts";
import { ACTIVATION_CODES, type Op, OP_BYTES, OP_KINDS, POOL_CODES } from "./op.ts";
import { type Packing, packingOf } from "./packing.ts";
import { copyStep, groupSteps, type Step } from "./steps.ts";

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
export interface Region {
  /** The first digit's. */
  readonly address: number;
  /** From one digit's to the next one's; 0 where all digits have one place, one after another. */
  readonly step: number;
}

/** One step of a network, as the kernels see it. */
export interface PlannedStep {
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
