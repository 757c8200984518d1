import { checkDistortions, DIGIT_DISTORTIONS, type Distortions } from "../data/augment/distort.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "../engine/trainer.ts";
import { LeNetError, shown, shownItems } from "../errors.ts";
import { type Initialization, INITIALIZATIONS } from "../model/initialize.ts";
import * as math from "../model/math.ts";
import {
  type Normalization,
  type StoredNormalization,
  upgradeNormalization,
} from "../model/model.ts";
import {
  checkNumber,
  checkOptionNames,
  COUNT,
  definedOptions,
  invalidOption,
  type NumberRange,
} from "../options.ts";

/** The settings of a run that decide its result, apart from the network and the data. */
export interface Recipe {
  /** Passes over the training images; default 10. */
  readonly epochs: number;
  /** Images in a step, 1 to 65,536; default 128. The last step of an epoch may have fewer. */
  readonly batchSize: number;
  /** The highest learning rate of the run; default 0.003. */
  readonly learningRate: number;
  /** The learning-rate schedule; default `one-cycle`. */
  readonly schedule: Schedule;
  /** The optimizer and its constants; default `adamw`, with a weight decay of 1e-4 where none is given. */
  readonly optimizer: OptimizerOptions;
  /** Decay of the moving average of the weights, which becomes the result, 0 to below 1; default 0: none. */
  readonly averaging: number;
  /** The random distortions of the images, drawn anew every time; default null: none. */
  readonly augment: Distortions | null;
  /** How the initial weights are drawn; default `he-uniform`. */
  readonly initialization: Initialization;
  /** The seed of the initial weights, the order and the distortions; default 0. */
  readonly seed: number;
  /** The size of the hold-out set: the last images, which are measured after every epoch; default a twelfth. */
  readonly validation: number;
  /** How pixels, from 0 to 1, become inputs of the network; default as they are. */
  readonly normalization: Normalization;
}

/** The options of a {@linkcode Recipe}, with its defaults. `augment: true` is `DIGIT_DISTORTIONS`. */
export type RecipeOptions = {
  readonly [K in keyof Recipe]?: K extends "augment" ? Distortions | boolean | null : Recipe[K];
};

/** The default optimizer. */
const DEFAULT_OPTIMIZER: OptimizerOptions = { name: "adamw", weightDecay: 1e-4 };

/** The names of all options of a recipe. */
export const RECIPE_OPTIONS: readonly (keyof Recipe)[] = [
  "epochs",
  "batchSize",
  "learningRate",
  "schedule",
  "optimizer",
  "averaging",
  "augment",
  "initialization",
  "seed",
  "validation",
  "normalization",
];

/** A finite number above 0. */
export const LEARNING_RATE_RANGE: NumberRange = {
  name: "a number above 0",
  has: (value) => value > 0 && Number.isFinite(value),
};

/** A batch is held in memory as floats: 65,536 images of 28×28 are 206 MB. */
const MAX_BATCH_SIZE = 65_536;

/** Images in a step. */
const BATCH_SIZE_RANGE: NumberRange = {
  name: `a whole number from 1 to ${MAX_BATCH_SIZE}`,
  has: (value) => COUNT.has(value) && value <= MAX_BATCH_SIZE,
};

/** Any seed of random numbers. */
export const SEED_RANGE: NumberRange = { name: "a whole number", has: Number.isSafeInteger };

/** The size of a hold-out set; 0 for none. */
export const VALIDATION_RANGE: NumberRange = {
  name: "a whole number from 0",
  has: (value) => Number.isSafeInteger(value) && value >= 0,
};

/** The share of the old value in a moving average, or of old weights among new ones: at 1 nothing would be learned. */
export const SHARE_RANGE: NumberRange = {
  name: "from 0 to below 1",
  has: (value) => value >= 0 && value < 1,
};

/**
 * Fills in the defaults and checks the options.
 *
 * @param options The options of the caller; one that is undefined counts as left out.
 * @param count The number of images.
 * @param channels The number of channels of the images.
 * @returns The complete recipe.
 * @throws {LeNetError} `option/invalid` for the first option out of range.
 */
