import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TRAIN_FLAGS, trainNetwork } from "../../src/cli/commands/train.ts";
import { parseArguments } from "../../src/cli/flags.ts";
import { ShardWorkers, spareCores } from "../../src/cli/train_workers.ts";
import { DIGIT_DISTORTIONS } from "../../src/data/augment/distort.ts";
import { readFile, sha256 } from "../../src/data/files.ts";
import {
  NO_LABEL,
  type Trainer,
  type TrainerOptions,
  type TrainerState,
} from "../../src/engine/trainer.ts";
import { wasmTrainer } from "../../src/engine/wasm/trainer.ts";
import type { PassBatch } from "../../src/engine/wasm/training_network.ts";
import { LeNetError } from "../../src/errors.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import { architectureByName, lenet5 } from "../../src/model/zoo.ts";
import { type Checkpoint, checkpointToBytes } from "../../src/train/checkpoint.ts";
import { train, type TrainOptions, trainWith } from "../../src/train/train.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { drawInputs, drawParameters } from "../engine/wasm/draw.ts";
import { bars, TINY } from "../train/tiny.ts";
import { countWorkers, onCores } from "./workers.ts";

/** Inputs of a shard, and shards of a round for each thread, as the workers have them. */
const SHARD = 32;
const SHARDS_A_THREAD = 8;

const small = (name: string, batchNorm: boolean): Architecture =>
  lenet5({
    name,
    input: [1, 16, 16],
    channels: [5, 7],
    kernel: 3,
    dense: [17],
    batchNorm,
    dropout: 0.2,
  });

const NETWORKS: Readonly<Record<string, Architecture>> = {
  "dropout": small("dropout", false),
  "batch normalization": small("batch-normalized", true),
  "missing connections and distances": architectureByName("lenet5-1998"),
};

const OPTIONS: Readonly<Record<string, TrainerOptions>> = {
  "plain descent": { optimizer: { name: "sgd", weightDecay: 0.01 } },
  "momentum": { optimizer: { name: "sgd", momentum: 0.9 } },
  "Adam and averaging": { optimizer: { name: "adam" }, averaging: 0.9, seed: 3 },
  "some layers": { layers: ["conv2", "fc2"], seed: 4 },
};

/** A last batch smaller than a shard, a first shard more, and batches that grow. */
const COUNTS = [SHARD + 1, 3 * SHARD, 5, 4 * SHARD + 7];

/** Makes steps, every second one partly distilled. Gives what is measured, and a digest of the state. */
async function steps(trainer: Trainer, architecture: Architecture): Promise<unknown> {
  const { classes } = architecture;
  const measured = [];
  for (const [step, count] of COUNTS.entries()) {
    const inputs = drawInputs(architecture, count, step);
    const labelled = step % 2 === 0 ? count : count - 20;
    const labels = Uint8Array.from({ length: labelled }, (_, n) => n % classes);
    const rest = (count - labelled) * classes;
    const targets = Float32Array.from({ length: rest }, (_, i) => (i * 7 + step) % 5);
    measured.push(await trainer.step(inputs, labels, 1e-3, targets));
  }
  return { measured, state: await digest(await trainer.state()) };
}

async function digest({ parameters, slots }: TrainerState): Promise<string> {
  const parts = [parameters, ...slots.values()].flatMap((part) => [...part.values()]);
  return await sha256(
    new Uint8Array(await new Blob(parts.map(({ data }) => data.slice())).arrayBuffer()),
  );
}

function trainerOf(
  architecture: Architecture,
  options: TrainerOptions,
  workers?: ShardWorkers,
): Promise<Trainer> {
  const start = { parameters: drawParameters(architecture, 1), slots: new Map(), steps: 0 };
  const pass: PassBatch | undefined = workers && ((...step) => workers.pass(...step));
  return wasmTrainer(architecture, start, options, pass);
}

for (const [what, architecture] of Object.entries(NETWORKS)) {
  Deno.test(`ShardWorkers gives the bits of one thread, with ${what}`, async () => {
    using two = new ShardWorkers(2);
    using three = new ShardWorkers(3);
    using alone = new ShardWorkers(1);
    for (const [how, options] of Object.entries(OPTIONS)) {
      using expected = await trainerOf(architecture, options);
      const run = await steps(expected, architecture);
      for (const workers of [alone, two, three]) {
        using trainer = await trainerOf(architecture, options, workers);
        assertEquals(await steps(trainer, architecture), run, how);
      }
    }
  });
}

