import { LeNetError } from "../../errors.ts";
import {
  type Architecture,
  type ConvLayer,
  inferShapes,
  type Layer,
  sizeOf,
  stageParameters,
} from "../../model/architecture.ts";
import { PARAMETER_PARTS } from "../../model/layers.ts";
import { connectionMasks, parameterShapes } from "../../model/parameters.ts";
import { FLOAT } from "./plan.ts";
import { ACTIVATION_CODES } from "./steps.ts";
import {
  columnsPackingOf,
  denseLayout,
  filterLayout,
  imageTable,
  LANES,
  type Layout,
  nodesOf,
  packingOf,
  roundUp,
  rowVectors,
  type StepKind,
  vectorLayout,
} from "./training_nodes.ts";

/** Inputs that go through the network together: dense layers read each weight once for four of them. */
const TILE = 16;

/**
 * Inputs of a shard, a multiple of the tile. Gradients are added up within a shard, then from shard to shard, so that any
 * number of threads gives the same bits. More shards share the work more evenly; each costs one addition for each weight.
 */
const SHARD = 2 * TILE;

/** Dense layers take so many inputs together. */
const GROUP = 4;

/** The fields of a step in memory, in their order; see `training/step.as`. */
const STEP_FIELDS = [
  ...["x", "xRow", "xStep", "dx", "y", "yRow", "yStep", "dy"] as const,
  ...["channels", "height", "width", "filters", "outHeight", "outWidth", "kernel"] as const,
  ...["vectors", "weights", "bias", "gradients", "isTrained", "packed", "isColumns"] as const,
  ...["places", "placesStep", "activation"] as const,
  ...["runningMean", "runningVariance", "scratch"] as const,
];

/** A step of `training/step.as`; what it does not need is 0. */
type Fields = Partial<Record<typeof STEP_FIELDS[number], number>>;

/** The codes of poolings; see `training/pool.as`. */
const POOLING_CODES = { max: 0, average: 1, subsample: 2 };

/** A step of the network. */
export interface TrainingStep {
  readonly kind: StepKind;
  /** The address of its fields. */
  readonly address: number;
  /** Whether its backward pass is needed. */
  readonly goesBack: boolean;
  /** Of a dropout: what it draws for each value of an input, and where the factors go. */
  readonly dropout?: { readonly rate: number; readonly size: number; readonly address: number };
}

/** A parameter in memory. */
export interface PlannedParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly address: number;
  readonly layout: Layout;
  /** Whether an optimizer changes it. */
  readonly isTrained: boolean;
}

/** A list of numbers to copy before each step of training. */
interface Copy {
  readonly table: number;
  readonly count: number;
  readonly from: number;
  readonly to: number;
}

/** The memory of a network in training, and what runs there. */
export interface TrainingPlan {
  /** The size of the memory, in bytes. */
  readonly bytes: number;
  /** The most inputs that go through the network together. */
  readonly tile: number;
  /** Whether batch normalization needs all inputs of a batch in one tile. */
  readonly isWholeBatch: boolean;
  /** The most inputs of a shard: all of a batch where they need to be in one tile. */
  readonly shard: number;
  readonly steps: readonly TrainingStep[];
  readonly parameters: readonly PlannedParameter[];
  /**
   * Where the parameters begin, and how many bytes they take. As many take their gradients in a shard, those in a batch,
   * and each state of an optimizer, one after another.
   */
  readonly start: number;
  readonly size: number;
  /** Weights that are packed for the kernels before each step of training. */
  readonly copies: readonly Copy[];
  /** Gradients in a batch to clear where there is no weight. */
  readonly masks: readonly { readonly mask: number; readonly of: number; readonly bytes: number }[];
  /** Where inputs are laid, channel by channel, and the step whose backward pass lays them out. */
  readonly staging: number;
  readonly loading: number;
  /** The steps of a line that the logits of an input are of, class by class; 1 where an input is of one class. */
  readonly lineSteps: number;
  /** The logits of the first input, their gradient, and the distance to those of the next. */
  readonly logits: { readonly address: number; readonly gradient: number; readonly step: number };
  /** Where the answers of another network are laid. */
  readonly targets: number;
  /** Whole numbers that never change. */
  readonly words: readonly Constant[];
  /** Floats that never change. */
  readonly floats: readonly Constant[];
}

