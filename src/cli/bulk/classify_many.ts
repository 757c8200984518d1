import { readError, writeError } from "../../data/files.ts";
import { LeNetError } from "../../errors.ts";
import type { Part, PartAnswer, WorkerSettings } from "./classify_worker.ts";
import type { Picture, Pictures } from "../pictures.ts";

/** Files in a part. A part is lost if the run is stopped within it. */
const PART_FILES = 16;

/** Images of an IDX file in a part: they take less time than files. */
const PART_IMAGES = 256;

/** Parts of each worker that are queued: one is computed while the next is prepared. */
const QUEUED_PARTS = 2;

/** The progress of a bulk run, in pictures. */
interface BulkProgress {
  /** Pictures that have a line, including those of earlier runs. */
  readonly done: number;
  readonly total: number;
  /** Lines with an error. */
  readonly failed: number;
  /** Pictures that this run has finished. */
  readonly now: number;
}

/** Options of {@linkcode classifyMany}. */
interface BulkOptions extends WorkerSettings {
  /** The number of workers. */
  readonly jobs: number;
  /** Stops the run after the lines that are written. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: BulkProgress) => void;
}

/**
 * Classifies many pictures with several workers, and writes a line of JSON for each, in order. Pictures that have a line
 * in the file already are skipped, so that a run that was stopped, in whatever way, continues.
 *
 * @param pictures The pictures.
 * @param path The file of lines.
 * @param options The network and the workers.
 * @returns The progress at the end.
 * @throws {LeNetError} `aborted` when the signal stops it; `data/malformed` when the file is not that of an earlier run;
 * `file/unwritable`.
 */
export async function classifyMany(
  { all, idx }: Pictures,
  path: string,
  { jobs, signal, onProgress, ...settings }: BulkOptions,
): Promise<BulkProgress> {
  const finished = await readFinished(path);
  const left = all.filter((picture) => !finished.keys.has(keyOf(picture)));
  let { failed } = finished;
  let now = 0;
  const progress = (): BulkProgress => ({
    done: all.length - left.length + now,
    total: all.length,
    failed,
    now,
  });
  if (left.length === 0) return progress();
  using pool = new WorkerPool(Math.min(jobs, Math.ceil(left.length / PART_FILES)), settings);
  const stopped = new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () =>
      reject(
        new LeNetError(
          "aborted",
          `Cannot go on: stopped after ${progress().done} of ${all.length} pictures; the same command goes on`,
        ),
      ), { once: true })
  );
  stopped.catch(() => {});
  try {
    using file = await Deno.open(path, { write: true, create: true });
    // An incomplete last line is overwritten.
    await file.truncate(finished.bytes);
    await file.seek(0, Deno.SeekMode.End);
    const answers: ReturnType<WorkerPool["answer"]>[] = [];
    const parts = divide(left, idx);
    for (;;) {
      while (answers.length < QUEUED_PARTS * jobs) {
        const { done, value } = parts.next();
        if (done) break;
        const answer = pool.answer(value);
        answer.catch(() => {}); // It is awaited below, in its turn.
        answers.push(answer);
      }
      const next = answers.shift();
      if (next === undefined) break;
      const answer = await Promise.race([next, stopped]);
      for (let { lines } = answer; lines.length > 0;) {
        lines = lines.subarray(await file.write(lines));
      }
      failed += answer.failed;
      now += answer.count;
      onProgress?.(progress());
    }
  } catch (error) {
    throw isSystemError(error) ? writeError(path, error) : error;
  }
  return progress();
}

