/**
 * What a training keeps to itself and shows while it runs: the file that it writes, a line for each epoch, a dashboard.
 *
 * @module
 */

import { basename, dirname, join } from "node:path";
import { removeTemporaryFiles, writeError, writtenPath } from "../data/files.ts";
import { LeNetError } from "../errors.ts";
import type { Checkpoint } from "../train/checkpoint.ts";
import type { EpochRecord, TrainProgress } from "../train/epoch.ts";
import type { TrainResult } from "../train/train.ts";
import type { Dashboard } from "../watch/dashboard.ts";
import { duration, percent } from "../watch/html.ts";
import type { Interrupt } from "./command.ts";
import type { FlagTable, FlagValues } from "./flags.ts";

const DASHBOARD_PORT = 8421;

/** The ending of the checkpoint beside a network. */
export const CHECKPOINT_ENDING = ".checkpoint";

const HISTORY_ENDING = ".history.json";

const LOCK_ENDING = ".lock";

/** The flags of {@linkcode withDashboard}. */
export const DASHBOARD_FLAGS = {
  dashboard: {
    kind: "boolean",
    group: "Run",
    help: "serve a page on this machine that shows the run, and can pause and stop it",
  },
  port: {
    kind: "integer",
    min: 0,
    max: 65_535,
    value: "N",
    group: "Run",
    needs: "dashboard",
    defaultText: `${DASHBOARD_PORT}, or the next that is free`,
    help: "the port of that page",
  },
} as const satisfies FlagTable;

/** The flag that asks for a report. */
export const REPORT_FLAG = {
  report: {
    kind: "text",
    value: "FILE",
    group: "Run",
    help: "write a report as an HTML page, and the history of the run as FILE.history.json",
  },
} as const satisfies FlagTable;

/** The files that a training will write. Disposing of it lets others write them. */
export interface Claim extends Disposable {
  /** Their paths behind all links: that of the file itself, those beside it, and that of its lock. */
  readonly files: readonly string[];
}

/**
 * Claims the file that a training will write, before it begins: checks that it can be written, refuses a file that
 * another process has claimed, and removes what killed runs left beside it. The claim is a lock of the operating system
 * on `FILE.lock`, which ends with the process, however that ends.
 *
 * @param out The path of the file.
 * @param beside The paths of further files that the training writes beside it.
 * @returns The claim; disposing of it ends it and removes `FILE.lock`.
 * @throws {LeNetError} `file/unwritable`.
 */
