import type { Dataset } from "../data/dataset.ts";
import { writeFileAtomically } from "../data/files.ts";
import { BACKENDS } from "../engine/backends.ts";
import { LeNetError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { Random } from "../model/random.ts";
import { holdOut } from "../train/batches.ts";
import { fineTune, type FineTuneOptions } from "../train/fine_tune.ts";
import { collectSamples, type Sample } from "../train/samples.ts";
import { type Arguments, interruptible, refusePositionals, runScript } from "./command.ts";
import { bar, duration, percent, ProgressLine } from "./progress.ts";
import { findSamples, type LabelledFile, readSample } from "./samples.ts";
import { loadNet } from "./sources.ts";
import { DASHBOARD_PORT, withDashboard } from "./train_report.ts";

const USAGE = `
Usage: deno task finetune --samples DIR|FILE.csv --out FILE [options]

Adapts a network to labelled pictures, PNG or JPEG, and says how it did before and after on some of them that are set
aside. The file that it writes is one that --weights takes.

Samples
  --samples DIR     a folder for each label, or files such as 7_first.png
  --samples FILE    a CSV file: a path, from its own folder, and a label on each line
  --validation N    how many are set aside, of each class its share (default a fifth)
  --new-classes     the labels are other classes than the network knows: it gets a new head

Network
  --weights NAME    a pretrained network, or a safetensors file (default digits)
  --out FILE        the new network

Learning; the defaults suit 5 to 500 samples
  --epochs N        how often the samples are seen
  --lr X            highest learning rate
  --train NAMES     all (default), head, or the names of layers with commas between
  --keep X          how strongly old knowledge is held, from 0 to below 1
  --no-augment      do not distort the samples
  --seed N          default 0: the same seed, samples and backend wasm give the same file

Run
  --backend NAME    ${BACKENDS.join(", ")} (default auto)
  --dashboard       serve a page that shows the run as it goes on
  --port N          where (default ${DASHBOARD_PORT}, or the next that is free)
  --report FILE     write what it came to as a page, and FILE.history.json
  --json            one line of JSON
`;

await runScript(
  USAGE,
  {
    string: [
      "samples",
      "validation",
      "weights",
      "out",
      "epochs",
      "lr",
      "train",
      "keep",
      "seed",
      "backend",
      "port",
      "report",
    ],
    boolean: ["new-classes", "no-augment", "dashboard", "json"],
  },
  async (args) => {
    refusePositionals(args);
    const source = needed(args, "samples");
    const out = needed(args, "out");
    const options = readOptions(args);
    using interrupt = interruptible();
    const { signal } = interrupt;
    using old = await loadNet(args);
    const files = await findSamples(source);
    const classes = args.has("new-classes")
      ? [...new Set(files.map(({ label }) => label))].sort()
      : undefined;
    const all = await collect(files, old.model, classes, signal);
    const parts = setAside(args, all);
    const before = classes === undefined && parts.validation !== undefined
      ? (await old.evaluate(parts.validation, { signal })).accuracy
      : null;

    await withDashboard(args, interrupt, async (dashboard) => {
      dashboard?.begin(`${old.model.architecture.name}, fine-tuned,`, {
        train: parts.train,
        ...parts.validation && { test: parts.validation },
      });
      const started = performance.now();
      const line = new ProgressLine();
      const { net, history } = await fineTune(old, parts.train, {
        ...options,
        ...classes && { classes },
        signal,
        async onProgress(progress, weights) {
          const { epoch, epochs, loss, secondsLeft } = progress;
          line.draw(() =>
            `${bar(epoch / epochs, 20)}  loss ${loss.toFixed(4)}  ${duration(secondsLeft)} left`
          );
          await dashboard?.step(progress, weights);
        },
        onEpoch(architecture, history) {
          const { normalization } = old.model.metadata;
          dashboard?.checkpoint({
            architecture,
            history,
            recipe: { normalization, validation: 0 },
          });
        },
      }).finally(() => line.clear());
      using tuned = net;
      const seconds = (performance.now() - started) / 1000;
      const after = parts.validation === undefined
        ? null
        : (await tuned.evaluate(parts.validation, { signal })).accuracy;
      await writeFileAtomically(out, tuned.save());
      const samples = parts.train.count;
      const validation = all.count - samples;
      if (args.has("json")) {
        console.log(JSON.stringify({ out, samples, validation, before, after, seconds }));
      } else {
        console.log(`before  ${share(before)} of ${validation} samples set aside`);
        console.log(`after   ${share(after)}, learned from ${samples} in ${seconds.toFixed(1)} s`);
        console.log(`${out} written`);
      }
      const page = args.text("report");
      if (page !== undefined) {
        // Loaded when asked for: charts and pictures are not needed without.
        const { writePage } = await import("./train_report.ts");
        await writePage(page, tuned.model, parts.validation ?? parts.train, {
          name: tuned.model.architecture.name,
          description: parts.validation === undefined
            ? "fine-tuned, and measured on the samples that it learned from"
            : "fine-tuned, and measured on samples that it did not learn from",
          facts: [
            ["before", share(before)],
            ["after", share(after)],
            ["time", duration(seconds)],
            ["samples", String(samples)],
          ],
          history,
        });
        if (!args.has("json")) console.log(`${page} written`);
      }
      return `Done: ${out} written`;
    });
  },
);

function share(accuracy: number | null): string {
  return accuracy === null ? "–" : percent(accuracy);
}

function needed(args: Arguments, flag: string): string {
  const value = args.text(flag);
  if (value !== undefined) return value;
  throw new LeNetError("option/invalid", `Cannot fine-tune: found no --${flag}, expected one`);
}

/** All samples as a dataset; what is wrong with one is said with its path. */
async function collect(
  files: readonly LabelledFile[],
  { architecture, parameters, metadata }: Model,
  classNames: readonly string[] = metadata.classNames,
  signal: AbortSignal,
): Promise<Dataset> {
  const model = { architecture, parameters, metadata: { ...metadata, classNames } };
  let path = "";
  async function* samples(): AsyncGenerator<Sample, void, void> {
    for (const file of files) {
      path = file.path;
      yield await readSample(file, classNames);
    }
  }
  try {
    return await collectSamples(model, samples(), signal);
  } catch (error) {
    // What cannot be read as a file names its path already.
    if (!(error instanceof LeNetError) || !/^(image|data)\//.test(error.code)) throw error;
    throw new LeNetError(error.code, `${error.message} (${path})`, { cause: error });
  }
}

function setAside(args: Arguments, all: Dataset): { train: Dataset; validation?: Dataset } {
  const count = args.number("validation") ?? Math.floor(all.count / 5);
  if (count === 0) return { train: all };
  return holdOut(all, count, new Random(args.number("seed") ?? 0));
}

function readOptions(args: Arguments): FineTuneOptions {
  const epochs = args.number("epochs");
  const learningRate = args.number("lr");
  const keep = args.number("keep");
  const seed = args.number("seed");
  const train = args.text("train");
  const backend = args.choice("backend", BACKENDS);
  return {
    ...epochs !== undefined && { epochs },
    ...learningRate !== undefined && { learningRate },
    ...keep !== undefined && { keep },
    ...seed !== undefined && { seed },
    ...train !== undefined && {
      train: train === "all" || train === "head" ? train : train.split(","),
    },
    ...args.has("no-augment") && { augment: false },
    ...backend && { backend },
  };
}
