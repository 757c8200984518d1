import { readError } from "../../src/data/file_error.ts";
import { LeNetError } from "../../src/model/error.ts";
import type { Picture } from "./pictures.ts";

/** What an earlier run has left. */
export interface Finished {
  /** The keys of the pictures that have a line. */
  readonly keys: ReadonlySet<string>;
  /** How many of these lines are errors. */
  readonly failed: number;
  /** The length of all whole lines, in bytes; what follows was cut off. */
  readonly bytes: number;
}

/**
 * What a picture is known by among others.
 *
 * @param picture The picture.
 * @returns Its key.
 */
export function keyOf({ file, index }: Picture): string {
  return index === undefined ? file : `${file}\n${index}`;
}

/**
 * Reads the lines that an earlier run has written, so that this one can go on.
 *
 * @param path The file; it need not be there.
 * @returns What is finished.
 * @throws {LeNetError} `data/malformed` when a line is no answer: then it is another file, and nothing may be written
 * to it.
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
      const answer = parse(decoder.decode(joined.subarray(start, end)));
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

const NEWLINE = 10;

function parse(line: string): Picture & { readonly error?: unknown } | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value?.file === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
