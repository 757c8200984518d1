import { assertEquals } from "@std/assert";
import {
  CIFAR_10,
  FASHION_MNIST,
  loadCifar10,
  loadFashionMnist,
  loadMnist,
  MNIST,
} from "../../src/data/catalog.ts";
import type { LoadOptions, Split } from "../../src/data/collection.ts";
import { checkDataset, type Dataset } from "../../src/data/dataset.ts";
import type { IdxCollection } from "../../src/data/idx.ts";
import { hasCommand } from "./command.ts";
import { gzip } from "./idx_file.ts";
import { recordFile } from "./record_file.ts";
import { hasSharedData, sharedData } from "./shared_data.ts";
import { tarFile } from "./tar_file.ts";
import { inTemporaryFolder } from "./temporary_folder.ts";
import { unpackedCifar10 } from "./unpacked_cifar10.ts";

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

/** What is known of the published files: how many records, and the first labels. */
const PUBLISHED_CIFAR10: Record<Split, { count: number; labels: number[] }> = {
  train: { count: 50_000, labels: [6, 9, 9, 4, 1, 1, 2, 7, 8, 3] },
  test: { count: 10_000, labels: [3, 8, 8, 0, 6, 6, 1, 6, 3, 1] },
};

Deno.test("loadCifar10 knows complete mirrors, files and class names", () => {
  assertEquals(CIFAR_10.classNames.length, 10);
  assertEquals(new Set(CIFAR_10.classNames).size, 10);
  for (const mirror of CIFAR_10.mirrors) assertEquals(new URL(".", mirror).href, mirror);
  assertEquals(/^[0-9a-f]{64}$/.test(CIFAR_10.archive.sha256), true);
});

Deno.test("loadCifar10 joins five batches of an archive in order, planes of colour as they come", async () => {
  const batches = [1, 2, 3, 4, 5].map((n) => ({
    name: `cifar-10-batches-bin/data_batch_${n}.bin`,
    bytes: recordFile([n, 9 - n], 3072),
  }));
  await inTemporaryFolder(async (directory) => {
    const shuffled = [3, 0, 4, 1, 2].map((n) => batches[n]);
    await Deno.writeFile(`${directory}/cifar-10-binary.tar.gz`, gzip(tarFile(shuffled)));
    const dataset = checkDataset(await loadCifar10({ split: "train", directory }));
    assertEquals([dataset.shape, dataset.count], [[3, 32, 32], 10]);
    assertEquals([...dataset.labels], [1, 8, 2, 7, 3, 6, 4, 5, 5, 4]);
    const records = batches.flatMap(({ bytes }) => [bytes.slice(1, 3073), bytes.slice(3074)]);
    records.forEach((record, n) =>
      assertEquals(dataset.images.slice(3072 * n, 3072 * (n + 1)), record)
    );
  });
});

Deno.test({
  name: "loadCifar10 reads CIFAR-10's images and labels",
  ignore: !hasSharedData("cifar-10") || !hasCommand("xz"),
  async fn() {
    await using unpacked = await unpackedCifar10();
    const directory = unpacked.folder;
    const sums = await Deno.readTextFile(`${sharedData("cifar-10")}/SHA256SUMS.unpacked`);
    const checksums = Object.fromEntries(
      sums.trim().split("\n").map((line) => line.split(/\s+/).reverse()),
    );
    for (const split of ["train", "test"] as const) {
      const dataset = checkDataset(await loadCifar10({ split, directory }));
      const { count, labels } = PUBLISHED_CIFAR10[split];
      assertEquals([dataset.count, dataset.shape], [count, [3, 32, 32]]);
      assertEquals([...dataset.labels.subarray(0, 10)], labels);
      const often = CIFAR_10.classNames.map((_, label) =>
        dataset.labels.reduce((sum, found) => sum + (found === label ? 1 : 0), 0)
      );
      assertEquals(often, new Array(10).fill(count / 10));
      for (const [file, checksum] of Object.entries(dataset.checksums!)) {
        assertEquals(checksum, checksums[file], file);
      }
      assertEquals(Object.keys(dataset.checksums!), CIFAR_10.files[split]);
    }
    // The first pixel of the first photo, a frog: red, green, blue.
    const { images } = await loadCifar10({ split: "train", directory });
    assertEquals([images[0], images[1024], images[2048]], [59, 62, 63]);
  },
});
