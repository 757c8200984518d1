import { globSync } from "node:fs";
import { isGzip, readFile } from "../../data/files.ts";
import { decodeIdx, type IdxArray } from "../../data/idx.ts";
import { LeNetError } from "../../errors.ts";
import { hasImageExtension } from "../../image/decode/formats.ts";

/** A picture of a bulk run: a file, or one of the images of an IDX file. */
export interface Picture {
  readonly file: string;
  /** The index in the IDX file. */
  readonly index?: number;
}

/** The pictures of a bulk run, in order. */
export interface Pictures {
  readonly all: readonly Picture[];
  /** The IDX files among them, of shape [count, height, width]. */
  readonly idx: ReadonlyMap<string, IdxArray>;
}

/**
 * Finds the pictures of paths: files, folders with everything in them, glob patterns, and IDX files.
 *
 * @param paths The paths.
 * @returns The pictures in the order of the paths, those of a folder or a pattern by name, each once.
 * @throws {LeNetError} `file/missing` when a folder or a pattern has no picture; `data/malformed` when an IDX file is
 * damaged or holds no grey images.
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
    else if (isFile && hasImageExtension(name)) files.push(path);
  }
  return files;
}

/** Reads an IDX file, which is recognized by its first bytes; undefined for any other file. */
async function readIdxPictures(path: string): Promise<IdxArray | undefined> {
  if (hasImageExtension(path)) return undefined;
  // A file that cannot be read gets a line with its error later.
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
