/**
 * What PyTorch computed for small networks; `make_golden.py` tells how.
 *
 * @module
 */

import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { OptimizerOptions, Trainer } from "../../src/engine/trainer.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import { checkParameters, type Parameter, type Parameters } from "../../src/model/parameters.ts";
import { readSafetensors } from "../../src/weights/safetensors.ts";

/** The files beside this one. */
export const GOLDEN_NAMES = [
  "relu_max",
  "sigmoid_average",
  "tanh_odd",
  "ties",
  "batch_normalized",
  "subsampled",
] as const;

/** A name for {@linkcode loadGolden}. */
export type GoldenName = typeof GOLDEN_NAMES[number];

/** Ten steps of training on the whole batch, beginning with the case's parameters. */
export interface GoldenRun {
  readonly optimizer: "sgd" | "momentum" | "adam" | "adamw";
  readonly options: {
    readonly learningRate: number;
    /** The velocity is momentum × velocity + gradient, the step learningRate × velocity. */
    readonly momentum?: number;
    readonly beta1?: number;
    readonly beta2?: number;
    readonly epsilon?: number;
    /** Decoupled, and applied to weights and biases alike. */
    readonly weightDecay?: number;
  };
  /** The mean loss before each step. */
  readonly losses: readonly number[];
  /** The parameters after the last step, running values among them. */
  readonly final: ReadonlyMap<string, Float32Array>;
}

/** A small network, a batch, and what PyTorch makes of them. */
export interface GoldenCase {
  readonly architecture: Architecture;
  readonly parameters: Parameters;
  /** `count` inputs one after another, each [channels, height, width]. */
  readonly inputs: Float32Array<ArrayBuffer>;
  /** The class of each input. */
  readonly labels: Uint8Array<ArrayBuffer>;
  readonly count: number;
  /** [count, classes], in evaluation. */
  readonly logits: Float32Array;
  /** The mean loss in training: cross entropy, or the squared distance to the right code. */
  readonly loss: number;
  /** Of the loss, by parameter. */
  readonly gradients: ReadonlyMap<string, Float32Array>;
  readonly runs: readonly GoldenRun[];
}

/** Reads a golden file; needs `--allow-read`. */
export function loadGolden(name: GoldenName): GoldenCase {
  const file = new URL(`./${name}.safetensors`, import.meta.url);
  const { tensors, metadata } = readSafetensors(Deno.readFileSync(file));
  const json = (key: string) => JSON.parse(metadata.get(key)!);
  const under = (prefix: string): Map<string, Parameter> =>
    new Map(
      [...tensors].filter(([key]) => key.startsWith(prefix)).map((
        [key, { shape, data }],
      ) => [key.slice(prefix.length), { shape, data }]),
    );
  const values = (prefix: string): Map<string, Float32Array> =>
    new Map([...under(prefix)].map(([key, { data }]) => [key, data]));

  const architecture: Architecture = json("architecture");
  const labels = Uint8Array.from(tensors.get("labels")!.data);
  return {
    architecture,
    parameters: checkParameters(architecture, under("parameters/")),
    inputs: tensors.get("inputs")!.data,
    labels,
    count: labels.length,
    logits: tensors.get("logits")!.data,
    loss: json("loss"),
    gradients: values("gradients/"),
    runs: json("runs").map((run: Omit<GoldenRun, "final">) => ({
      ...run,
      final: values(`final/${run.optimizer}/`),
    })),
  };
}

/** Compares with a tolerance that grows with the numbers. */
export function assertClose(
  found: Float32Array,
  expected: Float32Array,
  tolerance: number,
  what: string,
): void {
  assertEquals(found.length, expected.length, what);
  const bound = tolerance * expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  found.forEach((value, i) => assertAlmostEquals(value, expected[i], bound, `${what} ${i}`));
}

/** The optimizer of a run. */
export function optimizerOptions({ optimizer, options }: GoldenRun): OptimizerOptions {
  const { learningRate: _, ...others } = options;
  return { name: optimizer === "momentum" ? "sgd" : optimizer, ...others };
}

/** Takes the steps of a run, and compares each loss and the parameters after the last. */
export async function assertSteps(
  trainer: Trainer,
  { inputs, labels }: GoldenCase,
  run: GoldenRun,
  tolerance: { readonly loss: number; readonly parameters: number },
): Promise<void> {
  for (const expected of run.losses) {
    const { loss } = await trainer.step(inputs, labels, run.options.learningRate);
    assertAlmostEquals(loss, expected, tolerance.loss);
  }
  const { parameters, steps } = await trainer.state();
  assertEquals(steps, 10);
  for (const [key, expected] of run.final) {
    assertClose(parameters.get(key)!.data, expected, tolerance.parameters, key);
  }
}
