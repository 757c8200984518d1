import { assertEquals, assertRejects } from "@std/assert";
import { BatchesAhead } from "../../src/cli/train_workers.ts";
import { TRAIN_FLAGS, trainNetwork } from "../../src/cli/commands/train.ts";
import { parseArguments } from "../../src/cli/flags.ts";
import { DIGIT_DISTORTIONS } from "../../src/data/augment/distort.ts";
import { sha256 } from "../../src/data/files.ts";
import { LeNetError } from "../../src/errors.ts";
import { Random, type RandomState } from "../../src/model/random.ts";
import {
  type Batch,
  batches,
  type BatchOptions,
  type MakeBatches,
} from "../../src/train/batches.ts";
import { type Checkpoint, checkpointToBytes } from "../../src/train/checkpoint.ts";
import { train, type TrainOptions, trainWith } from "../../src/train/train.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { bars, TINY } from "../train/tiny.ts";
import { countWorkers, onCores } from "./workers.ts";

const OPTIONS: BatchOptions = {
  batchSize: 16,
  augment: { ...DIGIT_DISTORTIONS, shift: 1, degrade: 0.3 },
  normalization: { mean: [0.1], std: [0.3] },
};

/** More batches than are made ahead, and a smaller one at the end. */
const COUNT = 150;

/** What a trainer sees of a batch, and the random numbers that a checkpoint would take after it. */
interface Seen {
  /** Of the inputs; the difference between long arrays takes minutes to print. */
  readonly digest: string;
  readonly labels: string;
  readonly random: RandomState;
}

