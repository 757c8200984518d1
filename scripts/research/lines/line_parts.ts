/**
 * Lines to train on, made in parts on several threads, and kept in a folder until a run is done.
 *
 * @module
 */

import { loadPublished } from "../../../src/cli/sources.ts";
import { splitDataset } from "../../../src/data/dataset.ts";
import { readFile, writeFileAtomically } from "../../../src/data/files.ts";
import { LINE_HEIGHT } from "./line_images.ts";
import { type LabelledLine, labelledLines, type LineSources } from "./line_dataset.ts";
import { STRIP_WIDTH } from "./strips.ts";

/** The lines of a part. */
export const PART_LINES = 2000;

/** The training digits and photos, the last ones, that are held out. */
const HELD_OUT = 10_000;

/** Which lines to make. */
export interface PartRequest {
  /** The folders of the datasets. */
  readonly data: string | undefined;
  readonly photos: string | undefined;
  /** Whether they are made of the digits and photos that are held out. */
  readonly isHeldOut: boolean;
  readonly seed: number;
  /** Where the part is kept. */
  readonly file: string;
}

let sources: Promise<Record<"train" | "validation", LineSources>> | undefined;

async function loadSources({ data, photos }: PartRequest): Promise<
  Record<"train" | "validation", LineSources>
> {
  // A worker is stopped as a whole.
  const { signal } = new AbortController();
  const load = async (name: "mnist" | "cifar-10", directory: string | undefined) =>
    splitDataset(await loadPublished(name, { split: "train", directory, signal }), HELD_OUT);
  const [digits, pictures] = [await load("mnist", data), await load("cifar-10", photos)];
  return {
    train: { digits: digits.train, photos: pictures.train },
    validation: { digits: digits.validation, photos: pictures.validation },
  };
}

/** Makes a part, unless it is there. */
export async function makePart(request: PartRequest): Promise<void> {
  const { isHeldOut, seed, file } = request;
  if (await exists(file)) return;
  const own = (await (sources ??= loadSources(request)))[isHeldOut ? "validation" : "train"];
  const lines: LabelledLine[] = [];
  for (const line of labelledLines(own, seed)) {
    if (line.width <= STRIP_WIDTH) lines.push(line);
    if (lines.length === PART_LINES) break;
  }
  await writeFileAtomically(file, encodeLines(lines));
}

async function exists(file: string): Promise<boolean> {
  return await Deno.stat(file).then(() => true, () => false);
}

/** The length of the description, as a number of 32 bits; the widths and texts as JSON; all pixels. */
function encodeLines(lines: readonly LabelledLine[]): Uint8Array {
  const description = new TextEncoder().encode(
    JSON.stringify(lines.map(({ width, text }) => [width, text])),
  );
  const size = lines.reduce((sum, { pixels }) => sum + pixels.length, 0);
  const bytes = new Uint8Array(4 + description.length + size);
  new DataView(bytes.buffer).setUint32(0, description.length);
  bytes.set(description, 4);
  let at = 4 + description.length;
  for (const { pixels } of lines) {
    bytes.set(pixels, at);
    at += pixels.length;
  }
  return bytes;
}

/** Reads a part. */
export async function readPart(file: string): Promise<LabelledLine[]> {
  const bytes = await readFile(file);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  const description = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let at = 4 + length;
  return description.map(([width, text]: [number, string]) => {
    const pixels = bytes.subarray(at, at += width * LINE_HEIGHT);
    return { pixels, width, text };
  });
}