/** Numbers in memory. */
interface Constant {
  readonly address: number;
  readonly values: ArrayLike<number>;
}

/** Bytes of a cache line. Every region begins at one. */
const CACHE_LINE = 64;

/** Bytes behind the values of an input that kernels may read, and write as they are. */
const SLACK = 4 * LANES * FLOAT;

/** Where regions begin: constants of the kernels come before. */
const MEMORY_BASE = 1024;

/** What follows the parameters, in multiples of their size: their gradients in a shard, and in a batch. */
export const SHARD_GRADIENTS = 1;
export const BATCH_GRADIENTS = 2;

/** Where a state of an optimizer, or an average, follows the parameters, in multiples of their size. */
export function slotAt(index: number): number {
  return BATCH_GRADIENTS + 1 + index;
}

/** Bytes that 32-bit addresses reach. */
const MAX_BYTES = 2 ** 32;

/**
 * Lays a network in training out in memory. Nothing is allocated later.
 *
 * @param architecture The network.
 * @param slots How many states of an optimizer, and averages, there are for each parameter.
 * @param options `layers`: the names of the layers to train, by default all of them; `batch`: the number of inputs in a
 * batch, where batch normalization needs all in one tile; `lineSteps`: see {@linkcode TrainingPlan}.
 * @returns The plan.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit, or need more than 4 GiB.
 */
