import { checkDistortions, DIGIT_DISTORTIONS, type Distortions } from "../data/augment/distort.ts";
import { checkOptimizerOptions, type OptimizerOptions } from "../engine/trainer.ts";
import { LeNetError } from "../errors.ts";
import { type Initialization, INITIALIZATIONS } from "../model/initialize.ts";
import { type Normalization, upgradeNormalization } from "../model/model.ts";

/** Everything about a run that decides its result, apart from the network and the data. */
export interface Recipe {
  /** How often every image is seen. */
  readonly epochs: number;
  /** Images in a step. */
  readonly batchSize: number;
  /** The highest learning rate of the run. */
  readonly learningRate: number;
  /** How the learning rate goes over the run. */
  readonly schedule: Schedule;
  /** How weights follow their gradients. */
  readonly optimizer: OptimizerOptions;
  /** Decay of the moving average of the weights, which is what comes out; 0 for none. */
  readonly averaging: number;
  /** How images are distorted anew every time they are seen; null for not at all. */
  readonly augment: Distortions | null;
  /** How first weights are drawn. */
  readonly initialization: Initialization;
  /** Decides first weights, order and distortions. */
  readonly seed: number;
  /** How many of the last images are set aside, to measure on after every epoch. */
  readonly validation: number;
  /** How images become numbers. */
  readonly normalization: Normalization;
}

/** A {@linkcode Recipe} as it is asked for: what is left out has a default. */
export type RecipeOptions = {
  readonly [K in keyof Recipe]?: K extends "augment" ? Distortions | boolean | null : Recipe[K];
};

/** The optimizer of a recipe that names none. */
export const DEFAULT_OPTIMIZER: OptimizerOptions = { name: "adamw", weightDecay: 1e-4 };

/** The names of all parts of a recipe. */
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

/**
 * Fills in what was left out, and checks the rest.
 *
 * @param options What was asked for.
 * @param count How many images there are.
 * @param channels How many channels they have.
 * @returns The whole recipe.
 * @throws {LeNetError} `option/invalid` naming the first option out of range.
 */
export function resolveRecipe(options: RecipeOptions, count: number, channels: number): Recipe {
  const { augment = null, ...given } = options;
  const recipe: Recipe = {
    epochs: 10,
    batchSize: 128,
    learningRate: 3e-3,
    schedule: "one-cycle",
    optimizer: DEFAULT_OPTIMIZER,
    averaging: 0,
    initialization: "he-uniform",
    seed: 0,
    validation: Math.floor(count / 12),
    ...given,
    normalization: upgradeNormalization(
      given.normalization ?? { mean: Array(channels).fill(0), std: Array(channels).fill(1) },
    ),
    augment: augment === true ? DIGIT_DISTORTIONS : augment || null,
  };
  checkOptimizerOptions(recipe.optimizer);
  if (recipe.augment !== null) checkDistortions(recipe.augment);
  const { validation } = recipe;
  demand(recipe, "epochs", isWhole(recipe.epochs, 1), "a whole number from 1");
  demand(recipe, "batchSize", isWhole(recipe.batchSize, 1), "a whole number from 1");
  demand(
    recipe,
    "learningRate",
    recipe.learningRate > 0 && Number.isFinite(recipe.learningRate),
    "a number above 0",
  );
  demand(recipe, "schedule", SCHEDULES.includes(recipe.schedule), oneOf(SCHEDULES));
  demand(
    recipe,
    "initialization",
    INITIALIZATIONS.includes(recipe.initialization),
    oneOf(INITIALIZATIONS),
  );
  demand(recipe, "averaging", recipe.averaging >= 0 && recipe.averaging < 1, "from 0 to below 1");
  demand(recipe, "seed", Number.isSafeInteger(recipe.seed), "a whole number");
  demand(
    recipe,
    "validation",
    isWhole(validation, 0) && validation < count,
    `a whole number from 0 to ${count - 1}`,
  );
  return recipe;
}

function demand(recipe: Recipe, name: keyof Recipe, holds: boolean, accepted: string): void {
  if (holds) return;
  throw new LeNetError(
    "option/invalid",
    `Cannot train: ${name} is ${recipe[name]}, expected ${accepted}`,
  );
}

function isWhole(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}

function oneOf(names: readonly string[]): string {
  return `one of ${names.join(", ")}`;
}

/** How the learning rate goes over a run. */
export type Schedule = "constant" | "cosine" | "one-cycle";

/** The ways the learning rate can go. */
export const SCHEDULES: readonly Schedule[] = ["constant", "cosine", "one-cycle"];

/** Share of a one-cycle run that warms up. */
const WARM_UP = 0.15;

/** Where a one-cycle run begins and ends, as shares of its highest rate. */
const FIRST = 1 / 25;

const LAST = 1e-4;

/**
 * The learning rate of a step, as a share of the highest.
 *
 * `cosine` falls along half a cosine (Loshchilov and Hutter, 2017); `one-cycle` first rises for 15 % of the run, then
 * falls, both along half a cosine (Smith and Topin, 2018).
 *
 * @param schedule Which way.
 * @param progress How much of the run is done, 0 to 1.
 * @returns A factor from 0 to 1.
 * @throws {LeNetError} `option/invalid` when there is no such schedule.
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
      throw new LeNetError(
        "option/invalid",
        `Cannot train: the schedule is ${schedule}, expected one of ${SCHEDULES.join(", ")}`,
      );
  }
}

/** From one value to another along half a cosine. */
function ease(from: number, to: number, progress: number): number {
  return to + (from - to) * (1 + Math.cos(Math.PI * progress)) / 2;
}

/** The share of a run after which distortions calm down, and what is left of them. */
const CALM_FROM = 0.85;

const CALM_STRENGTH = 0.4;

/**
 * The distortions at one point of a run: full, then, for the last 15 % of the epochs, weak, so that a network ends
 * on images like those it will meet.
 *
 * @param augment The distortions of the recipe, or null.
 * @param progress How much of the run is done, 0 to 1.
 * @returns The distortions to use, or null.
 */
export function distortionsAt(augment: Distortions | null, progress: number): Distortions | null {
  if (augment === null || progress < CALM_FROM) return augment;
  return { ...augment, strength: augment.strength * CALM_STRENGTH };
}
