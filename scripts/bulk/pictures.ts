import { globSync } from "node:fs";
import { decodeIdx, type IdxArray } from "../../src/data/idx.ts";
import { isGzip } from "../../src/data/gunzip.ts";
import { readFile } from "../../src/data/read_file.ts";
import { LeNetError } from "../../src/model/error.ts";

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