Deno.test("ShardWorkers gives the bits of one thread, on lines", async () => {
  const architecture: Architecture = {
    name: "lines",
    input: [1, 8, 20],
    layers: [
      { kind: "conv", name: "conv1", filters: 3, kernel: 3, padding: 0 },
      { kind: "activation", activation: "relu" },
      { kind: "pool", mode: "max" },
      { kind: "conv", name: "conv2", filters: 4, kernel: 3, padding: 0 },
      { kind: "flatten" },
    ],
    classes: 28,
  };
  const run = async (workers?: ShardWorkers): Promise<unknown> => {
    using trainer = await trainerOf(architecture, { lineSteps: 7 }, workers);
    const measured = [];
    for (const [step, count] of COUNTS.entries()) {
      const inputs = drawInputs(architecture, count, step);
      // Every line has another text than those of the shards before.
      const labels = new Uint8Array(7 * count).fill(NO_LABEL);
      for (let n = 0; n < count; n++) {
        for (let i = 0; i < n % 4; i++) labels[7 * n + i] = (n * n + i) % 3;
      }
      measured.push(await trainer.step(inputs, labels, 1e-3));
    }
    return { measured, state: await digest(await trainer.state()) };
  };
  const expected = await run();
  for (const threads of [1, 2, 3]) {
    using workers = new ShardWorkers(threads);
    assertEquals(await run(workers), expected);
  }
});

/** The step messages that workers get, and what replaces their script. */
async function watchWorkers(
  script: string | undefined,
  work: () => Promise<void>,
): Promise<number> {
  const { Worker } = globalThis;
  let rounds = 0;
  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(
        script === undefined ? url : `data:text/javascript,${encodeURIComponent(script)}`,
        options,
      );
    }
    override postMessage(message: unknown, ...rest: unknown[]): void {
      if ((message as { kind: string }).kind === "shards") rounds++;
      super.postMessage(message, ...rest as []);
    }
  };
  try {
    await work();
  } finally {
    globalThis.Worker = Worker;
  }
  return rounds;
}

/** A step on a number of inputs of a tiny network. */
async function step(trainer: Trainer, count: number): Promise<unknown> {
  const labels = Uint8Array.from({ length: count }, (_, n) => n % 3);
  return await trainer.step(drawInputs(TINY, count, 1), labels, 0.01);
}

Deno.test("ShardWorkers takes a batch in rounds of eight shards a thread", async () => {
  const most = 2 * SHARDS_A_THREAD * SHARD;
  for (const [count, expected] of [[most, 1], [most + 1, 2], [2 * most + 1, 3]]) {
    using single = await trainerOf(TINY, {});
    const bits = [await step(single, count), await digest(await single.state())];
    const rounds = await watchWorkers(undefined, async () => {
      using workers = new ShardWorkers(2);
      using trainer = await trainerOf(TINY, {}, workers);
      assertEquals([await step(trainer, count), await digest(await trainer.state())], bits);
    });
    assertEquals(rounds, expected, `${count} inputs`);
  }
});

Deno.test("ShardWorkers takes one network after another", async () => {
  using workers = new ShardWorkers(2);
  for (const architecture of [NETWORKS["dropout"], TINY, NETWORKS["dropout"]]) {
    using single = await trainerOf(architecture, {});
    using trainer = await trainerOf(architecture, {}, workers);
    assertEquals(await steps(trainer, architecture), await steps(single, architecture));
  }
});

Deno.test("ShardWorkers starts a worker for each shard but one, and no more than it may", async () => {
  const begun = (threads: number, ...counts: number[]) =>
    countWorkers(async () => {
      using workers = new ShardWorkers(threads);
      using trainer = await trainerOf(TINY, {}, workers);
      for (const count of counts) await step(trainer, count);
    });
  for (
    const [expected, threads, ...counts] of [
      [0, 4, SHARD],
      [1, 4, SHARD + 1],
      [3, 4, SHARD + 1, 9 * SHARD, SHARD],
      [0, 1, 9 * SHARD],
    ]
  ) {
    assertEquals(await begun(threads, ...counts), { begun: expected, ended: expected });
  }
});

Deno.test("ShardWorkers takes all shards of a batch whose inputs are normalized together on one thread", async () => {
  const { begun } = await countWorkers(async () => {
    const architecture = NETWORKS["batch normalization"];
    using workers = new ShardWorkers(4);
    using trainer = await trainerOf(architecture, {}, workers);
    await steps(trainer, architecture);
  });
  assertEquals(begun, 0);
});