/** Divides pictures into parts, in order. The pixels of an IDX file are copied when their part is taken. */
function* divide(
  pictures: readonly Picture[],
  idx: Pictures["idx"],
): Generator<Part, undefined, void> {
  for (let start = 0; start < pictures.length;) {
    const { file } = pictures[start];
    const array = idx.get(file);
    const most = array === undefined ? PART_FILES : PART_IMAGES;
    let end = start;
    while (
      end < pictures.length && end - start < most &&
      (array === undefined ? !idx.has(pictures[end].file) : pictures[end].file === file)
    ) end++;
    const part = pictures.slice(start, end);
    start = end;
    if (array === undefined) {
      yield { pictures: part };
      continue;
    }
    const [, height, width] = array.shape;
    const data = new Uint8Array(part.length * width * height);
    part.forEach(({ index = 0 }, n) => {
      const from = index * width * height;
      data.set(array.data.subarray(from, from + width * height), n * width * height);
    });
    yield { pictures: part, pixels: { data, width, height } };
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error && !(error instanceof LeNetError);
}

/** Workers that compute one part at a time each. */
class WorkerPool implements Disposable {
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  /**
   * @param count The number of workers.
   * @param settings The settings of each.
   */
  constructor(count: number, settings: WorkerSettings) {
    this.#workers = Array.from({ length: count }, () => {
      const worker = new Worker(new URL("./classify_worker.ts", import.meta.url), {
        type: "module",
      });
      worker.postMessage(settings);
      return worker;
    });
    this.#idle = [...this.#workers];
  }

  /**
   * Lets the next idle worker answer a part.
   *
   * @param part The part; its pixels are transferred.
   * @returns The answers.
   */
  async answer(part: Part): Promise<PartAnswer> {
    const worker = this.#idle.pop() ??
      await new Promise<Worker>((resolve) => this.#waiting.push(resolve));
    try {
      return await new Promise((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<PartAnswer>) => resolve(data);
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
        worker.postMessage(part, part.pixels ? [part.pixels.data.buffer] : []);
      });
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(worker);
      else next(worker);
    }
  }

  /** Terminates all workers. */
  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.terminate();
  }
}

/** What an earlier run has written. */
interface Finished {
  /** The keys of the pictures that have a line. */
  readonly keys: ReadonlySet<string>;
  /** The number of lines with an error. */
  readonly failed: number;
  /** The length of all complete lines, in bytes. Anything after them was cut off. */
  readonly bytes: number;
}

const NEWLINE = 10;

/**
 * Gives the key that distinguishes a picture from all others of a run.
 *
 * @param picture The picture.
 * @returns The key.
 */
function keyOf({ file, index }: Picture): string {
  return index === undefined ? file : `${file}\n${index}`;
}

/**
 * Reads the lines of an earlier run, so that this one can continue after them.
 *
 * @param path The file, which need not exist.
 * @returns The pictures that are finished.
 * @throws {LeNetError} `data/malformed` when a line is not that of a picture: the file is another one, and must not be
 * overwritten; `file/unreadable`.
 */
async function readFinished(path: string): Promise<Finished> {
  try {
    using file = await Deno.open(path);
    return await readLines(path, file.readable);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { keys: new Set(), failed: 0, bytes: 0 };
    throw error instanceof LeNetError ? error : readError(path, error);
  }
}

async function readLines(path: string, stream: ReadableStream<Uint8Array>): Promise<Finished> {
  const keys = new Set<string>();
  let [failed, bytes, number] = [0, 0, 0];
  let rest = new Uint8Array(0);
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const joined = new Uint8Array(rest.length + chunk.length);
    joined.set(rest);
    joined.set(chunk, rest.length);
    let start = 0;
    for (let end = joined.indexOf(NEWLINE); end >= 0; end = joined.indexOf(NEWLINE, start)) {
      number++;
      const answer = parseLine(decoder.decode(joined.subarray(start, end)));
      if (answer === undefined) {
        throw new LeNetError(
          "data/malformed",
          `Cannot go on with ${path}: its line ${number} is no answer, expected the file of an earlier run or none`,
        );
      }
      keys.add(keyOf(answer));
      if (answer.error !== undefined) failed++;
      start = end + 1;
    }
    bytes += start;
    rest = joined.slice(start);
  }
  return { keys, failed, bytes };
}

function parseLine(line: string): Picture & { readonly error?: unknown } | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value?.file === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
