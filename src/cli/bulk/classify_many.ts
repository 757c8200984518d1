import { writeError } from "../../data/files.ts";
import { LeNetError } from "../../errors.ts";
import type { Part, PartAnswer, WorkerSettings } from "./answer_part.ts";
import { keyOf, type Picture, type Pictures, readFinished } from "./pictures.ts";

/** Files in a part: few, so that little is lost when the run is stopped. */
const FILES = 16;

/** Pictures of an IDX file in a part. */
const IDX_PICTURES = 256;

/** How many parts of each worker are on their way at once. */
const AHEAD = 2;

/** How a run is doing. */
interface BulkProgress {
  /** Pictures that have a line, those of earlier runs among them. */
  readonly done: number;
  readonly total: number;
  /** Lines that are errors. */
  readonly failed: number;
  /** Pictures that this run has done. */
  readonly now: number;
}

/** How many workers, and who is told. */
interface BulkOptions extends WorkerSettings {
  readonly jobs: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: BulkProgress) => void;
}

/**
 * Classifies many pictures with several workers, and writes a line of JSON for each, in order. Lines that are there
 * already stay, and their pictures are passed over: a run that was stopped, in whatever way, is gone on with.
 *
 * @param pictures The pictures.
 * @param path The file of lines.
 * @param options The network, the workers, and what stops them.
 * @returns How it went.
 * @throws {LeNetError} `aborted` when the signal stops it; `data/malformed` when the file is no such; `file/unwritable`.
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
  using pool = new WorkerPool(Math.min(jobs, Math.ceil(left.length / FILES)), settings);
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
    // What was cut off in the middle of a line is written anew.
    await file.truncate(finished.bytes);
    await file.seek(0, Deno.SeekMode.End);
    const answers: ReturnType<WorkerPool["answer"]>[] = [];
    const parts = divide(left, idx);
    for (;;) {
      while (answers.length < AHEAD * jobs) {
        const { done, value } = parts.next();
        if (done) break;
        const answer = pool.answer(value);
        answer.catch(() => {}); // It is waited for below, in its turn.
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

/** Divides pictures into parts, in order; the pixels of an IDX file are copied when their part is asked for. */
function* divide(
  pictures: readonly Picture[],
  idx: Pictures["idx"],
): Generator<Part, undefined, void> {
  for (let start = 0; start < pictures.length;) {
    const { file } = pictures[start];
    const array = idx.get(file);
    const most = array === undefined ? FILES : IDX_PICTURES;
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

/** Whether it came from the file system. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "code" in error && !(error instanceof LeNetError);
}

/** Workers that each have one part at a time. */
class WorkerPool implements Disposable {
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  /**
   * @param count How many workers.
   * @param settings What each is started with.
   */
  constructor(count: number, settings: WorkerSettings) {
    this.#workers = Array.from({ length: count }, () => {
      const worker = new Worker(new URL("../workers/classify_worker.ts", import.meta.url), {
        type: "module",
      });
      worker.postMessage(settings);
      return worker;
    });
    this.#idle = [...this.#workers];
  }

  /**
   * Has a part answered by the next worker that is free.
   *
   * @param part The part; the memory of its pixels is handed over.
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

  /** Ends all workers at once. */
  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.terminate();
  }
}
