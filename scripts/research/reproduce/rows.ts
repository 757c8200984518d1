import type { DatasetName } from "../../../src/cli/sources.ts";
import {
  ARTICLE_DISTORTIONS,
  DIGIT_DISTORTIONS,
  type Distortions,
  PHOTO_DISTORTIONS,
} from "../../../src/data/augment/distort.ts";
import { NORMALIZATION_1998 } from "../../../src/model/zoo.ts";
import type { RecipeOptions } from "../../../src/train/recipe.ts";
import { percent } from "../../../src/watch/html.ts";

/** A network with its dataset and recipe, and the result that was published for it. */
export interface Row {
  /** The name of the row: that of the network, or of the weights it is trained for. */
  readonly name: string;
  /** The name of the architecture in the zoo. */
  readonly network: string;
  readonly dataset: DatasetName;
  readonly description: string;
  readonly recipe: RecipeOptions;
  /** The published result, in the terms of its author. */
  readonly reported: string;
  /** What the walk-through prints besides the loss and accuracy of every epoch. */
  readonly prints?: {
    /** The layer table before training. */
    readonly summary?: boolean;
    /** The output shape of every single layer before training. */
    readonly shapes?: boolean;
    /** Steps between two losses. */
    readonly lossEvery?: number;
    /** Steps between two measurements of the mean loss and of the accuracy on the first test images. */
    readonly testEvery?: { readonly steps: number; readonly images: number };
  };
  /** Formats the test accuracy of each epoch in the terms of the published result. */
  readonly reached: (accuracies: readonly number[]) => string;
}

const PLAIN_SGD = {
  epochs: 8,
  batchSize: 32,
  learningRate: 0.01,
  schedule: "constant",
  optimizer: { name: "sgd" },
  initialization: "pytorch",
} as const;

/** The part that all recipes of the shipped networks share. */
const OURS = {
  batchSize: 128,
  learningRate: 3e-3,
  schedule: "one-cycle",
  optimizer: { name: "adamw", weightDecay: 1e-4 },
  averaging: 0.999,
} as const;

const PAPER_1998 = {
  batchSize: 32,
  learningRate: 3e-3,
  schedule: "cosine",
  optimizer: { name: "sgd", momentum: 0.9 },
  initialization: "lecun-1998",
  normalization: NORMALIZATION_1998,
} as const;

/** Affine distortions as in LeCun et al. (1998), which does not state their ranges. */
const AFFINE_1998: Distortions = {
  rotation: 0,
  scale: 0.1,
  shear: 0.15,
  shift: 1,
  elastic: 0,
  thickness: 0,
  strength: 1,
};

const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;

/** The published walk-throughs with their own recipes, and the shipped networks with ours. */
export const ROWS: readonly Row[] = [
  {
    name: "lenet5",
    network: "lenet5",
    dataset: "mnist",
    description: "the default, by our own recipe",
    recipe: { ...OURS, epochs: 45, augment: DIGIT_DISTORTIONS },
    reported: "–",
    reached: last,
  },
  {
    name: "lenet5-1998",
    network: "lenet5-1998",
    dataset: "mnist",
    description: "the network of 1998, on the squared distance to its bitmaps",
    recipe: { ...PAPER_1998, epochs: 20 },
    reported: "0.95 % error",
    prints: { summary: true },
    reached: error,
  },
  {
    name: "lenet5-1998-distorted",
    network: "lenet5-1998",
    dataset: "mnist",
    description: "the same, trained with distortions",
    recipe: { ...PAPER_1998, epochs: 20, augment: AFFINE_1998 },
    reported: "0.8 % error",
    reached: error,
  },
  {
    name: "lenet5-plain",
    network: "lenet5-plain",
    dataset: "mnist",
    description: "no activation after the convolutions",
    recipe: {
      epochs: 15,
      batchSize: 32,
      learningRate: 1e-3,
      schedule: "cosine",
      optimizer: { name: "adam" },
      initialization: "pytorch",
    },
    reported: "a slowly falling loss curve",
    reached: last,
  },
  {
    name: "lenet-sigmoid",
    network: "lenet-sigmoid",
    dataset: "fashion-mnist",
    description: "sigmoid and average pooling",
    recipe: {
      epochs: 5,
      batchSize: 256,
      learningRate: 0.9,
      schedule: "constant",
      optimizer: { name: "sgd" },
      initialization: "xavier-uniform",
    },
    reported: "by epoch 0.100, 0.637, 0.714, 0.756; 57–61 s an epoch",
    prints: { shapes: true },
    reached: (accuracies) => `by epoch ${accuracies.map((value) => value.toFixed(3)).join(", ")}`,
  },
  {
    name: "lenet-caffe",
    network: "lenet-caffe",
    dataset: "mnist",
    description: "twenty and fifty filters",
    recipe: {
      epochs: 20,
      batchSize: 64,
      learningRate: 0.01,
      schedule: "constant",
      optimizer: { name: "sgd", momentum: 0.9 },
      initialization: "xavier-uniform",
      normalization: { mean: [0.1307], std: [0.3081] },
    },
    reported: "99.38 %",
    prints: { lossEvery: 100 },
    reached: last,
  },
  {
    name: "lenet5-relu",
    network: "lenet5-relu",
    dataset: "mnist",
    description: "plain gradient descent",
    recipe: PLAIN_SGD,
    reported: "97.9 % at epoch 8 (best 98.3 %); 63 s",
    prints: { summary: true },
    reached: lastAndBest,
  },
  {
    name: "lenet5-bn-dropout",
    network: "lenet5-bn-dropout",
    dataset: "mnist",
    description: "the same with batch normalization and dropout",
    recipe: PLAIN_SGD,
    reported: "98.7 % at epoch 8; 98 % in epoch 3; 121 s",
    prints: { summary: true },
    reached: (accuracies) => {
      const first = accuracies.findIndex((value) => value >= 0.98);
      const from = first < 0 ? "" : `; 98 % in epoch ${first + 1}`;
      return `${last(accuracies)} at epoch ${accuracies.length}${from}`;
    },
  },
  {
    name: "lenet-cifar10",
    network: "lenet-cifar10",
    dataset: "cifar-10",
    description: "three channels",
    recipe: {
      epochs: 5,
      batchSize: 36,
      learningRate: 1e-3,
      schedule: "constant",
      optimizer: { name: "adam" },
      initialization: "pytorch",
      normalization: HALF,
    },
    reported: "usually 60–68 %",
    prints: { testEvery: { steps: 500, images: 5000 } },
    reached: last,
  },
  {
    name: "fashion",
    network: "lenet5",
    dataset: "fashion-mnist",
    description: "the default on clothing, by our own recipe",
    recipe: { ...OURS, epochs: 30, augment: ARTICLE_DISTORTIONS },
    reported: "two convolutions: 87.6–91.6 %",
    reached: last,
  },
  {
    name: "cifar10",
    network: "lenet-cifar10",
    dataset: "cifar-10",
    description: "the same on photos, by our own recipe",
    recipe: { ...OURS, epochs: 30, augment: PHOTO_DISTORTIONS, normalization: HALF },
    reported: "–",
    reached: last,
  },
];

function last(accuracies: readonly number[]): string {
  return percent(accuracies[accuracies.length - 1]);
}

function lastAndBest(accuracies: readonly number[]): string {
  const best = percent(Math.max(...accuracies));
  return `${last(accuracies)} at epoch ${accuracies.length} (best ${best})`;
}

function error(accuracies: readonly number[]): string {
  return `${percent(1 - accuracies[accuracies.length - 1])} error`;
}
