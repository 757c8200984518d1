import { join } from "node:path";
import { interruptible, runScript } from "../../src/cli/command.ts";
import { loadPublished } from "../../src/cli/sources.ts";
import { DASHBOARD_PORT, withDashboard } from "../../src/cli/train_report.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { writeFileAtomically } from "../../src/data/files.ts";
import { BACKENDS } from "../../src/engine/backends.ts";
import { LeNetError } from "../../src/errors.ts";
import { architectureByName } from "../../src/model/zoo.ts";
import { reportHtml, type RunReport } from "../../src/watch/report.ts";
import { formatResults, type Outcome, outcomeOf, RowLog } from "./reproduce/results.ts";
import { ROWS } from "./reproduce/rows.ts";
import { reportRow, runRow } from "./reproduce/run_row.ts";

const USAGE = `
Usage: deno task reproduce NAME…|all [--data DIR] [--out DIR] [options]

Trains networks of published walk-throughs by their own recipes, sets what is reached beside what was reported, and
writes it all as a report. Stopped and started again, it goes on where it was; what is done is not done again.

${ROWS.map(({ name, description }) => `  ${name.padEnd(22)} ${description}`).join("\n")}

  --data DIR       a folder with mnist/, fashion-mnist/ and cifar-10/; without it they are downloaded once
  --out DIR        where networks, histories and report.html go (default reproduced)
  --seed N         decides first weights, order and chance (default 0)
  --backend NAME   ${BACKENDS.join(", ")} (default auto)
  --dashboard      show the runs on a page on this machine, which can pause and stop them, too
  --port N         where that page is, or the next port that is free (default ${DASHBOARD_PORT})
  --json           one line of JSON for each epoch and each result
`;

await runScript(
  USAGE,
  { string: ["data", "out", "seed", "backend", "port"], boolean: ["dashboard", "json"] },
  async (args) => {
    const rows = rowsNamed(args.positionals);
    const folder = args.text("out") ?? "reproduced";
    const json = args.has("json");
    using interrupt = interruptible();
    const { signal } = interrupt;
    await Deno.mkdir(folder, { recursive: true });

    await withDashboard(args, interrupt, async (dashboard) => {
      const log = new RowLog(json);
      const outcomes: Outcome[] = [];
      const reports: RunReport[] = [];
      for (const row of rows) {
        const { input } = architectureByName(row.network);
        const load = (split: "train" | "test"): Promise<Dataset> =>
          loadPublished(row.dataset, { split, directory: args.text("data"), signal, input });
        const data = { train: await load("train"), test: await load("test") };
        const result = await runRow(row, data, {
          folder,
          backend: args.choice("backend", BACKENDS) ?? "auto",
          seed: args.number("seed") ?? 0,
          log,
          dashboard,
          signal,
        });
        const outcome = await outcomeOf(result, data.test);
        outcomes.push(outcome);
        reports.push(await reportRow(result, outcome, data.test));
        if (json) console.log(JSON.stringify(outcome));
      }
      if (!json) console.log(`\n${formatResults(outcomes)}`);
      const report = join(folder, "report.html");
      const html = await reportHtml("LeNets reproduced", reports);
      await writeFileAtomically(report, new TextEncoder().encode(html));
      if (!json) console.log(`\n${report} written`);
      return `Done: ${report} written`;
    });
  },
);

function rowsNamed(names: readonly string[]): typeof ROWS {
  if (names.length === 1 && names[0] === "all") return ROWS;
  const known = `all, or any of ${ROWS.map(({ name }) => name).join(", ")}`;
  if (names.length === 0) {
    throw new LeNetError(
      "option/invalid",
      `Cannot reproduce: found no name, expected ${known}`,
    );
  }
  return names.map((name) => {
    const row = ROWS.find((row) => row.name === name);
    if (row !== undefined) return row;
    throw new LeNetError("option/invalid", `Cannot reproduce ${name}: expected ${known}`);
  });
}
