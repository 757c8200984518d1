/**
 * The commands that look at networks.
 *
 * @module
 */

import { type Dataset, takeDataset } from "../../data/dataset.ts";
import { LeNetError } from "../../errors.ts";
import { type CoverageRisk, evaluate, type Evaluation, wilson } from "../../evaluate.ts";
import type { Model } from "../../model/model.ts";
import { formatSummary, summarize } from "../../model/summary.ts";
import { ARCHITECTURE_NAMES, architectureByName } from "../../model/zoo.ts";
import { alignColumns, intervalText, percent } from "../../watch/html.ts";
import { type Command, interruptible } from "../command.ts";
import type { FlagTable } from "../flags.ts";
import { bar, ProgressLine } from "../run_output.ts";
import { DATASET_FLAGS, loadNet, loadPart, NET_FLAGS, padToFit, SPLIT_FLAG } from "../sources.ts";

const FLAGS = {
  ...DATASET_FLAGS,
  ...SPLIT_FLAG,
  ...NET_FLAGS,
  limit: { kind: "integer", min: 1, value: "N", help: "measure on the first N images only" },
  engine: {
    kind: "choice",
    value: "NAME",
    choices: ["own", "tfjs-wasm"],
    default: "own",
    help: "what computes: the library, or TensorFlow.js on its WASM as a second opinion",
  },
  json: { kind: "boolean", help: "print one line of JSON" },
} as const satisfies FlagTable;

/** `evaluate`: measures a network on a test set. */
export const evaluateCommand: Command<typeof FLAGS> = {
  name: "evaluate",
  summary: "Measures a network on a test set.",
  details:
    "Prints the accuracy with its 95 % confidence interval, the loss, the confusion matrix with the accuracy " +
    "of each class, the expected calibration error, and the error rate of the most confident answers at several " +
    "coverages.",
  flags: FLAGS,
  async run({ flags }) {
    const { weights, limit, engine, json } = flags;
    if (engine === "tfjs-wasm" && flags.backend === "webgpu") {
      throw new LeNetError(
        "option/invalid",
        "Cannot evaluate: found --backend webgpu beside --engine tfjs-wasm, which computes on WASM",
      );
    }
    using interrupt = interruptible();
    const { signal } = interrupt;
    using net = await loadNet(flags);
    const whole = padToFit(
      await loadPart(flags.dataset, flags.split, flags.data, signal),
      net.model.architecture.input,
    );
    const dataset = limit === undefined ? whole : takeDataset(whole, limit);
    const line = new ProgressLine();
    const options: EvaluateOptions = {
      signal,
      onProgress: (done) => line.draw(() => `${bar(done / dataset.count, 20)}  ${done} images`),
    };
    const { backend, ...evaluation } =
      await (engine === "own"
        ? net.evaluate(dataset, options)
        : evaluateOnTfjs(net.model, dataset, options)).finally(() => line.clear());
    console.log(
      json ? JSON.stringify({ weights, ...evaluation, backend, engine }) : evaluationText(
        dataset.name,
        dataset.classNames,
        evaluation,
        engine === "own" ? backend : engine,
      ),
    );
  },
};

interface EvaluateOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}

/** Measures a network on tfjs-backend-wasm, which shares no kernel with the library. */
async function evaluateOnTfjs(
  { architecture, parameters, metadata: { normalization, temperature } }: Model,
  dataset: Dataset,
  options: EvaluateOptions,
): Promise<Evaluation & { backend: "wasm" }> {
  const { tfjsRunner } = await import("../../engine/tfjs/runner.ts");
  const runner = await tfjsRunner("wasm", architecture, parameters);
  try {
    const evaluation = await evaluate(runner, architecture, dataset, normalization, {
      ...options,
      temperature,
    });
    return { ...evaluation, backend: "wasm" };
  } finally {
    runner[Symbol.dispose]();
  }
}

function evaluationText(
  dataset: string,
  classNames: readonly string[],
  { count, accuracy, interval, loss, confusion, calibration, coverage }: Evaluation,
  backend: string,
): string {
  const { temperature, error, errorWithout } = calibration;
  return [
    `${dataset}: ${percent(accuracy)} of ${count.toLocaleString("en-US")} images right, loss ${
      loss.toFixed(4)
    } (${backend})`,
    `95 % interval: ${intervalText(interval)} %`,
    "",
    "Rows: labels; columns: answers.",
    confusionTable(classNames, count, confusion),
    "",
    `Calibration error: ${percent(error)} at temperature ${Number(temperature.toFixed(4))}, ${
      percent(errorWithout)
    } without`,
    "",
    "Errors among the most confident answers:",
    coverageTable(coverage),
  ].join("\n");
}

function confusionTable(
  classNames: readonly string[],
  count: number,
  confusion: Evaluation["confusion"],
): string {
  const width = Math.max(...classNames.map((name) => name.length), String(count).length) + 1;
  const rows = confusion.map((row, label) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    const share = total === 0 ? "–" : percent(row[label] / total);
    const interval = total === 0 ? "" : `  ${intervalText(wilson(row[label], total))}`;
    const cells = row.map((value) => (value === 0 ? "·" : String(value)).padStart(width));
    return `${classNames[label].padStart(width)} ${cells.join("")}  ${
      share.padStart(8)
    }${interval}`;
  });
  const head = classNames.map((name) => name.padStart(width)).join("");
  return [`${"".padStart(width)} ${head}     right  95 % interval`, ...rows].join("\n");
}

function coverageTable(coverage: readonly CoverageRisk[]): string {
  return alignColumns([
    ["coverage", "images", "wrong", "95 % interval", "confidence from"],
    ...coverage.map(({ coverage, count, error, interval, confidence }) => [
      `${Number((100 * coverage).toFixed(2))} %`,
      count.toLocaleString("en-US"),
      percent(error),
      intervalText(interval),
      confidence.toFixed(4),
    ]),
  ]);
}

const SUMMARY_FLAGS = {
  json: { kind: "boolean", help: "print one line of JSON" },
} as const satisfies FlagTable;

/** `summary`: prints the layers of a network. */
export const summaryCommand: Command<typeof SUMMARY_FLAGS> = {
  name: "summary",
  summary: "Prints a network layer by layer: output shape, parameters, multiply-adds.",
  positionals: [{
    name: "NAME",
    help: `the network: ${ARCHITECTURE_NAMES.join(", ")} (default lenet5)`,
    optional: true,
  }],
  flags: SUMMARY_FLAGS,
  run({ positionals: [name = "lenet5"], flags }) {
    const found = summarize(architectureByName(name));
    console.log(flags.json ? JSON.stringify(found) : formatSummary(found));
    return Promise.resolve();
  },
};