async function passes(
  makeBatches: MakeBatches,
  options: BatchOptions,
  each: (batch: Batch) => Promise<void> = () => Promise.resolve(),
): Promise<Seen[]> {
  const random = new Random(5);
  const seen: Seen[] = [];
  const dataset = bars(COUNT);
  for (let pass = 0; pass < 2; pass++) {
    for await (const batch of makeBatches(dataset, options, random)) {
      await each(batch);
      const { inputs, labels } = batch;
      const bytes = new Uint8Array(inputs.slice().buffer);
      seen.push({ digest: await sha256(bytes), labels: labels.join(), random: random.state });
    }
    seen.push({ digest: "", labels: "", random: random.state });
  }
  return seen;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("BatchesAhead makes the batches that are made in place, with the random numbers of each", async () => {
  for (const batchSize of [1, 16, COUNT, 1000]) {
    const options = { ...OPTIONS, batchSize };
    using ahead = new BatchesAhead();
    const found = await passes((...pass) => ahead.batches(...pass), options);
    assertEquals(found, await passes(batches, options), `batches of ${batchSize}`);
  }
});

Deno.test("BatchesAhead leaves a batch as it is while a slow trainer holds it", async () => {
  using ahead = new BatchesAhead();
  // The worker has all the time to make every batch that it may.
  const found = await passes((...pass) => ahead.batches(...pass), OPTIONS, () => sleep(10));
  assertEquals(found, await passes(batches, OPTIONS));
});

Deno.test("BatchesAhead makes batches without distortions, too", async () => {
  const plain = { ...OPTIONS, augment: null };
  using ahead = new BatchesAhead();
  const found = await passes((...pass) => ahead.batches(...pass), plain);
  assertEquals(found, await passes(batches, plain));
});

Deno.test("BatchesAhead goes on with another pass when one is left in its middle", async () => {
  using ahead = new BatchesAhead();
  for await (const _ of ahead.batches(bars(COUNT), OPTIONS, new Random(1))) break;
  const found = await passes((...pass) => ahead.batches(...pass), OPTIONS);
  assertEquals(found, await passes(batches, OPTIONS));
});

Deno.test("BatchesAhead says what fails in the worker, and does not wait for it again", async () => {
  const wrong = { ...OPTIONS, augment: { ...DIGIT_DISTORTIONS, rotation: 181 } };
  using ahead = new BatchesAhead();
  for (const options of [wrong, OPTIONS]) {
    await assertRejects(
      () => onCores(2, () => Array.fromAsync(ahead.batches(bars(COUNT), options, new Random(1)))),
      Error,
      "rotation is 181, expected 0 to 180",
    );
  }
});

const RUN: TrainOptions = {
  backend: "wasm",
  epochs: 3,
  batchSize: 16,
  averaging: 0.9,
  augment: OPTIONS.augment,
  validation: 30,
  seed: 3,
};

Deno.test("trainWith batches made ahead gives the checkpoints and the model of train", async () => {
  const run = async (
    makeBatches: MakeBatches | undefined,
    options: TrainOptions,
  ): Promise<{ kept: Checkpoint[]; model: string }> => {
    const kept: Checkpoint[] = [];
    const onCheckpoint = (checkpoint: Checkpoint): void => void kept.push(checkpoint);
    const all = { ...options, onCheckpoint };
    const { model } = makeBatches === undefined
      ? await train(TINY, bars(COUNT), all)
      : await trainWith({ makeBatches }, TINY, bars(COUNT), all);
    return { kept, model: await sha256(modelToBytes(model)) };
  };
  const expected = await run(undefined, RUN);
  using ahead = new BatchesAhead();
  const makeBatches: MakeBatches = (...pass) => ahead.batches(...pass);
  const found = await run(makeBatches, RUN);
  const digests = (kept: Checkpoint[]): Promise<string[]> =>
    Promise.all(kept.map((checkpoint) => sha256(checkpointToBytes(checkpoint))));
  assertEquals(await digests(found.kept), await digests(expected.kept));
  assertEquals(found.model, expected.model);
  // From each checkpoint with a worker and without one.
  for (const resume of found.kept) {
    for (const maker of [makeBatches, undefined]) {
      assertEquals((await run(maker, { backend: "wasm", resume })).model, expected.model);
    }
  }
});

Deno.test("trainWith batches made ahead stops at a signal while the worker is ahead", async () => {
  const controller = new AbortController();
  using ahead = new BatchesAhead();
  const error = await assertRejects(
    () =>
      trainWith({ makeBatches: (...pass) => ahead.batches(...pass) }, TINY, bars(COUNT), {
        ...RUN,
        signal: controller.signal,
        async onProgress({ step }) {
          if (step !== 2) return;
          await sleep(50);
          controller.abort();
        },
      }),
    LeNetError,
    "Stopped training in epoch 1 of 3",
  );
  assertEquals(error.code, "aborted");
});

Deno.test("trainNetwork distorts on another core, and ends that worker whether or not it succeeds", async () => {
  const { log } = console;
  await inTemporaryFolder(async (folder) => {
    const run = (...args: string[]): Promise<void> => {
      const small = ["--synthetic", "--limit", "100", "--epochs", "2", "--backend", "wasm"];
      const all = [...small, ...args, "--json", "--out", `${folder}/net.safetensors`];
      return trainNetwork(parseArguments({ name: "train", flags: TRAIN_FLAGS }, all).flags);
    };
    const diverge = async (): Promise<void> => {
      await assertRejects(() => run("--augment", "--lr", "1e30"), LeNetError, "the loss is");
      // The next run would not overwrite the epoch that went well.
      await Deno.remove(`${folder}/net.safetensors.checkpoint`);
    };
    console.log = () => {};
    try {
      const augment = (): Promise<void> => run("--augment");
      const one = { begun: 1, ended: 1 };
      const none = { begun: 0, ended: 0 };
      assertEquals(await onCores(2, () => countWorkers(augment)), one);
      assertEquals(await onCores(2, () => countWorkers(diverge)), one);
      // Nothing to gain: without distortions, or without another core.
      assertEquals(await onCores(2, () => countWorkers(() => run())), none);
      assertEquals(await onCores(1, () => countWorkers(augment)), none);
    } finally {
      console.log = log;
    }
  });
});
