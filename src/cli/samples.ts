import { dirname, join, resolve } from "node:path";
import { readError, readFile } from "../data/files.ts";
import { LeNetError } from "../errors.ts";
import { FORMAT_NAMES, hasImageExtension } from "../image/decode/formats.ts";
import type { Sample } from "../train/samples.ts";

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
