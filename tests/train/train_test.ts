import {
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { DIGIT_DISTORTIONS } from "../../src/data/augment/distort.ts";
import type { Trainer } from "../../src/engine/trainer.ts";
import { LeNetError } from "../../src/errors.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import {
  type Checkpoint,
  checkpointFromBytes,
  checkpointToBytes,
} from "../../src/train/checkpoint.ts";
import { runEpoch, type TrainProgress } from "../../src/train/epoch.ts";
import { train, type TrainOptions } from "../../src/train/train.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { bars, TINY } from "./tiny.ts";

/** Everything that makes resuming hard: distortions, an averaged net, momentum, a schedule, a last small batch. */
const OPTIONS: TrainOptions = {
  backend: "wasm",
  epochs: 4,
  batchSize: 16,
  averaging: 0.9,
  augment: { ...DIGIT_DISTORTIONS, shift: 1 },
  validation: 30,
  seed: 3,
};

async function checkpoints(options: TrainOptions = {}): Promise<Checkpoint[]> {
  const kept: Checkpoint[] = [];
  await train(TINY, bars(150), {
    ...OPTIONS,
    ...options,
    onCheckpoint: (checkpoint) => void kept.push(checkpoint),
  });
  return kept;
}

Deno.test("train learns to tell bars apart", async () => {
  const { model, history, backend } = await train(TINY, bars(600), {
    ...OPTIONS,
    augment: null,
    epochs: 8,
    learningRate: 0.02,
  });
  assertEquals(backend, "wasm");
  assertEquals(history.length, 8);
  assertLess(history[7].loss, history[0].loss);
  assertGreater(history[7].validation!.accuracy, 0.95);
  assertEquals(model.metadata.classNames, ["level", "upright", "slanting"]);
});

Deno.test("train gives the same weights for the same seed, bit for bit, and others for another", async () => {
  const bytes = async (seed: number): Promise<Uint8Array> =>
    modelToBytes((await train(TINY, bars(150), { ...OPTIONS, seed })).model);
  const first = await bytes(3);
  assertEquals(await bytes(3), first);
  assertNotEquals(await bytes(4), first);
});

Deno.test("train resumed after any epoch comes to the same weights and history", async () => {
  const whole = await train(TINY, bars(150), OPTIONS);
  const kept = await checkpoints();
  assertEquals(kept.map(({ history }) => history.length), [0, 1, 2, 3, 4]);
  for (const checkpoint of kept) {
    const resume = checkpointFromBytes(checkpointToBytes(checkpoint));
    const resumed = await train(TINY, bars(150), { backend: "wasm", resume });
    assertEquals(modelToBytes(resumed.model), modelToBytes(whole.model));
    assertEquals(resumed.history, whole.history);
  }
});

Deno.test("train refuses to resume another run", async () => {
  const [resume] = await checkpoints({ epochs: 1 });
  const wrong: [TrainOptions, string][] = [
    [{ epochs: 2 }, "recipe.epochs is 2, in the checkpoint it was 1"],
    [{ seed: 4 }, "seed is 4"],
    [{ optimizer: { name: "sgd" } }, "recipe.optimizer.name is"],
  ];
  for (const [options, message] of wrong) {
    const error = await assertRejects(
      () => train(TINY, bars(150), { backend: "wasm", ...options, resume }),
      LeNetError,
      message,
    );
    assertEquals(error.code, "checkpoint/mismatch");
  }
  const error = await assertRejects(
    () =>
      train(TINY, { ...bars(150), checksums: { images: "other" } }, { backend: "wasm", resume }),
    LeNetError,
    "data.checksums.images is other, in the checkpoint it was nothing",
  );
  assertEquals(error.code, "checkpoint/mismatch");
});

Deno.test("train stops at a signal and says where", async () => {
  const controller = new AbortController();
  const seen: TrainProgress[] = [];
  const error = await assertRejects(
    () =>
      train(TINY, bars(150), {
        ...OPTIONS,
        signal: controller.signal,
        onProgress(progress) {
          seen.push(progress);
          if (progress.epoch === 2) controller.abort();
        },
      }),
    LeNetError,
    "Stopped training in epoch 2 of 4",
  );
  assertEquals(error.code, "aborted");
  assertEquals(seen.length, 9);
  assertEquals([seen[8].epoch, seen[8].step, seen[8].steps], [2, 1, 8]);
});