export async function claimOutput(out: string, beside: readonly string[] = []): Promise<Claim> {
  const target = await placeOf(out);
  const path = `${target}${LOCK_ENDING}`;
  const files = [target, ...await Promise.all(beside.map(placeOf)), path];
  for (const file of [out, ...beside]) {
    if (!(await statOf(file))?.isDirectory) continue;
    throw unwritable(file, "it is a folder, expected the path of a file");
  }
  if ((await statOf(path))?.isDirectory) {
    throw unwritable(out, `its lock ${path} is a folder, expected a file or nothing there`);
  }
  const left = await Deno.readTextFile(path).catch(() => "");
  if (!/^\d*$/.test(left)) {
    throw unwritable(out, `${path} is no lock of a training, expected another file`);
  }
  const isTaken = (owner: string): LeNetError => {
    const problem = `process ${owner || "unknown"} is training for it`;
    return unwritable(out, `${problem}, expected another file, or that process to end first`);
  };
  const lock = await openLock(path).catch(async (error) => {
    throw writeError(await statOf(path) === undefined ? out : path, error);
  });
  if (lock === undefined) throw isTaken(await Deno.readTextFile(path).catch(() => ""));
  const claim = {
    files,
    [Symbol.dispose]() {
      // Removed before the lock ends, so that it is never the file of the next owner.
      try {
        Deno.removeSync(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      } finally {
        lock.close();
      }
    },
  };
  try {
    await lock.write(encoder.encode(String(Deno.pid)));
    for (const other of locksOver(files)) {
      const owner = await ownerOf(other);
      if (owner !== undefined) throw isTaken(owner);
    }
    for (const file of [out, ...beside]) await removeTemporaryFiles(file);
  } catch (error) {
    claim[Symbol.dispose]();
    throw error instanceof LeNetError ? error : writeError(out, error);
  }
  return claim;
}

/** The locks of runs that would write one of the claimed files as well: as their own, or beside their own. */
function locksOver(files: readonly string[]): string[] {
  const bases = files.flatMap((file) =>
    ["", CHECKPOINT_ENDING, HISTORY_ENDING, LOCK_ENDING]
      .filter((ending) => file.endsWith(ending))
      .map((ending) => file.slice(0, file.length - ending.length))
  );
  return bases.filter((base) => base !== files[0]).map((base) => `${base}${LOCK_ENDING}`);
}

/** The process that has locked a file, if one has. */
async function ownerOf(lock: string): Promise<string | undefined> {
  using file = await Deno.open(lock, { read: true, write: true }).catch(() => undefined);
  if (file === undefined || await file.tryLock(false)) return undefined;
  return await Deno.readTextFile(lock).catch(() => "");
}

/**
 * Claims the file that `--report` names, and the history beside it.
 *
 * @param report The path of the report, if there is to be one.
 * @param out What the same command has claimed for its network.
 * @returns The claim, as of {@linkcode claimOutput}.
 * @throws {LeNetError} `file/unwritable`, also where the report or its history would overwrite what is claimed.
 */
export async function claimReport(
  report: string | undefined,
  { files }: Claim,
): Promise<Claim | undefined> {
  if (report === undefined) return undefined;
  const history = `${report}${HISTORY_ENDING}`;
  for (const file of [report, history, `${report}${LOCK_ENDING}`]) {
    const place = await placeOf(file);
    if (!files.includes(place)) continue;
    throw unwritable(
      file,
      file === report && place === files[0]
        ? "--out and --report are the same file, expected two files"
        : "it would be written for --out and for --report, expected a report of another name",
    );
  }
  return await claimOutput(report, [history]);
}

/**
 * The error `file/unwritable`.
 *
 * @param path The path of the file.
 * @param problem What is wrong, and what is expected.
 * @returns The error, to be thrown.
 */
export function unwritable(path: string, problem: string): LeNetError {
  return new LeNetError("file/unwritable", `Cannot write ${path}: ${problem}`);
}

/** The path behind all links of a file, which may be missing: the same for each of its names. */
export async function placeOf(path: string): Promise<string> {
  const target = await writtenPath(path);
  const folder = await Deno.realPath(dirname(target)).catch(() => dirname(target));
  return join(folder, basename(target));
}

/** Opens and locks a file. Returns undefined when another process has locked it. */
async function openLock(path: string): Promise<Deno.FsFile | undefined> {
  for (;;) {
    const file = await Deno.open(path, { read: true, write: true, create: true });
    const isLocked = await file.tryLock(true);
    // Its last owner may have removed it since it was opened. Then the lock is on no file that others see.
    if (isLocked && (await file.stat()).ino === (await statOf(path))?.ino) {
      await file.truncate();
      return file;
    }
    file.close();
    if (!isLocked) return undefined;
  }
}

function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  return Deno.stat(path).catch(() => undefined);
}

/**
 * Runs a training with the dashboard that `--dashboard` asks for. However the run ends, the page says how.
 *
 * @param flags The values of {@linkcode DASHBOARD_FLAGS}.
 * @param interrupt Stops the run.
 * @param run The training. Receives the dashboard, if there is one, and returns the last message of the page.
 * @throws {LeNetError} `option/invalid` when no port is free; whatever the run throws.
 */
