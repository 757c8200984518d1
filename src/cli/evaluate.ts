import { alignColumns } from "../../scripts/research/hard_set/goals.ts";
import { takeDataset } from "../data/dataset.ts";
import { BACKENDS } from "../engine/backends.ts";
import type { Evaluation } from "../evaluate.ts";
import { type CoverageRisk, wilson } from "../metrics.ts";
import { interruptible, refusePositionals, runScript } from "./command.ts";
import { bar, intervalText, percent, ProgressLine } from "./progress.ts";
import { DATASETS, loadNet, loadPart, padToFit, PARTS } from "./sources.ts";

const USAGE = `
Usage: deno task evaluate [--dataset NAME] [--data DIR] [--split NAME] [--weights NAME|FILE] [--backend NAME]
                          [--limit N] [--json]

Measures a network on a test set: accuracy, loss, accuracy of each class, confusion; how far its confidence is from
frequency; and what is wrong when only the surest answers are taken.

  --dataset NAME   ${DATASETS.join(", ")} (default mnist)
  --data DIR       holds its files, packed or not, or its folder; without it they are downloaded once
  --split NAME     ${
  PARTS.join(", ")
} (default test): train-tail is the last 10,000 training images, for tuning
  --weights NAME   a pretrained network, or a safetensors file (default digits)
  --backend NAME   ${BACKENDS.join(", ")} (default auto)
  --limit N        only the first N images
  --json           one line of JSON
`;

/**
 * What a network came to on a dataset, for people.
 *
 * @param dataset The name of the dataset.
 * @param classNames A name for each class.
 * @param evaluation What it came to.
 * @param backend Where it was computed.
 * @returns Several lines.
 */
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
    "Rows: what it is; columns: what was read.",
    confusionTable(classNames, count, confusion),
    "",
    `Calibration error: ${percent(error)} at temperature ${Number(temperature.toFixed(4))}, ${
      percent(errorWithout)
    } without`,
    "",
    "Wrong when only the surest are read:",
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

await runScript(
  USAGE,
  { string: ["dataset", "data", "split", "weights", "backend", "limit"], boolean: ["json"] },
  async (args) => {
    refusePositionals(args);
    using interrupt = interruptible();
    const { signal } = interrupt;
    using net = await loadNet(args);
    const name = args.choice("dataset", DATASETS) ?? "mnist";
    const part = args.choice("split", PARTS) ?? "test";
    const whole = padToFit(
      await loadPart(name, part, args.text("data"), signal),
      net.model.architecture.input,
    );
    const limit = args.number("limit");
    const dataset = limit === undefined ? whole : takeDataset(whole, limit);

    const line = new ProgressLine();
    const { backend, ...evaluation } = await net.evaluate(dataset, {
      signal,
      onProgress: (done) => line.draw(() => `${bar(done / dataset.count, 20)}  ${done} images`),
    }).finally(() => line.clear());
    if (args.has("json")) {
      const weights = args.text("weights") ?? "digits";
      console.log(JSON.stringify({ weights, ...evaluation, backend }));
    } else {
      console.log(evaluationText(dataset.name, dataset.classNames, evaluation, backend));
    }
  },
);
