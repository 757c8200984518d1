/**
 * Learns from corrections, apart from the page so that the page goes on reading. tfjs comes with the first lesson.
 *
 * @module
 */

import { LeNet } from "../../../mod.ts";
import { type Dataset, fineTune, providePackages, syntheticDigits } from "../../train/mod.ts";
import type { LearnerMessage } from "./learner.ts";

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

/** A picture that was misread, and what it shows. */
export interface Correction {
  /** 28×28 pixels as the network saw them, 0 (background) to 255 (ink). */
  readonly pixels: Uint8Array;
  /** The right digit, 0 to 9. */
  readonly label: number;
}

/** Two of each digit. A lesson of one class alone would teach that there are no others. */
const OTHERS = 20;

/**
 * Puts a lesson together: corrections, and about as many digits that nobody has to correct.
 *
 * @param corrections What to learn, at least one.
 * @returns A dataset for fine-tuning; the same for the same corrections.
 */
export function lesson(corrections: readonly Correction[]): Dataset {
  const others = syntheticDigits({ count: OTHERS, seed: 1 });
  const size = others.images.length / others.count;
  const times = Math.max(1, Math.round(OTHERS / corrections.length));
  const repeated = Array.from({ length: times }, () => corrections).flat();
  const images = new Uint8Array(others.images.length + repeated.length * size);
  images.set(others.images);
  repeated.forEach(({ pixels }, n) => images.set(pixels, (others.count + n) * size));
  return {
    ...others,
    name: "corrections",
    images,
    labels: Uint8Array.from([...others.labels, ...repeated.map(({ label }) => label)]),
    count: others.count + repeated.length,
  };
}

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
