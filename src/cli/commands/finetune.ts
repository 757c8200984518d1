import { type Dataset, holdOut } from "../../data/dataset.ts";
import { writeFileAtomically } from "../../data/files.ts";
import { LeNetError } from "../../errors.ts";
import { FORMAT_NAMES } from "../../image/decode/formats.ts";
import type { LeNet } from "../../lenet.ts";
import type { Model } from "../../model/model.ts";
import { Random } from "../../model/random.ts";
import { fineTune, type FineTuneOptions } from "../../train/fine_tune.ts";
import { collectSamples, type Sample } from "../../train/samples.ts";
import { duration, percent } from "../../watch/html.ts";
import { type Command, type Interrupt, interruptible } from "../command.ts";
import { type FlagTable, type FlagValues, omitUndefined } from "../flags.ts";
import {
  bar,
  type Claim,
  claimOutput,
  claimReport,
  DASHBOARD_FLAGS,
  placeOf,
  ProgressLine,
  REPORT_FLAG,
  unwritable,
  withDashboard,
} from "../run_output.ts";
import { findSamples, type LabelledFile, readSample } from "../pictures.ts";
import { loadNet, NET_FLAGS, PRETRAINED, protectEpochs } from "../sources.ts";

const LEARNING = "Learning; the defaults suit 1 to 500 samples";

const FLAGS = {
  samples: {
    kind: "text",
    value: "DIR|FILE.csv",
    required: true,
    group: "Samples",
    help:
      "a folder with a folder for each label or with files such as 7_first.png; or a CSV file with a path, " +
      "relative to its folder, and a label on each line",
  },
  validation: {
    kind: "integer",
    min: 0,
    value: "N",
    group: "Samples",
    defaultText: "a fifth",
    help: "hold out N samples to measure on, of each class its share",
  },
  "new-classes": {
    kind: "boolean",
    group: "Samples",
    help: "the labels are other classes than those of the network, which gets a new head",
  },
  weights: { ...NET_FLAGS.weights, group: "Network" },
  out: { kind: "text", value: "FILE", required: true, group: "Network", help: "the new network" },
  epochs: {
    kind: "integer",
    min: 1,
    value: "N",
    group: LEARNING,
    help: "passes over the samples",
  },
  lr: { kind: "number", above: 0, value: "X", group: LEARNING, help: "the peak learning rate" },
  train: {
    kind: "list",
    value: "NAMES",
    group: LEARNING,
    defaultText: "all",
    help: "the layers that learn: all, head, or names with commas between",
  },
  keep: {
    kind: "number",
    min: 0,
    below: 1,
    value: "X",
    group: LEARNING,
    defaultText: "0.3, or 0 with --new-classes",
    help: "how much of the old weights is kept, from 0 to below 1",
  },
  "no-augment": { kind: "boolean", group: LEARNING, help: "do not distort the samples" },
  seed: {
    kind: "integer",
    value: "N",
    default: 0,
    group: LEARNING,
    help: "the same seed, samples and backend wasm give the same file",
  },
  backend: { ...NET_FLAGS.backend, group: "Run" },
  ...DASHBOARD_FLAGS,
  ...REPORT_FLAG,
  json: { kind: "boolean", group: "Run", help: "print one line of JSON" },
} as const satisfies FlagTable;

type Flags = FlagValues<typeof FLAGS>;

/** `finetune`: adapts a network to labelled pictures. */
export const command: Command<typeof FLAGS> = {
  name: "finetune",
  summary: "Adapts a network to labelled pictures.",
  details: `The pictures are ${FORMAT_NAMES} files. ` +
    "Measures the network before and after on samples that are held out. --weights of the other commands takes " +
    "the file that it writes.",
  flags: FLAGS,
  async run({ flags }) {
    using interrupt = interruptible();
    const { samples, weights, out, report } = flags;
    using claim = await claimOutput(out);
    using reportClaim = await claimReport(report, claim);
    await protectEpochs({ out, report });
    using old = await loadNet(flags);
    const files = await findSamples(samples);
    await protectInputs([claim, reportClaim], [samples, ...files.map(({ path }) => path)]);
    // --out may replace the network, which is read by now.
    if (!PRETRAINED.includes(weights)) await protectInputs([reportClaim], [weights]);
    const classes = flags["new-classes"]
      ? [...new Set(files.map(({ label }) => label))].sort()
      : undefined;
    const all = await collect(files, old.model, classes, interrupt.signal);
    const count = flags.validation ?? Math.floor(all.count / 5);
    const parts = count === 0 ? { train: all } : holdOut(all, count, new Random(flags.seed));
    await tune(old, parts, classes, flags, interrupt);
  },
};

