/**
 * Fine-tunes the network in a worker, so that the page keeps reading. tfjs is loaded with the worker, not with the page.
 *
 * @module
 */

import { LeNet } from "../../../mod.ts";
import { fineTune, providePackages } from "../../train/mod.ts";
import {
  correctionsDataset,
  type FineTuningMessage,
  type FineTuningRequest,
} from "./fine_tuning.ts";

/** The used part of a worker's global scope. */
declare const self: {
  onmessage: (event: MessageEvent<FineTuningRequest>) => void;
  postMessage(message: FineTuningMessage, transfer?: Transferable[]): void;
};

const WASM = new URL("tfjs-backend-wasm-simd.wasm", import.meta.url).href;

providePackages({
  "@tensorflow/tfjs-core": () => import("@tensorflow/tfjs-core"),
  "@tensorflow/tfjs-backend-wasm": async () => {
    const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
    setWasmPaths({
      "tfjs-backend-wasm.wasm": WASM,
      "tfjs-backend-wasm-simd.wasm": WASM,
      "tfjs-backend-wasm-threaded-simd.wasm": WASM,
    });
    const { env } = await import("@tensorflow/tfjs-core");
    // Threads need cross-origin isolation, and the page has only the file without threads.
    env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  },
});

self.onmessage = async ({ data: { pretrained, corrections } }) => {
  try {
    using old = await LeNet.load(pretrained, { backend: "wasm" });
    const { net } = await fineTune(old, correctionsDataset(corrections), {
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
