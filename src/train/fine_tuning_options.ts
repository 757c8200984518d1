import { checkDistortions, DIGIT_DISTORTIONS, type Distortions } from "../data/augment/distort.ts";
import { shown } from "../errors.ts";
import type { Architecture, Layer } from "../model/architecture.ts";
import { initialize } from "../model/initialize.ts";
import { kindOf } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import type { Parameter } from "../model/parameters.ts";
import { checkNumber, COUNT, definedOptions, invalidOption, type NumberRange } from "../options.ts";
import { LEARNING_RATE_RANGE, SEED_RANGE, SHARE_RANGE, VALIDATION_RANGE } from "./recipe.ts";

/** The settings of a fine-tuning that decide its result, apart from the network and the samples. */
export interface FineTuning {
  /**
   * Passes over the samples; default 12, for new classes 30, or more where there would be few steps. Small sets are repeated
   * to fill a batch, and are then seen more often.
   */
  readonly epochs: number;
  /** The highest learning rate of the one-cycle schedule; default 0.003. */
  readonly learningRate: number;
  /** The layers to train: all, which is the default, those after the flatten layer, or some by name. */
  readonly train: "all" | "head" | readonly string[];
  /** The random distortions of the samples, drawn anew every time; by default as for digits. Null for none. */
  readonly augment: Distortions | null;
  /**
   * How strongly old knowledge is kept, from 0 (not at all) to below 1, default 0.3; for new classes 0, and nothing else.
   * It is the share of the old weights in the interpolation of old and new ones. Above 0, networks of grey images of at least 28×28 also rehearse: every step sees
   * as many synthetic digits as samples, with the logits of the old network as targets.
   */
  readonly keep: number;
  /** The size of the hold-out set, stratified by class, that is measured after every epoch; default 0. */
  readonly validation: number;
  /** The seed of a new head, the order, the distortions and the hold-out split; default 0. */
  readonly seed: number;
}

/** The options of a {@linkcode FineTuning}, with its defaults. `augment: true` is the default strength. */
export type FineTuningOptions = {
  readonly [K in keyof FineTuning]?: K extends "augment" ? Distortions | boolean | null
    : FineTuning[K];
};

/** The names of all options of a fine-tuning. */
export const FINE_TUNING_OPTIONS: readonly (keyof FineTuning)[] = [
  "epochs",
  "learningRate",
  "train",
  "augment",
  "keep",
  "validation",
  "seed",
];

/** The default, as `keep` below and the distortions, chosen on parts of the training images of MNIST and Fashion-MNIST. */
const LEARNING_RATE = 3e-3;

/**
 * Defaults for known classes: at least this many epochs, and at least this many steps. Fewer distortions cut less of the
 * error in another handwriting; more steps cut more, and take as much longer. `deno task bench:finetune` measures both.
 */
const KNOWN_CLASSES = { keep: 0.3, steps: 50, epochs: 12, strength: 1 };

/** The same for new classes, of which the old weights know nothing. A new head learns less from samples distorted in full. */
const NEW_CLASSES = { keep: 0, steps: 100, epochs: 30, strength: 0.5 };

/** New classes have no old weights to keep. */
const NOTHING_RANGE: NumberRange = { name: "0 beside new classes", has: (value) => value === 0 };

/**
 * Fills in the defaults, except for the epochs, and checks the options.
 *
 * @param options The options of the caller; one that is undefined counts as left out.
 * @param architecture The network to train.
 * @param isNew Whether its head is new.
 * @returns The settings, and the number of epochs as a function of the steps in an epoch.
 * @throws {LeNetError} `option/invalid` for the first option out of range.
 */
