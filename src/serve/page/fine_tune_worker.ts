/**
 * Fine-tunes the network in a worker, so that the page keeps reading. The trainer is loaded with
 * the worker, not with the page.
 *
 * @module
 */

import { LeNet } from "../../../mod.ts";
import { type Dataset, fineTune } from "../../train/mod.ts";

/** A misread picture and its digit. */
export interface Correction {
  /** 28×28 pixels as the network saw them, 0 (background) to 255 (ink). */
  readonly pixels: Uint8Array;
  /** The right digit, 0 to 9. */
  readonly label: number;
}

/** What the page sends to the worker. */
export interface FineTuningRequest {
  /** The pretrained network, as the bytes of a model file. */
  readonly pretrained: Uint8Array;
  /** At least one. */
  readonly corrections: readonly Correction[];
}

/** What the worker sends to the page: progress, and at last the network, as the bytes of a model file, or a failure. */
export type FineTuningMessage =
  | { readonly kind: "progress"; readonly share: number }
  | { readonly kind: "learned"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly message: string };

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
