import { runCommand } from "../../src/cli/command.ts";
import { command, type Extend, TRAIN_FLAGS, trainNetwork } from "../../src/cli/commands/train.ts";
import { bar, ProgressLine } from "../../src/cli/run_output.ts";
import { splitDataset } from "../../src/data/dataset.ts";
import { checkAborted, LeNetError } from "../../src/errors.ts";
import { areDigits } from "../../src/model/model.ts";
import { pictureDataset } from "./hard_set/picture_dataset.ts";
import { joinDatasets } from "./join_datasets.ts";

/** Fixed, so that runs with different seeds differ in initial weights, order and augmentation alone. */
const PICTURES_SEED = 0;

await runCommand({
  ...command,
  name: "train:default",
  summary:
    "Trains the network `digits`: as deno task train, on made pictures of the digits as well.",
  flags: {
    ...TRAIN_FLAGS,
    pictures: {
      kind: "integer",
      min: 1,
      value: "N",
      required: true,
      group: "Data",
      help:
        "the number of pictures as people take and draw them: the training digits in shadows, on ruled paper, tilted " +
        "and so on, as the library prepares them",
    },
  },
  run: ({ flags }) => trainNetwork(flags, withPictures(flags.pictures)),
});

/** Adds pictures made of the training digits, without those that are held out, before the dataset. */
function withPictures(count: number): Extend {
  return async (dataset, heldOut, signal) => {
    if (
      heldOut >= dataset.count || dataset.shape.join() !== "1,28,28" ||
      !areDigits(dataset.classNames)
    ) {
      throw new LeNetError(
        "option/invalid",
        `Cannot make ${count} pictures of ${dataset.name}: found ${dataset.count} images of shape ` +
          `[${dataset.shape}], ${heldOut} of them held out, expected digits of shape [1,28,28]`,
      );
    }
    const line = new ProgressLine();
    const learned = heldOut === 0 ? dataset : splitDataset(dataset, heldOut).train;
    const pictures = await pictureDataset(learned, count, PICTURES_SEED, (done) => {
      checkAborted(signal, "make pictures");
      line.draw(() => `making pictures ${bar(done / count, 30)}`);
    }).finally(() => line.clear());
    return joinDatasets(pictures, dataset);
  };
}
