/**
 * Fine-tunes the network in a worker, so that the page keeps reading. The trainer is loaded with
 * the worker, not with the page.
 *
 * @module
 */

import { LeNet } from "../../../mod.ts";
import { type Dataset, fineTune } from "../../train/mod.ts";
import type { Correction, FineTuningMessage, FineTuningRequest } from "./fine_tuning.ts";

/** The used part of a worker's global scope. */
declare const self: {
  onmessage: (event: MessageEvent<FineTuningRequest>) => void;
  postMessage(message: FineTuningMessage, transfer?: Transferable[]): void;
};

self.onmessage = async ({ data: { pretrained, corrections } }) => {
  try {
    using old = await LeNet.load(pretrained, { backend: "wasm" });
    const { net } = await fineTune(old, datasetOf(old, corrections), {
      backend: "wasm",
      onProgress({ epoch, epochs, step, steps }) {
        self.postMessage({ kind: "progress", share: (epoch - 1 + step / steps) / epochs });
      },
    });
    const bytes = net.save();
    self.postMessage({ kind: "learned", bytes }, [bytes.buffer]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    self.postMessage({ kind: "failed", message });
  }
};

/** The pixels are those that the network saw: as a dataset they are not prepared again. */
function datasetOf({ model }: LeNet, corrections: readonly Correction[]): Dataset {
  return {
    name: "corrections",
    images: Uint8Array.from(corrections.flatMap(({ pixels }) => [...pixels])),
    labels: Uint8Array.from(corrections, ({ label }) => label),
    shape: model.architecture.input,
    count: corrections.length,
    classNames: model.metadata.classNames,
  };
}
