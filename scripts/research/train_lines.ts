import { interruptible, runCommand } from "../../src/cli/command.ts";
import type { FlagTable, FlagValues } from "../../src/cli/flags.ts";
import { bar, claimOutput, ProgressLine } from "../../src/cli/run_output.ts";
import { DATASET_FLAGS } from "../../src/cli/sources.ts";
import { MAX_THREADS, ShardWorkers, spareCores } from "../../src/cli/train_workers.ts";
import { readFile, writeFileAtomically } from "../../src/data/files.ts";
import { bestText } from "../../src/engine/ctc.ts";
import { createRunner } from "../../src/engine/backends.ts";
import type { TrainerState } from "../../src/engine/trainer.ts";
import { wasmTrainer } from "../../src/engine/wasm/trainer.ts";
import { LeNetError } from "../../src/errors.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import { type Model, normalize } from "../../src/model/model.ts";
import { type Parameter, type Parameters, parameterShapes } from "../../src/model/parameters.ts";
import { Random } from "../../src/model/random.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import { LINE_HEIGHT } from "../../src/reading/line_images.ts";
import { learningRateFactor } from "../../src/train/recipe.ts";
import { duration, percent } from "../../src/watch/html.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { readSafetensors } from "../../src/weights/safetensors.ts";
import { writeSafetensors } from "../../src/weights/write_safetensors.ts";
import type { LabelledLine } from "./lines/line_dataset.ts";
import { LINE_CLASSES, slideOverLine } from "../../src/reading/line_network.ts";
import { PART_LINES, type PartRequest, readPart } from "./lines/line_parts.ts";
import { makeStrips, STRIP_STEPS, STRIP_WIDTH } from "./lines/strips.ts";

const FLAGS = {
  data: {
    ...DATASET_FLAGS.data,
    help: "the folder of MNIST's files, or its parent folder; without it they are downloaded once",
  },
  photos: {
    ...DATASET_FLAGS.data,
    help:
      "the folder of CIFAR-10's files, or its parent folder; without it they are downloaded once",
  },
  count: {
    kind: "integer",
    min: PART_LINES,
    value: "N",
    default: 120_000,
    help: `the number of lines, a multiple of ${PART_LINES.toLocaleString("en-US")}`,
  },
  steps: { kind: "integer", min: 1, value: "N", default: 16_000, help: "steps of training" },
  seed: { kind: "integer", value: "N", default: 0, help: "the same seed gives the same file" },
  workers: {
    kind: "integer",
    min: 1,
    max: MAX_THREADS,
    value: "N",
    defaultText: "all cores",
    help: "threads that make lines and compute steps; any number gives the same file",
  },
  out: {
    kind: "text",
    value: "FILE",
    default: "line.safetensors",
    help: "the network; what a stopped run goes on from is kept in the folder FILE.run",
  },
} as const satisfies FlagTable;

/** Strips of lines in a step. */
const BATCH = 64;

const LEARNING_RATE = 5e-3;

const WEIGHT_DECAY = 1e-4;

const AVERAGING = 0.999;

/** Mean and standard deviation of the ink of MNIST, which that of lines is near. */
const NORMALIZATION = { mean: [0.1307], std: [0.3081] };

/** The state is kept after so many steps. */
const KEEP_EVERY = 250;

await runCommand({
  name: "train:lines",
  summary: "Trains the network that reads lines of digits.",
  details:
    "It learns from pictures of numbers, written with MNIST's digits and drawn ones as people write them, and of things " +
    "that are no number, cut into lines as pictures that are read are. The loss is connectionist temporal classification. " +
    "Prints the share of held-out lines that are read without a mistake. A run that was stopped goes on when it is started " +
    "again.",
  flags: FLAGS,
  run: ({ flags }) => trainLines(flags),
});

