import { join } from "node:path";
import { interruptible, runCommand, twoColumns } from "../../src/cli/command.ts";
import { claimOutput, DASHBOARD_FLAGS, withDashboard } from "../../src/cli/run_output.ts";
import { loadPublished, NET_FLAGS } from "../../src/cli/sources.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { writeError, writeFileAtomically } from "../../src/data/files.ts";
import { LeNetError } from "../../src/errors.ts";
import { architectureByName } from "../../src/model/zoo.ts";
import { reportHtml, type RunReport } from "../../src/watch/report.ts";
import { formatResults, type Outcome, outcomeOf, RowLog } from "./reproduce/results.ts";
import { ROWS } from "./reproduce/rows.ts";
import { reportRow, ROW_FILES, runRow } from "./reproduce/run_row.ts";

await runCommand({
  name: "reproduce",
  summary:
    "Trains networks of published walk-throughs by their own recipes, beside what they reported.",
  details:
    "Writes the results as a report. Stopped and started again, it continues; what is done is not done again.\n\n" +
    ROWS.map(({ name, description }) => twoColumns([name, description], 22)).join("\n"),
  positionals: [
    {
      name: "NAME",
      help: "all, or some of the networks above",
      repeated: true,
    },
  ],
  flags: {
    data: {
      kind: "text",
      value: "DIR",
      help:
        "a folder with mnist/, fashion-mnist/ and cifar-10/; without it they are downloaded once",
    },
    out: {
      kind: "text",
      value: "DIR",
      default: "reproduced",
      help: "the folder of networks, histories and report.html",
    },
    seed: {
      kind: "integer",
      value: "N",
      default: 0,
      help: "the seed of weights, order and dropout",
    },
    backend: NET_FLAGS.backend,
    dashboard: { kind: "boolean", help: DASHBOARD_FLAGS.dashboard.help },
    port: { ...DASHBOARD_FLAGS.port, group: "" },
    json: { kind: "boolean", help: "print one line of JSON for each epoch and each result" },
  },
  async run({ positionals, flags }) {
    const rows = rowsNamed(positionals);
    const { out: folder, json } = flags;
    using interrupt = interruptible();
    const { signal } = interrupt;
    const report = join(folder, "report.html");
    await Deno.mkdir(folder, { recursive: true }).catch((error) => {
      throw writeError(folder, error);
    });
    const rowFiles = rows.flatMap(({ name }) =>
      ROW_FILES.map((ending) => join(folder, `${name}.${ending}`))
    );
    using _claim = await claimOutput(report, rowFiles);

    await withDashboard(flags, interrupt, async (dashboard) => {
      const log = new RowLog(json);
      const outcomes: Outcome[] = [];
      const reports: RunReport[] = [];
      for (const row of rows) {
        const { input } = architectureByName(row.network);
        const load = (split: "train" | "test"): Promise<Dataset> =>
          loadPublished(row.dataset, { split, directory: flags.data, signal, input });
        const data = { train: await load("train"), test: await load("test") };
        const result = await runRow(row, data, {
          folder,
          backend: flags.backend,
          seed: flags.seed,
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
      const html = await reportHtml("LeNets reproduced", reports);
      await writeFileAtomically(report, new TextEncoder().encode(html));
      if (!json) console.log(`\n${report} written`);
      return `Done: ${report} written`;
    });
  },
});

function rowsNamed(names: readonly string[]): typeof ROWS {
  if (names.length === 1 && names[0] === "all") return ROWS;
  if (names.includes("all")) {
    throw new LeNetError(
      "option/invalid",
      `Cannot reproduce ${
        names.join(" ")
      }: all takes no further names, expected all alone, or names without it`,
    );
  }
  const known = `all, or any of ${ROWS.map(({ name }) => name).join(", ")}`;
  return [...new Set(names)].map((name) => {
    const row = ROWS.find((row) => row.name === name);
    if (row !== undefined) return row;
    throw new LeNetError("option/invalid", `Cannot reproduce ${name}: expected ${known}`);
  });
}