Deno.test("train that is stopped while it validates says in which epoch", async () => {
  const controller = new AbortController();
  const error = await assertRejects(
    () =>
      train(TINY, bars(150), {
        ...OPTIONS,
        validation: 30,
        signal: controller.signal,
        onProgress({ epoch, step, steps }) {
          // After the last step of the epoch: validation comes next.
          if (epoch === 2 && step === steps) controller.abort();
        },
      }),
    LeNetError,
    "Stopped training in epoch 2 of 4",
  );
  assertEquals(error.code, "aborted");
});

Deno.test("train lets timers run while it computes", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await train(TINY, bars(6000), { ...OPTIONS, epochs: 3 });
  clearInterval(timer);
  assertGreater(ticks, 2);
});

Deno.test("train lets a timer stop it, however short its epochs are", async () => {
  const signal = AbortSignal.timeout(30);
  const error = await assertRejects(
    () => train(TINY, bars(12), { backend: "wasm", validation: 0, epochs: 100_000, signal }),
    LeNetError,
  );
  assertEquals(error.code, "aborted");
});

for (const validation of [0, 30]) {
  const what = validation === 0 ? "training images" : "the hold-out set";
  Deno.test(`train says so when its last step ruins the network, by ${what}`, async () => {
    let checkpoints = 0;
    const error = await assertRejects(
      () =>
        train(TINY, bars(150), {
          ...OPTIONS,
          validation,
          averaging: 0,
          epochs: 1,
          batchSize: 150,
          optimizer: { name: "sgd" },
          learningRate: 1e15,
          onCheckpoint: () => void checkpoints++,
        }),
      LeNetError,
      "after epoch 1, try a learning rate below 1000000000000000",
    );
    assertEquals(error.code, "train/diverged");
    assertEquals(checkpoints, 1);
  });
}

Deno.test("train is not changed by who changes the labels, the network or the recipe while it runs", async () => {
  const expected = modelToBytes((await train(TINY, bars(150), OPTIONS)).model);
  const dataset = bars(150);
  const network = structuredClone(TINY) as unknown as { name: string; layers: unknown[] };
  const optimizer = { name: "adamw" as const, weightDecay: 1e-4 };
  const { model } = await train(network as unknown as Architecture, dataset, {
    ...OPTIONS,
    optimizer,
    onProgress() {
      dataset.labels.fill(255);
      network.name = "";
      network.layers.length = 0;
      optimizer.weightDecay = NaN;
    },
  });
  assertEquals(modelToBytes(model), expected);
});

Deno.test("train says so when the loss is no longer finite", async () => {
  const error = await assertRejects(
    () => train(TINY, bars(150), { ...OPTIONS, optimizer: { name: "sgd" }, learningRate: 1e38 }),
    LeNetError,
    "try a learning rate below 1e+38",
  );
  assertEquals(error.code, "train/diverged");
});

for (const [loss, isGood] of [[1e12, true], [1.0001e12, false], [NaN, false]] as const) {
  Deno.test(`runEpoch ${isGood ? "goes on after" : "says so at"} a loss of ${loss}`, async () => {
    const trainer: Trainer = {
      step: () => Promise.resolve({ loss, correct: 0 }),
      parameters: () => Promise.reject(new Error("not asked for")),
      state: () => Promise.reject(new Error("not asked for")),
      [Symbol.dispose]() {},
    };
    const plan = { epoch: 1, epochs: 1, count: 1, batchSize: 1, learningRate: 0.5 };
    const run = runEpoch(
      trainer,
      [{ inputs: new Float32Array(1), labels: new Uint8Array(1) }],
      { ...plan, schedule: "constant", backend: "wasm" },
      {},
    );
    if (isGood) assertEquals((await run).loss, loss);
    else {
      const error = await assertRejects(() => run, LeNetError, `the loss is ${loss} in step 1`);
      assertEquals(error.code, "train/diverged");
    }
  });
}

const NO_DATA: [what: string, data: unknown, message: string][] = [
  ["null", null, "found null, expected a dataset"],
  [
    "images that are floats",
    { ...bars(2), images: Float32Array.of(NaN) },
    "its images are no Uint8Array",
  ],
  ["labels in a list", { ...bars(2), labels: [0, 1] }, "its labels are no Uint8Array"],
];

for (const [what, data, message] of NO_DATA) {
  Deno.test(`train refuses ${what} for data`, async () => {
    const run = () => train(TINY, data as ReturnType<typeof bars>, OPTIONS);
    assertEquals((await assertRejects(run, LeNetError, message)).code, "data/malformed");
  });
}