async function trainLines(flags: FlagValues<typeof FLAGS>): Promise<void> {
  const { count, steps, seed, workers = spareCores() + 1, out } = flags;
  using interrupt = interruptible();
  const { signal } = interrupt;
  using _claim = await claimOutput(out);
  const folder = `${out}.run`;
  await openRun(folder, { count, steps, seed });
  const { learned, held } = await makeLines(flags, folder, workers, signal);
  const architecture = lenet5({
    name: "line",
    input: [1, LINE_HEIGHT, LINE_HEIGHT],
    padding: [0, 0],
    channels: [16, 40],
    dense: [96, 64],
    classes: LINE_CLASSES,
  });
  console.log(`${learned.length} lines to learn from, ${held.length} held out`);
  const parameters = await learn(architecture, learned, { steps, seed, workers, folder, signal });
  const model: Model = {
    architecture,
    parameters,
    metadata: {
      classNames: [..."0123456789", "blank"],
      normalization: NORMALIZATION,
      temperature: 1,
      recipe: {
        steps,
        batchSize: BATCH,
        learningRate: LEARNING_RATE,
        schedule: "one-cycle",
        optimizer: { name: "adamw", weightDecay: WEIGHT_DECAY },
        averaging: AVERAGING,
        seed,
        dataset: `${count} lines`,
        backend: "wasm",
      },
    },
  };
  await writeFileAtomically(out, modelToBytes(model));
  await Deno.remove(folder, { recursive: true });
  const isRight = await readAll(model, held);
  const share = (some: (line: LabelledLine) => boolean): string => {
    const own = held.flatMap((line, n) => some(line) ? [isRight[n]] : []);
    return percent(own.filter(Boolean).length / own.length);
  };
  console.log(
    `held out: ${share(({ text }) => text !== "")} of the numbers read without a mistake, ` +
      `no digit in ${share(({ text }) => text === "")} of the lines that show none`,
  );
  console.log(`${out} written`);
}

/** Makes the folder of a run, or checks that it is of the same run. */
async function openRun(folder: string, settings: Record<string, number>): Promise<void> {
  const path = `${folder}/settings.json`;
  const text = JSON.stringify(settings);
  await Deno.mkdir(folder, { recursive: true });
  const before = await Deno.readTextFile(path).catch(() => undefined);
  if (before === undefined) return await Deno.writeTextFile(path, text);
  if (before === text) return;
  throw new LeNetError(
    "file/unwritable",
    `Cannot go on in ${folder}: it is of a run with ${before}, expected ${text}; give those again, or remove the folder`,
  );
}

/** Makes the lines that are missing, part by part, on several threads. */
async function makeLines(
  { data, photos, count, seed }: FlagValues<typeof FLAGS>,
  folder: string,
  threads: number,
  signal: AbortSignal,
): Promise<{ learned: LabelledLine[]; held: LabelledLine[] }> {
  const parts = Math.ceil(count / PART_LINES);
  const requests = Array.from({ length: parts + 1 }, (_, n): PartRequest => ({
    data,
    photos,
    isHeldOut: n === parts,
    seed: seed * 10_000 + n,
    file: `${folder}/lines-${n}`,
  }));
  const line = new ProgressLine();
  let next = 0;
  let done = 0;
  await Promise.all(Array.from({ length: Math.min(threads, requests.length) }, async () => {
    const worker = new Worker(new URL("./lines/line_worker.ts", import.meta.url), {
      type: "module",
    });
    try {
      while (next < requests.length) {
        const request = requests[next++];
        await new Promise<void>((resolve, reject) => {
          worker.onmessage = () => resolve();
          worker.onerror = (event) => reject(new Error(event.message));
          signal.addEventListener("abort", () => reject(stopped(folder, signal)), { once: true });
          worker.postMessage(request);
        });
        done++;
        line.draw(() => `making lines ${bar(done / requests.length, 30)}`);
      }
    } finally {
      worker.terminate();
    }
  }));
  line.clear();
  const read = await Promise.all(requests.map(({ file }) => readPart(file)));
  return { learned: read.slice(0, parts).flat(), held: read[parts] };
}

function stopped(folder: string, { reason }: AbortSignal): LeNetError {
  return new LeNetError("aborted", `Stopped; the same command goes on from ${folder}`, {
    cause: reason,
  });
}

