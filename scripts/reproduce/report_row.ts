import type { Dataset } from "../../src/data/dataset.ts";
import { duration } from "../progress_line.ts";
import { recipeFacts } from "../report/recipe_facts.ts";
import { reportRun } from "../report/report_run.ts";
import type { RunReport } from "../report/run_report.ts";
import type { Outcome } from "./results.ts";
import type { RowResult } from "./run_row.ts";

/**
 * What the report shows of a row.
 *
 * @param result What its training came to.
 * @param outcome What was measured.
 * @param test The test set, from which pictures are shown.
 * @returns The row's part of the report.
 */
export async function reportRow(
  { row, model, history, backend }: RowResult,
  outcome: Outcome,
  test: Dataset,
): Promise<RunReport> {
  const { name: network } = model.architecture;
  return await reportRun(
    {
      name: row.name,
      description: row.name === network ? row.description : `${network}: ${row.description}`,
      facts: [
        ["reported", outcome.reported],
        ["reached", outcome.reached],
        ["time", duration(outcome.seconds)],
        ["data", test.name.replace(/ test$/, "")],
        ...recipeFacts(row.recipe),
        ["backend", backend],
      ],
      history,
    },
    model,
    test,
  );
}
