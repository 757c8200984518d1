/**
 * Learns from corrections, apart from the page so that the page goes on reading. tfjs comes with the first lesson.
 *
 * @module
 */

import { LeNet } from "../../mod.ts";
import { fineTune, providePackages } from "../train/mod.ts";
import type { LearnerMessage } from "./learner.ts";
import { type Correction, lesson } from "./lesson.ts";

/** What is to be learned, and by which network. */
export interface Lesson {
  /** The stock network as a file. */
  readonly stock: Uint8Array;
  /** At least one. */
  readonly corrections: readonly Correction[];
}

/** As much of a worker's global scope as is used. */
declare const self: {
  onmessage: (event: MessageEvent<Lesson>) => void;
  postMessage(message: LearnerMessage, transfer?: Transferable[]): void;
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
    // There are no threads without special headers, and the page has but this one file of WebAssembly.
    env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  },
});

self.onmessage = async ({ data: { stock, corrections } }) => {
  try {
    using old = await LeNet.load(stock, { backend: "wasm" });
    const { net } = await fineTune(old, lesson(corrections), {
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