/** Refuses to overwrite what is read. */
async function protectInputs(
  claims: readonly (Claim | undefined)[],
  inputs: readonly string[],
): Promise<void> {
  const written = new Set(claims.flatMap((claim) => claim?.files ?? []));
  for (const input of inputs) {
    if (!written.has(await placeOf(input))) continue;
    throw unwritable(
      input,
      "it is one of the files that are read, expected another --out or --report",
    );
  }
}

/** Learns from the samples with whatever watches it, and writes and prints the result. */
async function tune(
  old: LeNet,
  { train, validation }: { readonly train: Dataset; readonly validation?: Dataset },
  classes: readonly string[] | undefined,
  flags: Flags,
  interrupt: Interrupt,
): Promise<void> {
  const { out, report, json } = flags;
  const { signal } = interrupt;
  const accuracyOf = async (net: LeNet): Promise<number | null> =>
    validation === undefined ? null : (await net.evaluate(validation, { signal })).accuracy;
  const before = classes === undefined ? await accuracyOf(old) : null;
  await withDashboard(flags, interrupt, async (dashboard) => {
    dashboard?.begin(`${old.model.architecture.name}, fine-tuned,`, {
      train,
      ...validation && { test: validation },
    });
    const started = performance.now();
    const line = new ProgressLine();
    const { net, history } = await fineTune(old, train, {
      ...fineTuneOptions(flags),
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
        dashboard?.checkpoint({ architecture, history, recipe: { normalization, validation: 0 } });
      },
    }).finally(() => line.clear());
    using tuned = net;
    const seconds = (performance.now() - started) / 1000;
    const after = await accuracyOf(tuned);
    await writeFileAtomically(out, tuned.save());
    const [samples, heldOut] = [train.count, validation?.count ?? 0];
    if (json) {
      console.log(JSON.stringify({ out, samples, validation: heldOut, before, after, seconds }));
    } else {
      const learned = `learned from ${samples} in ${seconds.toFixed(1)} s`;
      if (heldOut === 0) console.log(`${learned}, with none set aside to measure on`);
      else {
        console.log(`before  ${share(before)} of ${heldOut} samples set aside`);
        console.log(`after   ${share(after)}, ${learned}`);
      }
      console.log(`${out} written`);
    }
    if (report !== undefined) {
      // Loaded on demand: charts and pictures are needed for nothing else.
      const { writeReport } = await import("../../watch/report.ts");
      await writeReport(report, tuned.model, validation ?? train, {
        name: tuned.model.architecture.name,
        description: validation === undefined
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
      if (!json) console.log(`${report} written`);
    }
    return `Done: ${out} written`;
  });
}

function share(accuracy: number | null): string {
  return accuracy === null ? "–" : percent(accuracy);
}

function fineTuneOptions({ train, ...flags }: Flags): FineTuneOptions {
  const [first] = train ?? [];
  return omitUndefined({
    epochs: flags.epochs,
    learningRate: flags.lr,
    keep: flags.keep,
    seed: flags.seed,
    train: train?.length === 1 && (first === "all" || first === "head") ? first : train,
    augment: flags["no-augment"] ? false : undefined,
    backend: flags.backend,
  });
}

/** Reads all samples as a dataset. An error in a sample names its path. */
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
    // Errors of files name the path already.
    if (!(error instanceof LeNetError) || !/^(image|data)\//.test(error.code)) throw error;
    throw new LeNetError(error.code, `${error.message} (${path})`, { cause: error });
  }
}
