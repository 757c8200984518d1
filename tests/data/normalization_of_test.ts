import { assertAlmostEquals, assertEquals } from "@std/assert";
import { loadFashionMnist, loadMnist } from "../../src/data/mnist.ts";
import { normalizationOf } from "../../src/data/normalization_of.ts";
import { normalize } from "../../src/image/normalize.ts";
import { hasSharedData, sharedData } from "./shared_data.ts";

const COLOURED = {
  name: "coloured",
  // Red 0 and 255 in turn, green ever the same, blue at random.
  images: Uint8Array.of(0, 255, 9, 9, 17, 3, 255, 0, 9, 9, 200, 41),
  labels: Uint8Array.of(0, 1),
  shape: [3, 1, 2],
  count: 2,
  classNames: ["a", "b"],
} as const;

Deno.test("normalizationOf gives each channel mean 0 and deviation 1", () => {
  const normalization = normalizationOf(COLOURED);
  assertEquals([normalization.mean[0], normalization.deviation[0]], [0.5, 0.5]);
  assertEquals([normalization.mean[1], normalization.deviation[1]], [9 / 255, 1]);
  const values = Float32Array.from(COLOURED.images, (value) => value / 255);
  normalize(values, COLOURED.shape, normalization);
  const blue = [4, 5, 10, 11].map((i) => values[i]);
  assertAlmostEquals(blue.reduce((sum, value) => sum + value, 0), 0, 1e-6);
  assertAlmostEquals(blue.reduce((sum, value) => sum + value * value, 0), 4, 1e-5);
});

for (
  const [folder, load, mean, deviation] of [
    ["mnist", loadMnist, 0.1307, 0.3081],
    ["fashion-mnist", loadFashionMnist, 0.2860, 0.3530],
  ] as const
) {
  Deno.test({
    name: `normalizationOf gives the published numbers of ${folder}`,
    ignore: !hasSharedData(folder),
    fn: async () => {
      const dataset = await load({ split: "train", directory: sharedData(folder) });
      const found = normalizationOf(dataset);
      assertAlmostEquals(found.mean[0], mean, 5e-5);
      assertAlmostEquals(found.deviation[0], deviation, 5e-5);
    },
  });
}
