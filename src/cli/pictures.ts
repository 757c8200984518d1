import { globSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Dataset } from "../data/dataset.ts";
import { isGzip, readError, readFile } from "../data/files.ts";
import { decodeIdx, type IdxArray } from "../data/idx.ts";
import { checkAborted, LeNetError } from "../errors.ts";
import { FORMAT_NAMES, hasImageExtension } from "../image/decode/formats.ts";
import type { Sample } from "../train/samples.ts";

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

/**
 * Reads files one after another. A file that fails is reported, and the others are read nevertheless.
 *
 * @param files The paths.
 * @param json Whether a failure is printed as a line of JSON instead of a line on standard error.
 * @param read Called with each file.
 * @returns The number of files that failed.
 */
export async function readEach(
  files: readonly string[],
  json: boolean,
  read: (file: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<number> {
  let failed = 0;
  for (const file of files) {
    try {
      await read(file, await readFile(file));
    } catch (error) {
      if (!(error instanceof LeNetError)) throw error;
      failed++;
      const { code, message } = error;
      if (json) console.log(JSON.stringify({ file, error: { code, message } }));
      else console.error(`${file}: error: ${message} [${code}]`);
    }
  }
  return failed;
}

/** A picture file with its label. */
export interface LabelledFile {
  readonly path: string;
  /** The name or the number of its class. */
  readonly label: string;
}

/**
 * Finds labelled pictures. They are in a folder with a folder for each label, or with files such as `7_first.png`, or in
 * a CSV file with a path, relative to its folder, and a label on each line.
 *
 * @param source The folder or the CSV file.
 * @returns The files: those of a folder by name, those of a CSV file in its order.
 * @throws {LeNetError} `file/missing` or `file/unreadable`; `data/malformed` when a line or a name has no label;
 * `data/empty` when there are no pictures.
 */
export async function findSamples(source: string): Promise<LabelledFile[]> {
  const info = await Deno.stat(source).catch((error) => {
    throw readError(source, error);
  });
  const files = info.isDirectory
    ? await inFolder(source)
    : fromCsv(source, new TextDecoder().decode(await readFile(source)));
  if (files.length > 0) return files;
  throw new LeNetError(
    "data/empty",
    `Cannot read samples from ${source}: it has no pictures, expected ${FORMAT_NAMES} files`,
  );
}

/**
 * Reads a labelled picture.
 *
 * @param file The file.
 * @param classNames The names of the classes. A label that is none of them is a class number.
 * @returns The sample.
 * @throws {LeNetError} `file/missing` or `file/unreadable`.
 */
export async function readSample(
  { path, label }: LabelledFile,
  classNames: readonly string[],
): Promise<Sample> {
  const isNumber = !classNames.includes(label) && /^\d+$/.test(label);
  return { image: await readFile(path), label: isNumber ? Number(label) : label };
}

async function inFolder(folder: string): Promise<LabelledFile[]> {
  const files: LabelledFile[] = [];
  for (const { name, isDirectory } of await entriesOf(folder)) {
    const path = join(folder, name);
    if (isDirectory) {
      const pictures = (await entriesOf(path)).filter(isPicture);
      files.push(...pictures.map((file) => ({ path: join(path, file.name), label: name })));
    } else if (isPicture({ name })) {
      files.push({ path, label: labelInName(path, name) });
    }
  }
  return files;
}

async function entriesOf(folder: string): Promise<Deno.DirEntry[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    throw readError(folder, error);
  }
}

function isPicture({ name }: Pick<Deno.DirEntry, "name">): boolean {
  return hasImageExtension(name);
}

function labelInName(path: string, name: string): string {
  const end = name.indexOf("_");
  if (end > 0) return name.slice(0, end);
  throw new LeNetError(
    "data/malformed",
    `Cannot read samples: ${path} has no label in its name, expected one such as 7_first.png, or a folder for each label`,
  );
}

function fromCsv(path: string, text: string): LabelledFile[] {
  const lines = text.split(/\r?\n/);
  return lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    const comma = line.lastIndexOf(",");
    const [file, label] = [line.slice(0, comma), line.slice(comma + 1)].map(unquote);
    if (index === 0 && file === "path" && label === "label") return [];
    if (comma < 0 || file === "" || label === "") {
      throw new LeNetError(
        "data/malformed",
        `Cannot read samples: line ${index + 1} of ${path} is "${line}", expected path,label`,
      );
    }
    return [{ path: resolve(dirname(path), file), label }];
  });
}

function unquote(cell: string): string {
  const text = cell.trim();
  return /^".*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text;
}

/** Digits that are drawn between two looks at the signal: 20 ms of work. */
const PART = 500;

/**
 * Draws digits as `syntheticDigits` does, so that it can be stopped.
 *
 * @param count The number of digits.
 * @param seed The seed.
 * @param signal Stops it.
 * @returns The digits.
 * @throws {LeNetError} `aborted`.
 */
export async function drawDigits(
  count: number,
  seed: number,
  signal: AbortSignal,
): Promise<Dataset> {
  // Loaded on demand: only trainings draw.
  const { drawInParts } = await import("../data/synthetic/digits.ts");
  const drawing = drawInParts({ count, seed }, PART);
  for (;;) {
    const { done, value } = drawing.next();
    if (done) return value;
    // Signals of the operating system wait for a turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve));
    checkAborted(signal, "draw digits");
  }
}
