import { readError } from "../../data/files.ts";
import { LeNetError } from "../../errors.ts";
import type { Picture } from "./pictures.ts";

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
export function keyOf({ file, index }: Picture): string {
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
export async function readFinished(path: string): Promise<Finished> {
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
