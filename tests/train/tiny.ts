import type { Dataset } from "../../src/data/dataset.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import { Random } from "../../src/model/random.ts";

/** A network that trains in milliseconds: 8×8 pixels, three classes. */
export const TINY: Architecture = {
  name: "tiny",
  input: [1, 8, 8],
  layers: [
    { kind: "conv", name: "conv1", filters: 3, kernel: 3, padding: 1 },
    { kind: "activation", activation: "relu" },
    { kind: "pool", mode: "max" },
    { kind: "flatten" },
    { kind: "dense", name: "fc1", units: 3 },
  ],
  classes: 3,
};

/** Noisy bars: level, upright and slanting. */
export function bars(count: number, seed = 1): Dataset {
  const random = new Random(seed);
  const images = new Uint8Array(count * 64);
  const labels = Uint8Array.from({ length: count }, (_, n) => n % 3);
  for (let n = 0; n < count; n++) {
    const at = random.integer(8);
    for (let i = 0; i < 8; i++) {
      const [y, x] = [[at, i], [i, at], [i, (i + at) % 8]][labels[n]];
      images[n * 64 + y * 8 + x] = 200;
    }
    for (let i = 0; i < 64; i++) images[n * 64 + i] += random.integer(50);
  }
  return {
    name: "bars",
    images,
    labels,
    shape: [1, 8, 8],
    count,
    classNames: ["level", "upright", "slanting"],
  };
}
