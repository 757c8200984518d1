import { join } from "node:path";
import type { Dataset } from "../../../src/data/dataset.ts";
import { fileSize, readFile, writeFileAtomically } from "../../../src/data/files.ts";
import type { BackendOption } from "../../../src/engine/backends.ts";
import { LeNetError } from "../../../src/errors.ts";
import { architectureByName } from "../../../src/model/zoo.ts";
import { checkpointFromBytes, checkpointToBytes } from "../../../src/train/checkpoint.ts";
import { train } from "../../../src/train/train.ts";
import type { Dashboard } from "../../../src/watch/dashboard.ts";
import { duration } from "../../../src/watch/html.ts";
import { reportRun, type RunReport } from "../../../src/watch/report.ts";
import { recipeFacts } from "../../../src/watch/tables.ts";
import { modelFromBytes, modelToBytes } from "../../../src/weights/model_file.ts";
import type { Outcome, RowLog, RowResult } from "./results.ts";
import type { Row } from "./rows.ts";

/** What is kept of a row beside its network. */
type Kept = Pick<RowResult, "history" | "seconds" | "backend"> & { readonly run: string };

/**
 * Trains one row, or goes on where it was stopped, or takes what it came to before.
 *
 * In the folder: `NAME.checkpoint` and `NAME.seconds.json` while it is under way, `NAME.safetensors` and `NAME.json`
 * when it is done.
 *
 * @param row What to train, and how.
 * @param data What to learn from, and what to be measured on after every epoch.
 * @param options Where to keep it, where to compute, the seed, what is told of it, who looks on, and what stops it.
 * @returns What it came to.
 */
export async function runRow(
  row: Row,
  data: { readonly train: Dataset; readonly test: Dataset },
  options: {
    readonly folder: string;
    readonly backend: BackendOption;
    readonly seed: number;
    readonly log: RowLog;
    readonly dashboard: Dashboard | undefined;
    readonly signal: AbortSignal;
  },
): Promise<RowResult> {
  const { folder, backend, seed, log, dashboard, signal } = options;
  const file = (ending: string): string => join(folder, `${row.name}.${ending}`);
  const architecture = architectureByName(row.network);
  const recipe = { ...row.recipe, seed };
  // By this a result is known to be of the same run.
  const run = JSON.stringify({ architecture, recipe, data: identity(data) });

  const done = await readJson<Kept>(file("json"));
  if (done?.run === run) {
    const { history, seconds, backend } = done;
    log.taken(row, seconds);
    const model = modelFromBytes(await readFile(file("safetensors")));
    return { row, model, history, seconds, backend };
  }

  const resume = await fileSize(file("checkpoint")) === undefined
    ? undefined
    : checkpointFromBytes(await readFile(file("checkpoint")));
  const seconds = resume === undefined ? [] : await readJson<number[]>(file("seconds.json")) ?? [];
  seconds.length = resume?.history.length ?? 0;
  log.begin(row, architecture, data, resume?.history.length ?? 0);
  dashboard?.begin(row.name, data);
  let started = performance.now();
  const result = await train(architecture, data.train, {
    ...recipe,
    backend,
    signal,
    validationData: data.test,
    ...resume && { resume },
    async onProgress(progress, weights) {
      await log.step(progress, weights);
      await dashboard?.step(progress, weights);
    },
    async onCheckpoint(checkpoint) {
      dashboard?.checkpoint(checkpoint);
      if (checkpoint.history.length > seconds.length) {
        seconds.push((performance.now() - started) / 1000);
        log.epoch(checkpoint, seconds[seconds.length - 1]);
      }
      await writeJson(file("seconds.json"), seconds);
      await writeFileAtomically(file("checkpoint"), checkpointToBytes(checkpoint));
      started = performance.now();
    },
  }).catch((error) => {
    log.clear();
    if (!(error instanceof LeNetError)) throw error;
    if (error.code === "checkpoint/mismatch") {
      throw new LeNetError(
        error.code,
        `${error.message}; remove ${file("checkpoint")} to begin anew`,
      );
    }
    if (error.code !== "aborted") throw error;
    throw new LeNetError("aborted", `${error.message}; the same command goes on from there`);
  });
  const { model, history } = result;
  await writeFileAtomically(file("safetensors"), modelToBytes(model));
  await writeJson(file("json"), { run, backend: result.backend, seconds, history });
  await Deno.remove(file("checkpoint"));
  await Deno.remove(file("seconds.json"));
  return { row, model, history, seconds, backend: result.backend };
}

function identity(data: Readonly<Record<string, Dataset>>): unknown {
  return Object.entries(data).map(([part, { name, count, checksums }]) => ({
    part,
    name,
    count,
    checksums,
  }));
}

async function readJson<T>(path: string): Promise<T | undefined> {
  if (await fileSize(path) === undefined) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(await readFile(path)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new LeNetError(
      "file/unreadable",
      `Cannot read ${path}: it is not JSON, remove it to begin anew`,
      { cause: error },
    );
  }
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFileAtomically(path, new TextEncoder().encode(JSON.stringify(value)));
}

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
