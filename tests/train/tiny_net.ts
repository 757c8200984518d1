import type { Dataset } from "../../src/data/dataset.ts";
import { LeNet } from "../../src/lenet.ts";
import { initialize } from "../../src/model/initialize.ts";
import type { Model } from "../../src/model/model.ts";
import type { FineTuneOptions } from "../../src/train/fine_tune.ts";
import type { Sample } from "../../src/train/samples.ts";
import { bars, TINY } from "./tiny.ts";

/** A network that knows little of bars. */
export const TINY_MODEL: Model = {
  architecture: TINY,
  parameters: initialize(TINY, { seed: 1 }),
  metadata: {
    classNames: bars(3).classNames,
    normalization: { mean: [0], std: [1] },
    preparation: "picture",
    temperature: 1,
    accuracy: { dataset: "bars", count: 3, value: 0.5 },
    recipe: { epochs: 0 },
  },
};

/** Options under which a tiny network learns bars quickly, and nothing but `keep` holds it back. */
export const OPTIONS: FineTuneOptions = {
  backend: "wasm",
  augment: null,
  learningRate: 0.02,
  keep: 0,
};

/** Loads {@linkcode TINY_MODEL}. */
export function loadTiny(): Promise<LeNet> {
  return LeNet.load(TINY_MODEL, { backend: "wasm" });
}

/** The images of a dataset of bars as pictures with labels. */
export function pictures({ images, labels }: Dataset): Sample[] {
  return Array.from(labels, (label, n) => ({
    image: { data: images.slice(n * 64, (n + 1) * 64), width: 8, height: 8 },
    label,
  }));
}
