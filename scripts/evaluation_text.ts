import type { Evaluation } from "../src/train/evaluate.ts";
import type { CoverageRisk } from "../src/train/risk_at_coverage.ts";
import { wilson } from "../src/train/wilson.ts";
import { alignColumns } from "./hard_set/align_columns.ts";
import { intervalText } from "./interval_text.ts";
import { percent } from "./percent.ts";

/**
 * What a network came to on a dataset, for people.
 *
 * @param dataset The name of the dataset.
 * @param classNames A name for each class.
 * @param evaluation What it came to.
 * @param backend Where it was computed.
 * @returns Several lines.
 */
export function evaluationText(
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
