import { interruptible, runCommand } from "../../src/cli/command.ts";
import { DATASET_FLAGS, loadPart, padToFit, TAIL } from "../../src/cli/sources.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { readFile, writeFileAtomically } from "../../src/data/files.ts";
import { createRunner } from "../../src/engine/backends.ts";
import { logitsOf } from "../../src/evaluate.ts";
import { logLoss } from "../../src/metrics.ts";
import type { Model } from "../../src/model/model.ts";
import { modelFromBytes, modelToBytes } from "../../src/weights/model_file.ts";
import { fitTemperature } from "./fit_temperature.ts";

/** What fitting came to. */
export interface Calibrated {
  /** The network, with the temperature. */
  readonly model: Model;
  /** The mean cross entropy at the temperature that the network had, in nats. */
  readonly lossBefore: number;
  /** As much at the temperature that it has now. */
  readonly loss: number;
}

/**
 * Fits the temperature of a network.
 *
 * @param model The network; it stays as it is.
 * @param dataset Images that it did not learn from.
 * @param signal Ends it early.
 * @returns The network with its temperature, and what it brought.
 * @throws {LeNetError} `data/mismatch` when the images do not fit the network; `aborted` when the signal ends it.
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

/** How many of the last training images a network did not learn from. */
function setAside({ metadata: { recipe } }: Model): number {
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
        setAside(trained),
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
