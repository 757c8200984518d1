import { join } from "node:path";
import { readCheckpoint } from "../../../src/cli/sources.ts";
import { BatchesAhead, ShardWorkers, spareCores } from "../../../src/cli/train_workers.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import { fileSize, readFile, writeFileAtomically } from "../../../src/data/files.ts";
import type { BackendOption } from "../../../src/engine/backends.ts";
import { LeNetError } from "../../../src/errors.ts";
import { architectureByName } from "../../../src/model/zoo.ts";
import { selectTrainingBackend } from "../../../src/train/backend.ts";
import { checkpointToBytes } from "../../../src/train/checkpoint.ts";
import { resolveRecipe } from "../../../src/train/recipe.ts";
import { type TrainingParts, trainWith } from "../../../src/train/train.ts";
import type { Dashboard } from "../../../src/watch/dashboard.ts";
import { duration } from "../../../src/watch/html.ts";
import { reportRun, type RunReport } from "../../../src/watch/report.ts";
import { recipeFacts } from "../../../src/watch/tables.ts";
import { modelFromBytes, modelToBytes } from "../../../src/weights/model_file.ts";
import type { Outcome, RowLog, RowResult } from "./results.ts";
import type { Row } from "./rows.ts";

/** The content of `NAME.json`; `run` identifies architecture, recipe and data. */
type StoredResult = Pick<RowResult, "history" | "seconds" | "backend"> & { readonly run: string };

/** The endings of the files of a row. */
export const ROW_FILES = ["checkpoint", "seconds.json", "safetensors", "json"] as const;

/**
 * Trains a row, resumes it from its checkpoint, or loads the result of an earlier run with the same recipe and data.
 *
 * The folder holds `NAME.checkpoint` and `NAME.seconds.json` during training, and `NAME.safetensors` and `NAME.json`
 * afterwards.
 *
 * @param data The training set, and the test set, which is evaluated after every epoch.
 * @throws {LeNetError} `aborted` when the signal is; `checkpoint/mismatch` when the checkpoint is of another run.
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
  const file = (ending: typeof ROW_FILES[number]): string => join(folder, `${row.name}.${ending}`);
  const architecture = architectureByName(row.network);
  const recipe = { ...row.recipe, seed };
  // A stored result counts only for the same run.
  const run = JSON.stringify({ architecture, recipe, data: identity(data) });

  const done = await readJson<StoredResult>(file("json"));
  if (done?.run === run) {
    const { history, seconds, backend } = done;
    log.taken(row, seconds);
    const model = modelFromBytes(await readFile(file("safetensors")));
    return { row, model, history, seconds, backend };
  }

  const resume = await fileSize(file("checkpoint")) === undefined
    ? undefined
    : await readCheckpoint(file("checkpoint"));
  const seconds = await readSeconds(file("seconds.json"), resume?.history.length ?? 0);
  const { batchSize } = resolveRecipe(recipe, data.train.count, architecture.input[0]);
  const count = Math.min(batchSize, data.train.count);
  const device = await selectTrainingBackend(backend, architecture, count);
  log.begin(row, architecture, data, { batch: count, device }, resume?.history.length ?? 0);
  dashboard?.begin(row.name, data);
  let started = performance.now();
  using ahead = new BatchesAhead();
  using shards = new ShardWorkers(spareCores());
  const parts: TrainingParts = {
    makeBatches: (...pass) => ahead.batches(...pass),
    passBatch: (...step) => shards.pass(...step),
  };
  const result = await trainWith(parts, architecture, data.train, {
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
      // It ends with the advice to start again without the checkpoint.
      throw new LeNetError(error.code, `${error.message} ${file("checkpoint")}`);
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
      `Cannot read ${path}: it is not JSON, remove it to start over`,
      { cause: error },
    );
  }
}

/** The seconds of the epochs that are done. What is not known of them, because the file is damaged, counts as 0. */
async function readSeconds(path: string, epochs: number): Promise<number[]> {
  const stored = await readJson(path).catch((error) => {
    if (error.cause instanceof SyntaxError) return undefined;
    throw error;
  });
  const known: readonly unknown[] = Array.isArray(stored) ? stored : [];
  return Array.from({ length: epochs }, (_, n) => Number.isFinite(known[n]) ? Number(known[n]) : 0);
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFileAtomically(path, new TextEncoder().encode(JSON.stringify(value)));
}

/**
 * The section of the report on a row.
 *
 * @param test The test set, of which examples are shown.
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