export function resolveFineTuning(
  options: FineTuningOptions,
  architecture: Architecture,
  isNew: boolean,
): Omit<FineTuning, "epochs"> & { readonly epochsFor: (stepsOfEpoch: number) => number } {
  const defaults = isNew ? NEW_CLASSES : KNOWN_CLASSES;
  const { epochs, augment = true, ...given } = definedOptions(options);
  const tuning = {
    learningRate: LEARNING_RATE,
    keep: defaults.keep,
    train: "all" as const,
    validation: 0,
    seed: 0,
    ...given,
    augment: augment === true
      ? { ...DIGIT_DISTORTIONS, strength: defaults.strength }
      : augment === false
      ? null
      : augment,
  };
  if (tuning.augment !== null) checkDistortions(tuning.augment);
  const checkRange = (name: keyof FineTuning, value: unknown, range: NumberRange): void => {
    checkNumber("fine-tune", name, value, range);
  };
  if (epochs !== undefined) checkRange("epochs", epochs, COUNT);
  checkRange("learningRate", tuning.learningRate, LEARNING_RATE_RANGE);
  checkRange("keep", tuning.keep, isNew ? NOTHING_RANGE : SHARE_RANGE);
  checkRange("validation", tuning.validation, VALIDATION_RANGE);
  checkRange("seed", tuning.seed, SEED_RANGE);
  const names = architecture.layers.flatMap((layer) => "name" in layer ? [layer.name] : []);
  const { train } = tuning;
  // A copy, in which holes are undefined: `every` would skip them.
  const isList = Array.isArray(train) && train.length > 0 &&
    Array.from(train).every((name) => names.includes(name));
  if (train !== "all" && train !== "head" && !isList) {
    const expected = `all, head, or a list of some of ${names.join(", ")}`;
    throw invalidOption("fine-tune", "train", train, expected);
  }
  return {
    ...tuning,
    epochsFor: (stepsOfEpoch) =>
      epochs ?? Math.max(defaults.epochs, Math.ceil(defaults.steps / stepsOfEpoch)),
  };
}

/** Labels are bytes. */
const MAX_CLASSES = 256;

/**
 * Replaces the head of a network: the layers up to the flatten layer keep their weights, the layers after it are
 * initialized anew for other classes. The whole head is replaced because its hidden layers are specific to the old
 * classes: from digits to clothing, 100 samples a class, that gave 82 %, and a new last layer alone 79 %.
 *
 * @param model The old network.
 * @param classNames The names of the new classes.
 * @param seed The seed of the initialization.
 * @returns The new network. Radial basis functions are replaced by a dense layer.
 * @throws {LeNetError} `option/invalid` when the names are not 2 to 256 different ones, or the seed is no whole number.
 */
export function withNewHead(model: Model, classNames: readonly string[], seed: number): Model {
  checkClassNames(classNames);
  checkNumber("fine-tune", "seed", seed, SEED_RANGE);
  const classes = classNames.length;
  const { architecture: old, parameters: known, metadata } = model;
  const layers: Layer[] = [...old.layers];
  const last = layers.findLastIndex((layer) => kindOf(layer).logits !== "none");
  const layer = layers[last];
  const name = "name" in layer ? layer.name : "output";
  layers[last] = { kind: "dense", name, units: classes };
  const architecture: Architecture = { ...old, layers, classes };
  const head = headLayers(architecture);
  const parameters = new Map([...initialize(architecture, { seed })].map(([name, fresh]) => {
    const isHead = head.includes(name.slice(0, name.lastIndexOf(".")));
    return [name, isHead ? fresh : known.get(name) as Parameter];
  }));
  const { accuracy: _, ...kept } = metadata;
  return { architecture, parameters, metadata: { ...kept, classNames, temperature: 1 } };
}

/**
 * The head of a network: the layers after its last flatten layer, which classify the features of the layers before.
 *
 * @param architecture The network.
 * @returns The names of the layers of the head that have parameters.
 */
export function headLayers({ layers }: Architecture): string[] {
  const flatten = layers.findLastIndex(({ kind }) => kind === "flatten");
  return layers.slice(flatten + 1).flatMap((layer) => "name" in layer ? [layer.name] : []);
}

function checkClassNames(classNames: readonly string[]): void {
  const isArray = Array.isArray(classNames);
  // A copy, in which holes are undefined: `every` would skip them.
  const isList = isArray && classNames.length >= 2 &&
    classNames.length <= MAX_CLASSES && new Set(classNames).size === classNames.length &&
    Array.from(classNames).every((name) => typeof name === "string" && name !== "");
  if (isList) return;
  const found = isArray ? JSON.stringify(Array.from(classNames.slice(0, 8), shown)) : classNames;
  const expected = `2 to ${MAX_CLASSES} different names`;
  throw invalidOption("fine-tune", "classes", found, expected);
}
