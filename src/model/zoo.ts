import { LeNetError } from "../errors.ts";
import { checkOptionNames } from "../options.ts";
import {
  type ActivationName,
  type Architecture,
  type ImageShape,
  inferShapes,
  type Layer,
} from "./architecture.ts";
import type { Normalization } from "./model.ts";

/**
 * The digits 0 to 9 as bitmaps, 7 pixels wide and 12 high, ink `#`: the target codes of the 1998 network. Any two differ
 * in at least 20 pixels.
 */
export const DIGIT_BITMAPS: readonly string[] = drawing([
  "..###.. ...##.. .#####. ######. ....##. ####### ....### ####### .#####. .####..",
  ".##.##. ..###.. ##...## ....##. ...###. ##..... ..###.. ####### ##...## ##..##.",
  "##...## .####.. .....## ...##.. ..####. ##..... .##.... .....## ##...## ##...##",
  "##...## ...##.. .....## ..##... .##.##. ##..... ##..... ....##. ##...## ##...##",
  "##...## ...##.. .....## .####.. ##..##. #####.. ##..... ....##. .##.##. ##...##",
  "##...## ...##.. ....##. ....##. ##..##. ...###. ######. ...##.. ..###.. ##..###",
  "##...## ...##.. ...##.. .....## ####### .....## ###..## ...##.. .##.##. .######",
  "##...## ...##.. ..##... .....## ####### .....## ##...## ..##... ##...## .....##",
  "##...## ...##.. .##.... .....## ....##. .....## ##...## ..##... ##...## .....##",
  "##...## ...##.. ##..... ##..##. ....##. .....## ##...## .##.... ##...## ....##.",
  ".##.##. ...##.. ##..... .####.. ....##. ##..##. .##..## .##.... ##...## ..###..",
  "..###.. .###### ####### ..##... ....##. .####.. ..####. .##.... .#####. ###....",
]);

/** The maps of S2 that each map of C3 is connected to: table I of the paper. */
const C3_CONNECTIONS: readonly (readonly number[])[] = [
  ...[0, 1, 2, 3, 4, 5].map((first) => cyclic(first, 3)),
  ...[0, 1, 2, 3, 4, 5].map((first) => cyclic(first, 4)),
  [0, 1, 3, 4],
  [1, 2, 4, 5],
  [0, 2, 3, 5],
  [0, 1, 2, 3, 4, 5],
];

/** The networks that have a name here: the variants of LeNet that are commonly published. */
const ZOO: Readonly<Record<string, LeNetVariation | (() => Architecture)>> = {
  "lenet5": {},
  "lenet5-1998": lenet51998,
  "lenet5-plain": { padding: [1, 1], convActivation: null },
  "lenet5-relu": {},
  "lenet5-bn-dropout": { batchNorm: true, dropout: 0.1 },
  "lenet-sigmoid": { activation: "sigmoid", pool: "average" },
  "lenet-caffe": { channels: [20, 50], padding: [2, 2], dense: [500] },
  "lenet-cifar10": { input: [3, 32, 32], channels: [16, 32], padding: [0, 0] },
};

/** The names that {@linkcode architectureByName} accepts. */
export const ARCHITECTURE_NAMES: readonly string[] = Object.keys(ZOO);

/**
 * Looks up an architecture by its name.
 *
 * @param name One of {@linkcode ARCHITECTURE_NAMES}, such as `lenet5`.
 * @returns The architecture.
 * @throws {LeNetError} `option/invalid` when there is no such name.
 */
export function architectureByName(name: string): Architecture {
  if (!Object.hasOwn(ZOO, name)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot find the network ${name}: expected one of ${ARCHITECTURE_NAMES.join(", ")}`,
    );
  }
  const entry = ZOO[name];
  return typeof entry === "function" ? entry() : lenet5({ ...entry, name });
}

/** The options of {@linkcode lenet5}. The defaults are LeNet-5 as it is commonly built today. */
export interface LeNetVariation {
  /** The name of the network; default `lenet5`. */
  readonly name?: string;
  /** The shape of one input; default [1, 28, 28]. */
  readonly input?: ImageShape;
  /** The number of classes; default 10. */
  readonly classes?: number;
  /** The number of filters of each convolution; default [6, 16]. */
  readonly channels?: readonly number[];
  /** Width and height of all kernels; default 5. */
  readonly kernel?: number;
  /** The zero padding of each convolution; default half a kernel for the first, none for the others. */
  readonly padding?: readonly number[];
  /** The 2×2 pooling after each convolution; default `max`. */
  readonly pool?: "max" | "average";
  /** The number of units of each hidden dense layer; default [120, 84]. */
  readonly dense?: readonly number[];
  /** The activation after each hidden layer; default `relu`. */
  readonly activation?: ActivationName;
  /** The activation after each convolution, null for none; default `activation`. */
  readonly convActivation?: ActivationName | null;
  /** Whether each convolution is followed by batch normalization; default false. */
  readonly batchNorm?: boolean;
  /** The dropout rate after each hidden dense layer; default 0, no dropout. */
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
 * LeNet-5 as it is commonly built today, or a variation of it: the 1998 network (LeCun et al., "Gradient-Based Learning
 * Applied to Document Recognition") with ReLU, max pooling and a linear output. By default it has an input of 28×28×1,
 * ten logits, 61,706 parameters and 416,520 multiply-adds.
 *
 * @param variation The differences from the default.
 * @returns The architecture.
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

/** The normalization of the paper: background −0.1, ink 1.175, for a mean of about 0 and a variance of about 1. */
export const NORMALIZATION_1998: Normalization = { mean: [0.1 / 1.275], std: [1 / 1.275] };

/**
 * LeNet-5 as published in 1998 (LeCun et al., "Gradient-Based Learning Applied to Document Recognition", II.B): trainable
 * subsampling, partly connected C3, the squashing function 1.7159·tanh(2x/3) after every layer up to F6, and an output
 * of radial basis functions around fixed bitmaps, which are {@linkcode DIGIT_BITMAPS} here. It has 60,000 parameters and
 * 340,908 connections.
 *
 * @returns The architecture, with an input of 32×32×1: digits of 28×28 pixels are centred in it.
 */
export function lenet51998(): Architecture {
  const squash: Layer = { kind: "activation", activation: "scaled-tanh" };
  const conv = { kind: "conv", kernel: 5, padding: 0 } as const;
  return {
    name: "lenet5-1998",
    input: [1, 32, 32],
    layers: [
      { ...conv, name: "C1", filters: 6 },
      squash,
      { kind: "subsample", name: "S2" },
      squash,
      { ...conv, name: "C3", filters: 16, connections: C3_CONNECTIONS },
      squash,
      { kind: "subsample", name: "S4" },
      squash,
      { ...conv, name: "C5", filters: 120 },
      squash,
      { kind: "flatten" },
      { kind: "dense", name: "F6", units: 84 },
      squash,
      { kind: "rbf", codes: DIGIT_BITMAPS },
    ],
    classes: 10,
  };
}

/** `count` of six maps, from `first` on and cyclically, in ascending order. */
function cyclic(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (first + index) % 6).sort();
}

/** Splits rows of bitmaps that stand side by side into one string per bitmap. */
function drawing(rows: readonly string[]): string[] {
  const cells = rows.map((row) => row.split(" "));
  return cells[0].map((_, digit) => cells.map((row) => row[digit]).join(""));
}
