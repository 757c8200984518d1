import type { Architecture, ImageShape } from "./architecture.ts";
import { LeNetError } from "./error.ts";
import type { ActivationName, Layer } from "./layer.ts";
import { checkOptionNames } from "./options.ts";
import { inferShapes } from "./shapes.ts";

/** What may be varied about {@linkcode lenet5}; everything has the default of LeNet-5 as it is built today. */
export interface LeNetVariation {
  /** What the network is called; default `lenet5`. */
  readonly name?: string;
  /** The shape of one input; default [1, 28, 28]. */
  readonly input?: ImageShape;
  /** The number of classes; default 10. */
  readonly classes?: number;
  /** Filters of each convolution, one convolution for each; default [6, 16]. */
  readonly channels?: readonly number[];
  /** Width and height of all kernels; default 5. */
  readonly kernel?: number;
  /** Zeros around the input of each convolution; default half a kernel for the first, none for the others. */
  readonly padding?: readonly number[];
  /** How 2×2 blocks are pooled after each convolution; default `max`. */
  readonly pool?: "max" | "average";
  /** Units of each hidden dense layer; default [120, 84]. */
  readonly dense?: readonly number[];
  /** The function after each hidden layer; default `relu`. */
  readonly activation?: ActivationName;
  /** The function after each convolution, where it is another, or null for none; default `activation`. */
  readonly convActivation?: ActivationName | null;
  /** Whether each convolution is followed by batch normalization; default no. */
  readonly batchNorm?: boolean;
  /** The chance of each value after a hidden dense layer to be dropped in training; default 0. */
  readonly dropout?: number;
}

const VARIATIONS: readonly (keyof LeNetVariation)[] = [
  "name",
  "input",
  "classes",
  "channels",
  "kernel",
  "padding",
  "pool",
  "dense",
  "activation",
  "convActivation",
  "batchNorm",
  "dropout",
];

/**
 * LeNet-5 as it is built today: the 1998 network (LeCun et al., "Gradient-Based Learning Applied to Document
 * Recognition") with ReLU, max pooling and a linear output. 61,706 parameters, 416,520 multiply-adds; or a variation
 * of it.
 *
 * @param variation What is to be different.
 * @returns The architecture: 28×28×1 in, ten logits out, unless told otherwise.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit each other; `option/unknown`;
 * `option/invalid` when there is not one padding for each convolution.
 *
 * @example Smaller kernels, average pooling, one hidden layer
 * ```ts
 * import { lenet5, summarize } from "@x/lenet";
 * import { assertEquals } from "@std/assert";
 *
 * const small = lenet5({ kernel: 3, pool: "average", dense: [64] });
 * assertEquals(summarize(small).parameters, 38_518);
 * ```
 */
export function lenet5(variation: LeNetVariation = {}): Architecture {
  checkOptionNames("build a LeNet", variation, VARIATIONS);
  const {
    name = "lenet5",
    input = [1, 28, 28],
    classes = 10,
    channels = [6, 16],
    kernel = 5,
    padding = channels.map((_, index) => index === 0 ? Math.floor(kernel / 2) : 0),
    pool = "max",
    dense = [120, 84],
    activation = "relu",
    convActivation = activation,
    batchNorm = false,
    dropout = 0,
  } = variation;
  if (padding.length !== channels.length) {
    throw new LeNetError(
      "option/invalid",
      `Cannot build the network ${name}: found ${padding.length} paddings for ${channels.length} convolutions, expected one for each`,
    );
  }
  const after = (activation: ActivationName | null): Layer[] =>
    activation === null ? [] : [{ kind: "activation", activation }];
  const architecture: Architecture = {
    name,
    input,
    layers: [
      ...channels.flatMap((filters, index): Layer[] => [
        { kind: "conv", name: `conv${index + 1}`, filters, kernel, padding: padding[index] },
        ...(batchNorm ? [{ kind: "batch-norm", name: `bn${index + 1}` } as const] : []),
        ...after(convActivation),
        { kind: "pool", mode: pool },
      ]),
      { kind: "flatten" },
      ...dense.flatMap((units, index): Layer[] => [
        { kind: "dense", name: `fc${index + 1}`, units },
        ...after(activation),
        ...(dropout === 0 ? [] : [{ kind: "dropout", rate: dropout } as const]),
      ]),
      { kind: "dense", name: `fc${dense.length + 1}`, units: classes },
    ],
    classes,
  };
  inferShapes(architecture);
  return architecture;
}