export function resolveRecipe(options: RecipeOptions, count: number, channels: number): Recipe {
  const { augment = null, normalization, optimizer = {}, ...given } = definedOptions(options);
  checkOptimizerOptions(optimizer);
  const recipe: Recipe = {
    epochs: 10,
    batchSize: 128,
    learningRate: 3e-3,
    schedule: "one-cycle",
    optimizer: (optimizer.name ?? DEFAULT_OPTIMIZER.name) === DEFAULT_OPTIMIZER.name
      ? { ...DEFAULT_OPTIMIZER, ...definedOptions(optimizer) }
      : optimizer,
    averaging: 0,
    initialization: "he-uniform",
    seed: 0,
    // 5,000 of MNIST's 60,000 training images.
    validation: Math.floor(count / 12),
    ...given,
    normalization: normalization === undefined
      ? { mean: Array(channels).fill(0), std: Array(channels).fill(1) }
      : checkNormalization(normalization, channels),
    augment: augment === true ? DIGIT_DISTORTIONS : augment === false ? null : augment,
  };
  if (recipe.augment !== null) checkDistortions(recipe.augment);
  const checkRange = (name: keyof Recipe, range: NumberRange): void => {
    checkNumber("train", name, recipe[name], range);
  };
  const checkName = (name: "schedule" | "initialization", names: readonly string[]): void => {
    if (names.includes(recipe[name])) return;
    throw invalidOption("train", name, recipe[name], `one of ${names.join(", ")}`);
  };
  checkRange("epochs", COUNT);
  checkRange("batchSize", BATCH_SIZE_RANGE);
  checkRange("learningRate", LEARNING_RATE_RANGE);
  checkName("schedule", SCHEDULES);
  checkName("initialization", INITIALIZATIONS);
  checkRange("averaging", SHARE_RANGE);
  checkRange("seed", SEED_RANGE);
  checkRange("validation", {
    name: `a whole number from 0 to ${count - 1}`,
    has: (value) => VALIDATION_RANGE.has(value) && value < count,
  });
  return recipe;
}

/** Checks a normalization, and renames what version 0.1.0 called otherwise. */
function checkNormalization(given: StoredNormalization, channels: number): Normalization {
  const expected = `mean and std of ${channels} finite numbers each, std above 0`;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw invalidOption("train", "normalization", given, expected);
  }
  const normalization = upgradeNormalization(given);
  checkOptionNames("normalize the images", normalization, ["mean", "std"]);
  const { mean, std } = normalization;
  // A copy, in which holes are undefined: `every` would skip them.
  const isList = (values: unknown, isGood: (value: number) => boolean): boolean =>
    Array.isArray(values) && values.length === channels && Array.from(values).every(isGood);
  if (
    isList(mean, Number.isFinite) &&
    isList(std, (value) => Number.isFinite(value) && value > 0)
  ) return normalization;
  const list = (values: unknown): string =>
    Array.isArray(values) ? `[${shownItems(values)}]` : shown(values);
  throw new LeNetError(
    "option/invalid",
    `Cannot train: normalization is { mean: ${list(mean)}, std: ${
      list(std)
    } }, expected ${expected}`,
  );
}

/** The name of a learning-rate schedule. */
export type Schedule = "constant" | "cosine" | "one-cycle";

/** The learning-rate schedules. */
export const SCHEDULES: readonly Schedule[] = ["constant", "cosine", "one-cycle"];

/** The share of a one-cycle run in which the learning rate rises. */
const WARM_UP = 0.15;

/** The first learning rate of a one-cycle run, as a share of the highest. */
const FIRST = 1 / 25;

/** The last learning rate of a one-cycle run, as a share of the highest. */
const LAST = 1e-4;

/**
 * The learning rate of a step, as a share of the highest.
 *
 * `cosine` decays along half a cosine (Loshchilov and Hutter, 2017); `one-cycle` rises for 15 % of the run, then decays,
 * both along half a cosine (Smith and Topin, 2018).
 *
 * @param schedule The schedule.
 * @param progress The share of the run that is done, 0 to 1.
 * @returns A factor from 0 to 1.
 * @throws {LeNetError} `option/invalid` when the schedule is unknown.
 */
export function learningRateFactor(schedule: Schedule, progress: number): number {
  switch (schedule) {
    case "constant":
      return 1;
    case "cosine":
      return ease(1, 0, progress);
    case "one-cycle":
      return progress < WARM_UP
        ? ease(FIRST, 1, progress / WARM_UP)
        : ease(1, LAST, (progress - WARM_UP) / (1 - WARM_UP));
    default:
      throw invalidOption("train", "schedule", schedule, `one of ${SCHEDULES.join(", ")}`);
  }
}

/** Interpolates between two values along half a cosine. */
function ease(from: number, to: number, progress: number): number {
  return to + (from - to) * (1 + math.cos(Math.PI * progress)) / 2;
}

/** The share of a run with full distortions. */
const FULL_UNTIL = 0.85;

/** The strength of the distortions in the rest of the run, as a share of the full one. */
const FINAL_STRENGTH = 0.4;

/**
 * The distortions of an epoch. They are weaker in the last 15 % of the run, so that the network is finally trained on
 * images like those that it will see.
 *
 * @param augment The distortions of the recipe, or null.
 * @param progress The share of the run that is done before the epoch, 0 to 1.
 * @returns The distortions of the epoch, or null.
 */
export function distortionsAt(augment: Distortions | null, progress: number): Distortions | null {
  if (augment === null || progress < FULL_UNTIL) return augment;
  return { ...augment, strength: augment.strength * FINAL_STRENGTH };
}