for (
  const [pool, message] of [
    [
      { kind: "pool", mode: "sum" },
      "layer 3 (pool) has the mode sum, expected one of max, average",
    ],
    [{ kind: "pool" }, "layer 3 (pool) has the mode undefined, expected one of max, average"],
    [{ kind: "pool", mode: null }, "layer 3 (pool) has the mode null"],
    [{ kind: "pooling", mode: "max" }, "layer 3 (pooling) has the kind pooling, which is unknown"],
    [null, "layer 3 (undefined) has the kind undefined, which is unknown"],
  ] as const
) {
  Deno.test(`train refuses ${JSON.stringify(pool)} for a pool before the first step`, async () => {
    let steps = 0;
    const layers = TINY.layers.map((layer) => layer.kind === "pool" ? pool : layer);
    const run = train({ ...TINY, layers } as Architecture, bars(12), {
      ...OPTIONS,
      onProgress: () => void steps++,
    });
    assertEquals(
      (await assertRejects(() => run, LeNetError, message)).code,
      "architecture/invalid",
    );
    assertEquals(steps, 0);
  });
}

Deno.test("train takes the largest batch there may be", async () => {
  const { history } = await train(TINY, bars(8), {
    ...OPTIONS,
    epochs: 1,
    validation: 0,
    batchSize: 65_536,
  });
  assertEquals(history.length, 1);
});

const WRONG: [what: string, options: TrainOptions, message: string][] = [
  ["no epochs", { epochs: 0 }, "epochs is 0, expected a whole number from 1"],
  ["half an image in a batch", { batchSize: 0.5 }, "batchSize is 0.5"],
  ["a negative learning rate", { learningRate: -1 }, "learningRate is -1"],
  ["an unknown schedule", { schedule: "step" as "cosine" }, "schedule is step, expected one of"],
  ["an unknown optimizer", { optimizer: { name: "rmsprop" as "sgd" } }, "optimizer is rmsprop"],
  ["momentum for adam", { optimizer: { name: "adam", momentum: 0.9 } }, "expected none with"],
  ["momentum of 1", { optimizer: { name: "sgd", momentum: 1 } }, "momentum is 1"],
  ["averaging of 1", { averaging: 1 }, "averaging is 1"],
  ["nothing left to train on", { validation: 150 }, "expected a whole number from 0 to 149"],
  ["a distortion out of range", { augment: { ...DIGIT_DISTORTIONS, scale: 2 } }, "scale is 2"],
  ["an optimizer that is a text", { optimizer: "adam" as unknown as object }, "optimizer is adam"],
  [
    "momentum in letters",
    { optimizer: { name: "sgd", momentum: "0.9" as unknown as number } },
    "momentum is 0.9",
  ],
  [
    "no image in a batch",
    { batchSize: 0 },
    "batchSize is 0, expected a whole number from 1 to 65536",
  ],
  ["a batch beyond memory", { batchSize: 65_537 }, "batchSize is 65537"],
  ["a deviation of 0", { normalization: { mean: [0], std: [0] } }, "normalization is"],
  ["a mean that is no number", { normalization: { mean: [NaN], std: [1] } }, "normalization is"],
  [
    "means of two channels",
    { normalization: { mean: [0, 0], std: [1] } },
    "of 1 finite numbers each",
  ],
  ["a signal that is none", { signal: {} as AbortSignal }, "expected an AbortSignal"],
  ["progress that is no function", { onProgress: 1 as unknown as () => void }, "onProgress is 1"],
  ["a checkpoint callback that is none", { onCheckpoint: {} as () => void }, "expected a function"],
  ["an unknown backend", { backend: "cuda" as "wasm" }, "cuda was asked for"],
];

for (const [what, options, message] of WRONG) {
  Deno.test(`train refuses ${what}`, async () => {
    const error = await assertRejects(
      () => train(TINY, bars(150), { ...OPTIONS, ...options }),
      LeNetError,
      message,
    );
    assertEquals(error.code, "option/invalid");
  });
}

Deno.test("train resumes whatever the order in which a network and a recipe are written", async () => {
  const [resume] = await checkpoints({ optimizer: { name: "adamw", weightDecay: 0.1 } });
  const { name, input, classes, layers } = TINY;
  const reversed = layers.map((layer) =>
    Object.fromEntries(Object.entries(layer).reverse()) as unknown as typeof layer
  );
  const again: Architecture = { layers: reversed, classes, input, name };
  const { model } = await train(again, bars(150), {
    backend: "wasm",
    resume,
    optimizer: { weightDecay: 0.1, name: "adamw" },
  });
  const expected = await train(TINY, bars(150), { ...OPTIONS, optimizer: resume.recipe.optimizer });
  assertEquals(model.parameters, expected.model.parameters);
});

