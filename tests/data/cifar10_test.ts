import { assertEquals } from "@std/assert";
import { CIFAR_10, loadCifar10 } from "../../src/data/cifar10.ts";
import type { Split } from "../../src/data/collection.ts";
import { checkDataset } from "../../src/data/dataset.ts";
import { hasCommand } from "./command.ts";
import { gzip } from "./idx_file.ts";
import { recordFile } from "./record_file.ts";
import { hasSharedData, sharedData } from "./shared_data.ts";
import { tarFile } from "./tar_file.ts";
import { inTemporaryFolder } from "./temporary_folder.ts";
import { unpackedCifar10 } from "./unpacked_cifar10.ts";

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

/** What is known of the published files: how many records, and the first labels. */
const PUBLISHED: Record<Split, { count: number; labels: number[] }> = {
  train: { count: 50_000, labels: [6, 9, 9, 4, 1, 1, 2, 7, 8, 3] },
  test: { count: 10_000, labels: [3, 8, 8, 0, 6, 6, 1, 6, 3, 1] },
};

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
      const { count, labels } = PUBLISHED[split];
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
