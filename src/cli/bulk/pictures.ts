import { globSync } from "node:fs";
import { readError, readFile } from "../../data/files.ts";
import { decodeIdx, type IdxArray } from "../../data/idx.ts";
import { isGzip } from "../../data/source.ts";
import { LeNetError } from "../../errors.ts";

/** One of many pictures: a file, or one of those in an IDX file. */
export interface Picture {
  readonly file: string;
  /** Which of an IDX file, from 0. */
  readonly index?: number;
}

/** All pictures that were asked for, in order. */
export interface Pictures {
  readonly all: readonly Picture[];
  /** The IDX files among them: [count, height, width]. */
  readonly idx: ReadonlyMap<string, IdxArray>;
}

/** What pictures in a folder are called. */
const PICTURE = /\.(png|jpe?g|webp|gif|bmp)$/i;

/**
 * Finds the pictures that paths name: files, folders with all that is in them, patterns, and IDX files.
 *
 * @param paths The paths.
 * @returns The pictures: paths in their order, folders and patterns by name, each once.
 * @throws {LeNetError} `file/missing` when there is nothing by a name, or no picture in a folder; `data/malformed` when
 * an IDX file is damaged, or holds no pictures of one channel.
 */
export async function findPictures(paths: readonly string[]): Promise<Pictures> {
  const files = new Set<string>();
  const idx = new Map<string, IdxArray>();
  for (const path of paths) {
    const info = await Deno.stat(path).catch(() => undefined);
    const found = info?.isDirectory
      ? picturesIn(path)
      : info === undefined && /[*?[{]/.test(path)
      ? globSync(path).filter((file) => Deno.statSync(file).isFile)
      : [path];
    if (found.length === 0) {
      throw new LeNetError(
        "file/missing",
        `Cannot classify ${path}: it has 0 pictures, expected files such as 7.png`,
      );
    }
    for (const file of found.sort()) {
      if (found[0] === path) {
        const array = await readIdxPictures(path);
        if (array !== undefined) idx.set(path, array);
      }
      files.add(file);
    }
  }
  const all: Picture[] = [];
  for (const file of files) {
    const array = idx.get(file);
    if (array === undefined) all.push({ file });
    else for (let index = 0; index < array.shape[0]; index++) all.push({ file, index });
  }
  return { all, idx };
}

function picturesIn(folder: string): string[] {
  const files: string[] = [];
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    const path = `${folder.replace(/\/$/, "")}/${name}`;
    if (isDirectory) files.push(...picturesIn(path));
    else if (isFile && PICTURE.test(name)) files.push(path);
  }
  return files;
}

/** The pictures of an IDX file, which is known by its first bytes; nothing when it is none, or cannot be read. */
async function readIdxPictures(path: string): Promise<IdxArray | undefined> {
  if (PICTURE.test(path)) return undefined;
  // What cannot be read gets a line that says so, as any other file.
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  if (!isGzip(bytes) && !(bytes[0] === 0 && bytes[1] === 0)) return undefined;
  const array = await decodeIdx(bytes, path);
  if (array.shape.length !== 3) {
    throw new LeNetError(
      "data/malformed",
      `Cannot classify ${path}: it has the sizes [${array.shape}], expected [count, height, width]`,
    );
  }
  return array;
}

/** What an earlier run has left. */
interface Finished {
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
