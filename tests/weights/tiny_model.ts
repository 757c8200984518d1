import type { Architecture } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import type { Model } from "../../src/model/model.ts";

/** A network with every kind of layer and all metadata, small enough to read. */
export function tinyModel(): Model {
  const architecture: Architecture = {
    name: "tiny",
    input: [2, 6, 5],
    layers: [
      { kind: "conv", name: "conv1", filters: 3, kernel: 3, padding: 1 },
      { kind: "activation", activation: "tanh" },
      { kind: "pool", mode: "average" },
      { kind: "flatten" },
      { kind: "dense", name: "fc1", units: 2 },
    ],
    classes: 2,
  };
  return {
    architecture,
    parameters: initialize(architecture, { seed: 5 }),
    metadata: {
      classNames: ["zero", "one"],
      normalization: { mean: [0.25, 0], std: [0.5, 1] },
      temperature: 1.25,
      accuracy: { dataset: "six pixels", count: 1200, value: 0.875 },
      recipe: { optimizer: "adam", seed: 5, augment: { angles: [-10, 10] }, note: null },
      dataChecksums: { "six.gz": "0123456789abcdef".repeat(4) },
    },
  };
}
