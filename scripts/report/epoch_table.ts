import type { EpochRecord } from "../../src/train/history.ts";
import { percent } from "../percent.ts";
import { dataTable } from "./data_table.ts";
import { type Html, html } from "./html.ts";

/**
 * What the charts show, in numbers: for readers who cannot see them, and for those who want it exactly.
 *
 * @param history What each epoch came to.
 * @param measuredOn What was set aside.
 * @returns A table that opens.
 */
export function epochTable(history: readonly EpochRecord[], measuredOn: string): Html {
  const names = ["epoch", "rate", "train loss", "train accuracy"];
  const measured = history.some(({ validation }) => validation !== undefined);
  if (measured) names.push(`${measuredOn} loss`, `${measuredOn} accuracy`);
  const columns = names.map((name) => ({ name, number: true }));
  const rows = history.map(({ epoch, learningRate, loss, accuracy, validation }) => [
    epoch,
    Number(learningRate.toPrecision(3)),
    loss.toFixed(4),
    percent(accuracy),
    ...measured
      ? [validation?.loss.toFixed(4) ?? "–", validation ? percent(validation.accuracy) : "–"]
      : [],
  ]);
  return html`
    <details>
      <summary>The same in numbers</summary>
      ${dataTable("Epochs", columns, rows)}
    </details>
  `;
}