export function planTraining(
  architecture: Architecture,
  slots: number,
  { layers, batch = 0, lineSteps = 1 }: {
    readonly layers?: readonly string[] | undefined;
    readonly batch?: number;
    readonly lineSteps?: number;
  } = {},
): TrainingPlan {
  const { nodes, input, output } = nodesOf(architecture);
  const isWholeBatch = nodes.some(({ kind }) => kind === "normalize");
  const tile = isWholeBatch ? roundUp(Math.max(batch, 1), GROUP) : TILE;
  const isTrained = (name: string): boolean => layers === undefined || layers.includes(name);
  const found = nodes.findIndex(({ layer }) => "name" in layer && isTrained(layer.name));
  const first = found < 0 ? nodes.length : found;
  output.hasGradient = true;
  // Before anything as large is made.
  const values = nodes.reduce((sum, { y }) => sum + sizeOf(y.shape), sizeOf(architecture.input));
  const weights = [...parameterShapes(architecture).values()].reduce(
    (sum, shape) => sum + sizeOf(shape),
    0,
  );
  checkSize(architecture, (tile * values + slotAt(slots) * weights) * FLOAT);
  for (const { y } of nodes.slice(first)) y.hasGradient = true;

  let end = MEMORY_BASE;
  const allocate = (bytes: number): number => {
    const address = roundUp(end, CACHE_LINE);
    end = address + bytes;
    return address;
  };
  const words: Constant[] = [];
  const floats: Constant[] = [];
  const tableOf = (values: ArrayLike<number>): number => {
    const address = allocate(values.length * FLOAT);
    words.push({ address, values });
    return address;
  };

  const start = roundUp(end, CACHE_LINE);
  const parameters: PlannedParameter[] = [];
  for (const stage of inferShapes(architecture)) {
    const isDense = nodes.some(({ kind, layer }) => kind === "dense" && layer === stage.layer);
    for (const [name, { part, shape }] of stageParameters(stage)) {
      const layout = shape.length === 1
        ? vectorLayout(shape[0])
        : isDense
        ? denseLayout(shape)
        : filterLayout(shape);
      const address = end;
      end += layout.size * FLOAT;
      const layer = "name" in stage.layer ? stage.layer.name : "";
      const learns = isTrained(layer) && PARAMETER_PARTS[part].isTrainable;
      parameters.push({ name, shape, address, layout, isTrained: learns });
    }
  }
  const size = roundUp(end - start, CACHE_LINE);
  end = start + size * slotAt(slots);
  const parameterOf = (name: string): PlannedParameter =>
    parameters.find((parameter) => parameter.name === name) as PlannedParameter;

  const masks = masksOf(architecture, parameters, tableOf, BATCH_GRADIENTS * size);
  // Zeros in place of filters that do not exist, where they do not fill the last block.
  const zero = allocate(FLOAT);
  for (const tensor of new Set([input, ...nodes.map(({ y }) => y)])) {
    const [channels, height, width] = tensor.shape;
    const { border } = tensor;
    tensor.row = (width + 2 * border) * channels * FLOAT;
    const rows = (height + 2 * border) * tensor.row;
    tensor.step = roundUp(Math.max(rows, roundUp(channels, LANES) * FLOAT) + SLACK, CACHE_LINE);
    const interior = border * (tensor.row + channels * FLOAT);
    // Windows may begin up to a vector before the border.
    tensor.values = allocate(SLACK + tile * tensor.step) + SLACK + interior;
    if (tensor.hasGradient) {
      tensor.gradient = allocate(SLACK + tile * tensor.step) + SLACK + interior;
    }
  }

  const copies: Copy[] = [];
  const steps = nodes.map((node, index): TrainingStep => {
    const { kind, layer, stage, pooled, x, y } = node;
    const [channels, height, width] = x.shape;
    const [filters, outHeight, outWidth] = y.shape;
    const wantsInput = index > first;
    const fields: Fields = {
      ...{ x: x.values, xRow: x.row, xStep: x.step, dx: wantsInput ? x.gradient : 0 },
      ...{ y: y.values, yRow: y.row, yStep: y.step, dy: y.gradient },
      ...{ channels, height, width, filters, outHeight, outWidth, gradients: size },
    };
    let dropout: TrainingStep["dropout"];
    if ("name" in layer) {
      fields.weights = parameterOf(`${layer.name}.weight`).address;
      fields.bias = parameterOf(`${layer.name}.bias`).address;
      fields.isTrained = Number(isTrained(layer.name));
    }
    switch (kind) {
      case "convolution": {
        const { kernel, padding } = layer as ConvLayer;
        const { address, shape } = parameterOf(`${(layer as ConvLayer).name}.weight`);
        const copy = (sources: Int32Array): number => {
          const table = tableOf(sources.map((at) => at < 0 ? zero - address : at * FLOAT));
          const to = allocate(sources.length * FLOAT);
          copies.push({ table, count: sources.length, from: address, to });
          return to;
        };
        const isColumns = channels === 1 && kernel <= MAX_COLUMNS_KERNEL &&
          Math.min(...stage.output.slice(1)) >= MIN_COLUMNS_SIZE;
        const window = padding * (x.row + channels * FLOAT);
        Object.assign(fields, {
          x: x.values - window,
          kernel,
          vectors: rowVectors(channels, kernel),
          packed: copy(isColumns ? columnsPackingOf(shape) : packingOf(shape)),
          isColumns: Number(isColumns),
          scratch: allocate((outHeight * outWidth + 1) * 2 * FLOAT),
        });
        if (pooled !== undefined) {
          const placesStep = roundUp(sizeOf(y.shape) * FLOAT + SLACK, CACHE_LINE);
          fields.places = allocate(tile * placesStep);
          fields.placesStep = placesStep;
          fields.activation = Number(pooled.isRectified);
        }
        if (wantsInput) fields.dx = x.gradient - window;
        break;
      }
      case "dense":
        fields.channels = sizeOf(x.shape);
        fields.vectors = Math.ceil(filters / LANES);
        break;
      case "pool":
        fields.activation = POOLING_CODES[layer.kind === "pool" ? layer.mode : "subsample"];
        fields.scratch = allocate(2 * (channels * FLOAT + SLACK));
        break;
      case "normalize": {
        const { name } = layer as Extract<Layer, { kind: "batch-norm" }>;
        const row = roundUp(width * channels * FLOAT, LANES * FLOAT);
        fields.runningMean = parameterOf(`${name}.running_mean`).address;
        fields.runningVariance = parameterOf(`${name}.running_var`).address;
        fields.scratch = allocate(7 * row + SLACK + channels * Float64Array.BYTES_PER_ELEMENT);
        break;
      }
      case "dropout": {
        const { rate } = layer as Extract<Layer, { kind: "dropout" }>;
        const placesStep = sizeOf(x.shape) * FLOAT;
        fields.placesStep = placesStep;
        fields.places = allocate(tile * placesStep + SLACK);
        dropout = { rate, size: sizeOf(x.shape), address: fields.places };
        break;
      }
      case "activation":
        fields.activation =
          ACTIVATION_CODES[(layer as Extract<Layer, { kind: "activation" }>).activation];
        break;
      case "flatten":
        fields.places = tableOf(imageTable(x.shape, x.row));
        break;
      case "rbf": {
        const { codes } = layer as Extract<Layer, { kind: "rbf" }>;
        const values = codes.flatMap((code) => [...code].map((pixel) => pixel === "#" ? 1 : -1));
        fields.weights = allocate(values.length * FLOAT);
        floats.push({ address: fields.weights, values });
        break;
      }
      default:
        kind satisfies never;
    }
    const address = tableOf(STEP_FIELDS.map((field) => fields[field] ?? 0));
    return { kind, address, goesBack: index >= first, ...dropout && { dropout } };
  });

  const inputs = sizeOf(architecture.input);
  const staging = allocate(tile * inputs * FLOAT);
  const loading: Fields = {
    ...{ dx: input.values, xStep: input.step, dy: staging, yStep: inputs * FLOAT },
    ...{ filters: inputs, places: tableOf(imageTable(architecture.input, input.row)) },
  };
  const loader = tableOf(STEP_FIELDS.map((field) => loading[field] ?? 0));
  const targets = allocate(architecture.classes * FLOAT);
  const plan: TrainingPlan = {
    tile,
    isWholeBatch,
    lineSteps,
    shard: isWholeBatch ? tile : SHARD,
    steps,
    parameters,
    start,
    size,
    copies,
    masks,
    staging,
    loading: loader,
    logits: { address: output.values, gradient: output.gradient, step: output.step },
    targets,
    words,
    floats,
    bytes: end + SLACK,
  };
  checkSize(architecture, plan.bytes);
  return plan;
}

