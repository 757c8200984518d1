import { assertEquals } from "@std/assert";
import type { LoadOptions } from "../../src/data/collection.ts";
import { checkDataset, type Dataset } from "../../src/data/dataset.ts";
import type { IdxCollection } from "../../src/data/idx_collection.ts";
import { FASHION_MNIST, loadFashionMnist, loadMnist, MNIST } from "../../src/data/mnist.ts";
import { hasSharedData, sharedData } from "./shared_data.ts";

/** Each published collection, how it is loaded, and the first labels of its parts. */
const PUBLISHED: [
  collection: IdxCollection,
  load: (options: LoadOptions) => Promise<Dataset>,
  first: { train: number[]; test: number[] },
][] = [
  [MNIST, loadMnist, { train: [5, 0, 4, 1, 9], test: [7, 2, 1, 0, 4] }],
  [FASHION_MNIST, loadFashionMnist, { train: [9, 0, 0, 3, 0], test: [9, 2, 1, 1, 6] }],
];

for (const [collection, load, first] of PUBLISHED) {
  for (const split of ["train", "test"] as const) {
    Deno.test({
      name: `${load.name} reads ${collection.name}'s ${split} images and labels`,
      ignore: !hasSharedData(collection.folder),
      async fn() {
        const dataset = await load({ split, directory: sharedData(collection.folder) });
        checkDataset(dataset);
        const count = { train: 60_000, test: 10_000 }[split];
        assertEquals([dataset.count, dataset.shape], [count, [1, 28, 28]]);
        assertEquals([...dataset.labels.subarray(0, 5)], first[split]);
        assertEquals(dataset.classNames, collection.classNames);
        const { images, labels } = collection.files[split];
        assertEquals(dataset.checksums, {
          [images.name]: images.sha256,
          [labels.name]: labels.sha256,
        });
        for (const { name, bytes } of [images, labels]) {
          assertEquals((await Deno.stat(`${sharedData(collection.folder)}/${name}`)).size, bytes);
        }
      },
    });
  }

  Deno.test(`${load.name} knows complete mirrors, files and class names`, () => {
    assertEquals(collection.classNames.length, 10);
    for (const mirror of collection.mirrors) assertEquals(new URL(".", mirror).href, mirror);
    const files = Object.values(collection.files).flatMap(({ images, labels }) => [images, labels]);
    assertEquals(new Set(files.map(({ sha256 }) => sha256)).size, 4);
    for (const { sha256 } of files) assertEquals(/^[0-9a-f]{64}$/.test(sha256), true);
  });
}