export async function withDashboard(
  { dashboard: isWanted, port = DASHBOARD_PORT }: FlagValues<typeof DASHBOARD_FLAGS>,
  interrupt: Interrupt,
  run: (dashboard: Dashboard | undefined) => Promise<string>,
): Promise<void> {
  if (!isWanted) return void await run(undefined);
  // Loaded on demand: charts and pictures are needed for nothing else during a training.
  const { Dashboard } = await import("../watch/dashboard.ts");
  const dashboard = await Dashboard.open(port, interrupt, console.error);
  console.error(`dashboard at ${dashboard.url}`);
  try {
    await dashboard.end(await run(dashboard));
  } catch (error) {
    await dashboard.end(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** Prints a training, as text or as lines of JSON. */
export class TrainLog {
  readonly #line = new ProgressLine();
  readonly #json: boolean;
  readonly #started = performance.now();

  /** @param json Whether to print lines of JSON. */
  constructor(json: boolean) {
    this.#json = json;
  }

  /** Shows the progress within an epoch. */
  step(progress: TrainProgress): void {
    this.#line.draw(() => progressText(progress));
  }

  /** Prints the last epoch of a checkpoint, if there is one. */
  epoch({ history, recipe }: Checkpoint): void {
    const record = history[history.length - 1];
    if (record === undefined) return;
    this.clear();
    console.log(this.#json ? JSON.stringify(summaryOf(record)) : epochText(record, recipe.epochs));
  }

  /** Prints the result. */
  result(out: string, { history, backend }: TrainResult): void {
    const seconds = Math.round((performance.now() - this.#started) / 1000);
    const last = history[history.length - 1];
    console.log(
      this.#json
        ? JSON.stringify({ out, backend, seconds, ...summaryOf(last) })
        : `${out} written, trained on ${backend} in ${duration(seconds)}`,
    );
  }

  /** Erases the progress, so that something else can be printed. */
  clear(): void {
    this.#line.clear();
  }
}

function summaryOf({ stepLosses: _, ...record }: EpochRecord): Omit<EpochRecord, "stepLosses"> {
  return record;
}

function epochText({ epoch, loss, accuracy, validation }: EpochRecord, epochs: number): string {
  return [
    `epoch ${epoch}/${epochs}`,
    `loss ${loss.toFixed(4)}`,
    `accuracy ${percent(accuracy)}`,
    ...validation === undefined ? [] : [
      `validation loss ${validation.loss.toFixed(4)}`,
      `validation accuracy ${percent(validation.accuracy)}`,
    ],
  ].join("  ");
}

const encoder = new TextEncoder();

/** Milliseconds between two drawings of a line: ten a second look continuous and cost nothing. */
const MIN_INTERVAL = 100;

/** A line on standard error that is redrawn in place. Nothing is written where standard error is no terminal. */
export class ProgressLine {
  #drawn = -Infinity;
  #shown = false;

  /**
   * Draws the line, unless it was drawn within the last 100 ms.
   *
   * @param text Gives the text, which is cut to the width of the terminal.
   */
  draw(text: () => string): void {
    const now = performance.now();
    if (now - this.#drawn < MIN_INTERVAL || !Deno.stderr.isTerminal()) return;
    this.#drawn = now;
    this.#shown = true;
    const { columns } = Deno.consoleSize();
    this.#write(`\r\x1b[K${text().slice(0, columns - 1)}`);
  }

  /** Erases the line, so that something else can be printed. */
  clear(): void {
    if (this.#shown) this.#write("\r\x1b[K");
    this.#shown = false;
    this.#drawn = -Infinity;
  }

  #write(text: string): void {
    Deno.stderr.writeSync(encoder.encode(text));
  }
}

/**
 * A progress bar of block characters.
 *
 * @param share The filled share, 0 to 1.
 * @param width Its length in characters.
 * @returns The bar.
 */
export function bar(share: number, width: number): string {
  const full = Math.round(share * width);
  return "█".repeat(full) + "░".repeat(width - full);
}

/**
 * The progress of a training as one line.
 *
 * @param progress The progress after a step.
 * @returns The line.
 */
export function progressText(progress: TrainProgress): string {
  const { epoch, epochs, step, steps, loss, accuracy, imagesPerSecond, secondsLeft } = progress;
  return [
    `epoch ${epoch}/${epochs}`,
    bar(step / steps, 20),
    `loss ${loss.toFixed(4)}`,
    `accuracy ${percent(accuracy)}`,
    `${Math.round(imagesPerSecond)} images/s`,
    `${duration(secondsLeft)} left`,
  ].join("  ");
}