function checkSize({ name }: Architecture, bytes: number): void {
  if (bytes <= MAX_BYTES) return;
  throw new LeNetError(
    "architecture/invalid",
    `Cannot train the network ${name}: it needs ${bytes} bytes of memory, expected at most 4 GiB`,
  );
}

/** The largest kernel size of `training/convolve_columns.as`. */
const MAX_COLUMNS_KERNEL = 5;

/** The smallest height and width of a map for `training/convolve_columns.as`, which computes blocks of 4×4 pixels. */
const MIN_COLUMNS_SIZE = 4;

/** Masks for weights of convolutions that have rows filled up, or missing connections. */
function masksOf(
  architecture: Architecture,
  parameters: readonly PlannedParameter[],
  tableOf: (values: ArrayLike<number>) => number,
  gradients: number,
): TrainingPlan["masks"] {
  const connections = connectionMasks(architecture);
  return parameters.flatMap(({ name, shape, address, layout, isTrained }) => {
    const connected = connections.get(name);
    const isFull = layout.size === layout.places.length && connected === undefined;
    if (!isTrained || shape.length < 4 || isFull) return [];
    const values = new Int32Array(layout.size);
    layout.places.forEach((place, index) => values[place] = connected?.[index] === 0 ? 0 : -1);
    return [{ mask: tableOf(values), of: address + gradients, bytes: layout.size * FLOAT }];
  });
}
