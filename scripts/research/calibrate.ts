import { interruptible, runCommand } from "../../src/cli/command.ts";
import { DATASET_FLAGS, loadPart, padToFit, TAIL } from "../../src/cli/sources.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { readFile, writeFileAtomically } from "../../src/data/files.ts";
import { createRunner } from "../../src/engine/backends.ts";
import { logitsOf, logLoss } from "../../src/evaluate.ts";
import type { Model } from "../../src/model/model.ts";
import { modelFromBytes, modelToBytes } from "../../src/weights/model_file.ts";

/** A calibrated network. */
export interface Calibrated {
  /** The network with the fitted temperature. */
  readonly model: Model;
  /** The mean cross entropy in nats at the temperature before. */
  readonly lossBefore: number;
  /** The mean cross entropy in nats at the fitted temperature. */
  readonly loss: number;
}

/**
 * Fits the temperature of a network (C. Guo et al., "On calibration of modern neural networks", 2017).
 *
 * @param model The network; it is not changed.
 * @param dataset Held-out images.
 * @throws {LeNetError} `data/mismatch` when the images do not fit the network; `aborted` when the signal is.
 */
export async function calibrate(
  model: Model,
  dataset: Dataset,
  signal?: AbortSignal,
): Promise<Calibrated> {
  const { architecture, parameters, metadata } = model;
  using runner = await createRunner("wasm", architecture, parameters);
  const logits = await logitsOf(runner, architecture, dataset, metadata.normalization, {
    ...signal && { signal },
  });
  const temperature = fitTemperature(logits, dataset.labels);
  return {
    model: { ...model, metadata: { ...metadata, temperature } },
    lossBefore: logLoss(logits, dataset.labels, metadata.temperature),
    loss: logLoss(logits, dataset.labels, temperature),
  };
}

/** The interval of the search: where every answer is right, the loss falls towards a temperature of 0. */
const [LOWEST, HIGHEST] = [0.05, 20];

/** The relative tolerance of the temperature. */
const TOLERANCE = 1e-5;

/** The inverse of the golden ratio. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Finds the temperature of the least cross entropy by golden-section search. The softmax of the logits divided by it is
 * calibrated.
 *
 * @param logits Logits of held-out images, one for each class, image after image.
 * @param labels The true class of each image; at least one.
 * @returns The temperature, 0.05 to 20: above 1 where the network is overconfident.
 */
export function fitTemperature(logits: Float32Array, labels: Uint8Array): number {
  // The loss is unimodal in the logarithm of the temperature.
  const loss = (logarithm: number): number => logLoss(logits, labels, Math.exp(logarithm));
  let [low, high] = [Math.log(LOWEST), Math.log(HIGHEST)];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [lossLeft, lossRight] = [loss(left), loss(right)];
  while (high - low > TOLERANCE) {
    if (lossLeft <= lossRight) {
      [high, right, lossRight] = [right, left, lossLeft];
      left = high - GOLDEN * (high - low);
      lossLeft = loss(left);
    } else {
      [low, left, lossLeft] = [left, right, lossRight];
      right = low + GOLDEN * (high - low);
      lossRight = loss(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/** The number of training images that were held out, which are the last ones. */
function heldOut({ metadata: { recipe } }: Model): number {
  const validation = recipe?.validation;
  return typeof validation === "number" && validation > 0 ? validation : TAIL;
}

if (import.meta.main) {
  await runCommand({
    name: "calibrate",
    summary: "Fits the temperature of a network, so that its confidence is calibrated.",
    details:
      "The temperature is fitted on the last training images that deno task train --validation N held out, on " +
      "10,000 if the file does not say how many. It is stored in the file, and deno task weights:pack keeps it.",
    flags: {
      weights: {
        kind: "text",
        value: "FILE",
        required: true,
        help: "a safetensors file, as deno task train --out writes it",
      },
      ...DATASET_FLAGS,
      out: {
        kind: "text",
        value: "FILE",
        defaultText: "the file of --weights",
        help: "the network with its temperature",
      },
      json: { kind: "boolean", help: "print one line of JSON" },
    },
    async run({ flags }) {
      const { weights: file, out = file } = flags;
      using interrupt = interruptible();
      const { signal } = interrupt;
      const trained = modelFromBytes(await readFile(file));
      const images = await loadPart(
        flags.dataset,
        "train-tail",
        flags.data,
        signal,
        heldOut(trained),
      );
      const dataset = padToFit(images, trained.architecture.input);
      const { model, lossBefore, loss } = await calibrate(trained, dataset, signal);
      const { temperature } = model.metadata;
      await writeFileAtomically(out, modelToBytes(model));
      console.log(
        flags.json
          ? JSON.stringify({ temperature, lossBefore, loss, dataset: dataset.name, out })
          : `Wrote ${out}: temperature ${
            temperature.toFixed(4)
          }, by which the loss on ${dataset.name} went from ${lossBefore.toFixed(4)} to ${
            loss.toFixed(4)
          }`,
      );
    },
  });
}
