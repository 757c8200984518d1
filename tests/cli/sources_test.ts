import { assertEquals } from "@std/assert";
import { DATASETS, distortionsOf, loadPublished } from "../../src/cli/sources.ts";
import {
  ARTICLE_DISTORTIONS,
  DIGIT_DISTORTIONS,
  PHOTO_DISTORTIONS,
} from "../../src/data/augment/distort.ts";
import type { ImageShape } from "../../src/model/architecture.ts";
import { assertRejection } from "../assert_error.ts";
import { idxFile } from "../data/idx_file.ts";
import { recordFile } from "../data/record_file.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";

/** The options for the test set in a folder. */
function testSplit(directory: string): Parameters<typeof loadPublished>[1] {
  return { split: "test", directory, signal: new AbortController().signal };
}

/** A folder with small test sets, each in a folder of its published name: MNIST's and CIFAR-10's. */
function inDatasets(test: (folder: string) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (folder) => {
    await Deno.mkdir(`${folder}/mnist`);
    const images = idxFile([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    await Deno.writeFile(`${folder}/mnist/t10k-images-idx3-ubyte`, images);
    await Deno.writeFile(`${folder}/mnist/t10k-labels-idx1-ubyte`, idxFile([2], [7, 2]));
    await Deno.mkdir(`${folder}/cifar-10`);
    await Deno.writeFile(`${folder}/cifar-10/test_batch.bin`, recordFile([3, 8, 8], 3072));
    await test(folder);
  });
}

Deno.test("loadPublished takes a dataset's own folder, and one that holds it under its name", async () => {
  await inDatasets(async (folder) => {
    for (const data of [folder, `${folder}/mnist`]) {
      const { name, labels } = await loadPublished("mnist", testSplit(data));
      assertEquals([name, [...labels]], ["MNIST test", [7, 2]]);
    }
    for (const data of [folder, `${folder}/cifar-10`]) {
      const { name, labels, shape } = await loadPublished("cifar-10", testSplit(data));
      assertEquals([name, [...labels], shape], ["CIFAR-10 test", [3, 8, 8], [3, 32, 32]]);
    }
    await assertRejection(
      () => loadPublished("fashion-mnist", testSplit(folder)),
      "file/missing",
      `Cannot load Fashion-MNIST from ${folder}: it has no such file`,
    );
  });
});

const INPUTS: [what: string, input: ImageShape, shape: ImageShape][] = [
  ["pads images to a larger input", [1, 4, 5], [1, 4, 5]],
  ["leaves images of the input's size alone", [1, 2, 2], [1, 2, 2]],
  ["leaves images larger than the input alone", [1, 1, 1], [1, 2, 2]],
  ["leaves images alone where one side of the input is smaller", [1, 1, 5], [1, 2, 2]],
  ["leaves images of another number of channels alone", [3, 4, 4], [1, 2, 2]],
];

for (const [what, input, shape] of INPUTS) {
  Deno.test(`loadPublished ${what}`, async () => {
    await inDatasets(async (data) => {
      const dataset = await loadPublished("mnist", { ...testSplit(data), input });
      assertEquals([dataset.shape, dataset.count], [shape, 2]);
    });
  });
}

Deno.test("distortionsOf suits every dataset", () => {
  assertEquals(DATASETS, ["mnist", "fashion-mnist", "cifar-10"]);
  assertEquals(DATASETS.map(distortionsOf), [
    DIGIT_DISTORTIONS,
    ARTICLE_DISTORTIONS,
    PHOTO_DISTORTIONS,
  ]);
});