/** Trains the network on strips of lines, and keeps its state in the folder. Gives the moving average of its weights. */
async function learn(
  architecture: Architecture,
  lines: readonly LabelledLine[],
  { steps, seed, workers, folder, signal }: {
    readonly steps: number;
    readonly seed: number;
    readonly workers: number;
    readonly folder: string;
    readonly signal: AbortSignal;
  },
): Promise<Parameters> {
  const first = { architecture, parameters: initialize(architecture, { seed }) };
  const sliding = slideOverLine(first, STRIP_WIDTH);
  const file = `${folder}/state.safetensors`;
  const state = await readState(file) ??
    { parameters: sliding.parameters, slots: new Map(), steps: 0 };
  using shards = new ShardWorkers(workers);
  using trainer = await wasmTrainer(
    sliding.architecture,
    state,
    {
      optimizer: { name: "adamw", weightDecay: WEIGHT_DECAY },
      averaging: AVERAGING,
      seed,
      lineSteps: STRIP_STEPS,
    },
    (...batch) => shards.pass(...batch),
  );
  const progress = new ProgressLine();
  const started = performance.now();
  let [loss, right, made] = [0, 0, 0];
  for (let step = state.steps + 1; step <= steps; step++) {
    // Drawn anew for each step, so that a run goes on from any.
    const { inputs, labels } = makeStrips(lines, BATCH, new Random(seed * 1_000_003 + step));
    normalize(inputs, [1, LINE_HEIGHT, STRIP_WIDTH], NORMALIZATION);
    const rate = LEARNING_RATE * learningRateFactor("one-cycle", (step - 1) / steps);
    const measured = await trainer.step(inputs, labels, rate);
    loss += measured.loss;
    right += measured.correct / BATCH;
    made++;
    const left = (performance.now() - started) / (step - state.steps) * (steps - step) / 1000;
    progress.draw(() =>
      `${bar(step / steps, 30)}  loss ${measured.loss.toFixed(2)}  ${duration(left)} left`
    );
    if (step % KEEP_EVERY !== 0 && step !== steps && !signal.aborted) continue;
    await writeState(file, await trainer.state());
    if (signal.aborted) throw stopped(folder, signal);
    progress.clear();
    const means = `loss ${(loss / made).toFixed(3)}  strips right ${percent(right / made)}`;
    console.log(`step ${step}  ${means}`);
    [loss, right, made] = [0, 0, 0];
  }
  progress.clear();
  const { slots } = await trainer.state();
  const average = slots.get("average") as Parameters;
  return new Map(
    [...parameterShapes(architecture)].map(([name, shape]) =>
      [name, { shape, data: (average.get(name) as Parameter).data }] as const
    ),
  );
}

async function readState(file: string): Promise<TrainerState | undefined> {
  if (!await Deno.stat(file).then(() => true, () => false)) return undefined;
  const { tensors, metadata } = readSafetensors(await readFile(file));
  const groups = new Map<string, Map<string, Parameter>>();
  for (const [path, { shape, data }] of tensors) {
    const [group, name] = path.split("/");
    groups.set(group, (groups.get(group) ?? new Map()).set(name, { shape, data }));
  }
  const parameters = groups.get("parameters") as Parameters;
  groups.delete("parameters");
  return { parameters, slots: groups, steps: Number(metadata.get("steps")) };
}

async function writeState(file: string, { parameters, slots, steps }: TrainerState): Promise<void> {
  const tensors = [["parameters", parameters] as const, ...slots].flatMap(([group, values]) =>
    [...values].map(([name, value]) => [`${group}/${name}`, value] as const)
  );
  const metadata = new Map([["steps", String(steps)]]);
  await writeFileAtomically(file, writeSafetensors(new Map(tensors), metadata));
}

/** Reads each line with the most likely class of each step, and tells whether it is right. */
async function readAll(model: Model, lines: readonly LabelledLine[]): Promise<boolean[]> {
  const { architecture, parameters, map: [, , steps] } = slideOverLine(model, STRIP_WIDTH);
  using runner = await createRunner("wasm", architecture, parameters);
  const isRight: boolean[] = [];
  for (const { pixels, width, text } of lines) {
    const inputs = new Float32Array(LINE_HEIGHT * STRIP_WIDTH);
    for (let y = 0; y < LINE_HEIGHT; y++) {
      for (let x = 0; x < width; x++) inputs[y * STRIP_WIDTH + x] = pixels[y * width + x] / 255;
    }
    normalize(inputs, [1, LINE_HEIGHT, STRIP_WIDTH], NORMALIZATION);
    const values = await runner.logits(inputs, 1);
    isRight.push(bestText({ values, classes: LINE_CLASSES, steps }).join("") === text);
  }
  return isRight;
}