Deno.test("train names the part of a network that is another one than in the checkpoint", async () => {
  const [resume] = await checkpoints();
  const other = structuredClone(TINY) as unknown as { layers: { filters?: number }[] };
  const index = other.layers.findIndex(({ filters }) => filters !== undefined);
  other.layers[index].filters = 5;
  const error = await assertRejects(
    () => train(other as unknown as Architecture, bars(150), { backend: "wasm", resume }),
    LeNetError,
    `network.layers.${index}.filters is 5, in the checkpoint it was `,
  );
  assertEquals(error.code, "checkpoint/mismatch");
});

Deno.test("train takes an undefined option for left out when it resumes", async () => {
  const [resume] = await checkpoints();
  const undefinedOptions = { epochs: undefined, optimizer: undefined, augment: undefined };
  const { history } = await train(TINY, bars(150), {
    backend: "wasm",
    resume,
    ...undefinedOptions as unknown as TrainOptions,
  });
  assertEquals(history.length, resume.recipe.epochs);
});

for (const resume of [null, {}, [], "file", { recipe: {}, data: {}, history: [] }]) {
  Deno.test(`train refuses to resume from ${JSON.stringify(resume)}`, async () => {
    const error = await assertRejects(
      () => train(TINY, bars(12), { ...OPTIONS, resume: resume as unknown as Checkpoint }),
      LeNetError,
      "expected a checkpoint such as checkpointFromBytes gives",
    );
    assertEquals(error.code, "option/invalid");
  });
}

Deno.test("train refuses an option that it does not know", async () => {
  const error = await assertRejects(
    () => train(TINY, bars(150), { ...OPTIONS, epoch: 3 } as TrainOptions),
    LeNetError,
    "there is no option epoch",
  );
  assertEquals(error.code, "option/unknown");
});

Deno.test("train refuses what is no architecture", async () => {
  const error = await assertRejects(
    () => train(null as unknown as Architecture, bars(150), OPTIONS),
    LeNetError,
    "the architecture is null",
  );
  assertEquals(error.code, "architecture/invalid");
});

Deno.test("train refuses data that does not fit the network", async () => {
  const wrong = [
    { ...bars(150), shape: [1, 4, 16] as const },
    { ...bars(150), classNames: ["a", "b", "c", "d"] },
  ];
  for (const dataset of wrong) {
    const error = await assertRejects(() => train(TINY, dataset, OPTIONS), LeNetError, "on bars");
    assertEquals(error.code, "data/mismatch");
  }
});

Deno.test("train waits for who is told of a step, and lets them read the weights", async () => {
  const seen = new Set<string>();
  let told = 0;
  const { history } = await train(TINY, bars(150), {
    ...OPTIONS,
    epochs: 2,
    async onProgress(_, weights) {
      const before = String((await weights()).get("fc1.bias")!.data);
      await new Promise((resolve) => setTimeout(resolve, 0));
      assertEquals(String((await weights()).get("fc1.bias")!.data), before);
      seen.add(before);
      told++;
    },
  });
  // 120 images in batches of 16, twice.
  assertEquals([told, seen.size], [16, 16]);
  const { history: unwatched } = await train(TINY, bars(150), { ...OPTIONS, epochs: 2 });
  assertEquals(history, unwatched);
});

Deno.test("train takes one hold-out set, a split or a separate one", async () => {
  const options = { ...OPTIONS, validation: 30, validationData: bars(20) };
  const error = await assertRejects(
    () => train(TINY, bars(150), options),
    LeNetError,
    "validation is 30, expected none beside validationData",
  );
  assertEquals(error.code, "option/invalid");
  const { history } = await train(TINY, bars(150), { ...options, validation: 0, epochs: 1 });
  assertEquals(history[0].validation !== undefined, true);
});

for (const wasSeparate of [true, false]) {
  const what = wasSeparate ? "without the separate hold-out set that it had" : "with another one";
  Deno.test(`train refuses to resume ${what}`, async () => {
    const separate = { validation: 0, validationData: bars(20) };
    const [, resume] = await checkpoints(wasSeparate ? separate : {});
    const { validationData } = separate;
    const error = await assertRejects(
      () =>
        train(TINY, bars(150), {
          backend: "wasm",
          resume,
          ...!wasSeparate && { validationData },
        }),
      LeNetError,
      "validationData",
    );
    assertEquals(error.code, "checkpoint/mismatch");
  });
}

Deno.test("train refuses validation images that do not fit", async () => {
  const validationData = { ...bars(10), shape: [1, 4, 16] as const };
  const error = await assertRejects(
    () => train(TINY, bars(30), { ...OPTIONS, validationData }),
    LeNetError,
    "expected [1,8,8]",
  );
  assertEquals(error.code, "data/mismatch");
});