Deno.test("ShardWorkers says what fails in a worker, leaves the weights, and does not wait for it again", async () => {
  const scripts = {
    "out of luck": `self.onmessage = ({ data }) => {
      if (data.kind === "shards") throw new Error("out of luck");
    }`,
    // It ends before it is asked.
    "never began": `throw new Error("never began");`,
  };
  for (const [message, script] of Object.entries(scripts)) {
    await watchWorkers(script, async () => {
      using workers = new ShardWorkers(2);
      using trainer = await trainerOf(TINY, {}, workers);
      const before = await digest(await trainer.state());
      for (let again = 0; again < 2; again++) {
        await assertRejects(() => step(trainer, 100), Error, message);
      }
      assertEquals(await digest(await trainer.state()), before);
    });
  }
});

Deno.test("ShardWorkers ends a step that waits for its workers when it is disposed of", async () => {
  await watchWorkers("self.onmessage = () => {};", async () => {
    const workers = new ShardWorkers(2);
    using trainer = await trainerOf(TINY, {}, workers);
    const waiting = assertRejects(() => step(trainer, 100), Error, "the worker was ended");
    await new Promise((resolve) => setTimeout(resolve, 50));
    workers[Symbol.dispose]();
    await waiting;
  });
});

Deno.test("trainWith workers gives the checkpoints of train, resumed with any number", async () => {
  const options: TrainOptions = {
    backend: "wasm",
    epochs: 3,
    batchSize: 50,
    averaging: 0.9,
    augment: { ...DIGIT_DISTORTIONS, shift: 1 },
    validation: 30,
    seed: 3,
  };
  const run = async (
    threads: number,
    options: TrainOptions,
  ): Promise<{ kept: Checkpoint[]; model: string }> => {
    const kept: Checkpoint[] = [];
    const onCheckpoint = (checkpoint: Checkpoint): void => void kept.push(checkpoint);
    using workers = new ShardWorkers(threads);
    const { model } = threads === 0
      ? await train(TINY, bars(150), { ...options, onCheckpoint })
      : await trainWith({ passBatch: (...step) => workers.pass(...step) }, TINY, bars(150), {
        ...options,
        onCheckpoint,
      });
    return { kept, model: await sha256(modelToBytes(model)) };
  };
  const digests = (kept: readonly Checkpoint[]): Promise<string[]> =>
    Promise.all(kept.map((checkpoint) => sha256(checkpointToBytes(checkpoint))));
  const expected = await run(0, options);
  const found = await run(2, options);
  assertEquals(await digests(found.kept), await digests(expected.kept));
  assertEquals(found.model, expected.model);
  for (const resume of found.kept) {
    for (const threads of [0, 1, 3]) {
      assertEquals((await run(threads, { backend: "wasm", resume })).model, expected.model);
    }
  }
});

const flagsOf = (...args: string[]) =>
  parseArguments({ name: "train", flags: TRAIN_FLAGS }, args).flags;

Deno.test("train takes --workers from 1 to 64", () => {
  for (const accepted of [1, 64]) {
    assertEquals(flagsOf("--workers", `${accepted}`).workers, accepted);
  }
  assertEquals(flagsOf().workers, undefined);
  for (const refused of ["0", "65", "1.5", "two"]) {
    const error = assertThrows(
      () => flagsOf("--workers", refused),
      LeNetError,
      `--workers: found "${refused}", expected a whole number from 1 to 64`,
    );
    assertEquals(error.code, "option/invalid");
  }
});

Deno.test("spareCores leaves one core to the worker that makes batches", async () => {
  for (const [cores, expected] of [[1, 1], [2, 1], [3, 2], [65, 64], [66, 64]]) {
    assertEquals(await onCores(cores, () => Promise.resolve(spareCores())), expected);
  }
});

Deno.test("trainNetwork writes the same file with any number of workers, and ends them", async () => {
  const { log } = console;
  await inTemporaryFolder(async (folder) => {
    const out = `${folder}/net.safetensors`;
    const run = (...args: string[]): Promise<void> =>
      trainNetwork(flagsOf(
        ...["--synthetic", "--limit", "150", "--epochs", "2", "--augment", "--backend", "wasm"],
        ...[...args, "--json", "--out", out],
      ));
    console.log = () => {};
    try {
      const files = new Set<string>();
      // One more makes batches.
      for (
        const [begun, cores, ...args] of [
          [1, 2],
          [1, 2, "--workers", "1"],
          [2, 2, "--workers", "2"],
          [3, 4],
        ] as const
      ) {
        const counted = await onCores(cores, () => countWorkers(() => run(...args)));
        assertEquals(counted, { begun, ended: begun }, `${cores} cores ${args}`);
        files.add(await sha256(await readFile(out)));
        await Deno.remove(out);
      }
      assertEquals(files.size, 1);
    } finally {
      console.log = log;
    }
  });
});
