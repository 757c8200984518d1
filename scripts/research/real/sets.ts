import { join } from "node:path";
import { isMissing, readError, readFile } from "../../../src/data/files.ts";
import { idxDataset, readIdx } from "../../../src/data/idx.ts";
import { LeNetError } from "../../../src/errors.ts";
import type { PixelImage } from "../../../src/image/image.ts";
import { spread } from "../shared/spread.ts";

/** Folders with pictures of one digit each. */
export const DIGIT_SETS = [
  "photo",
  "canvas",
  "paint28",
  "scan28",
  "form_in",
  "form_box",
  "dida",
  "usps16",
  "optdigits32",
] as const;

/** Folders with pictures of several digits each. */
export const STRING_SETS = ["strings_cheque", "strings_photo", "strings_form"] as const;

/** All folders, in the order in which they are measured. */
export const REAL_SETS: readonly string[] = [...DIGIT_SETS, ...STRING_SETS];

/** A picture with its label. */
export interface Sample {
  /** The name of the file; of a picture in an IDX file its number. */
  readonly name: string;
  /** The digits that it shows; lines end with `\n`. */
  readonly text: string;
  /** The bytes of the file, or the pixels of an IDX file. */
  readonly image: Uint8Array<ArrayBuffer> | PixelImage;
}

/** The file of pixels in a folder without files of pictures. */
const IDX_IMAGES = "images-idx3-ubyte.gz";

const IDX_LABELS = "labels-idx1-ubyte.gz";

/** Label, source and number; lines of a label are separated by a hyphen. */
const FILE_NAME = /^(\d+(?:-\d+)*)_g\d+_\d+\.[a-z]+$/;

/**
 * Reads the pictures of a folder: an IDX file of images and one of labels, or files named `LABEL_gNN_NNN.ext`.
 *
 * @param directory The folder of the folders.
 * @param set The name of the folder.
 * @param limit The largest number of pictures, which are spread evenly over the folder.
 * @returns The pictures in the order of the IDX file or of the names.
 * @throws {LeNetError} `file/missing` when there is no such folder; `file/unreadable`; `data/empty` when it has no
 * pictures; `data/malformed` or `data/mismatch` for a file with another name, and for a damaged IDX file.
 */
export async function readSet(
  directory: string,
  set: string,
  limit = Infinity,
): Promise<Sample[]> {
  const folder = join(directory, set);
  const names = await fileNames(folder);
  if (names.includes(IDX_IMAGES)) return await readIdxSet(folder, set, limit);
  const wrong = names.find((name) => !FILE_NAME.test(name));
  if (wrong !== undefined) {
    throw new LeNetError(
      "data/malformed",
      `Cannot read the pictures in ${folder}: found ${wrong}, expected names such as 7_g01_001.png`,
    );
  }
  if (names.length === 0) {
    throw new LeNetError(
      "data/empty",
      `Cannot read the pictures in ${folder}: it is empty, expected at least 1 picture`,
    );
  }
  return await Promise.all(
    sampleOf(names.length, limit).map(async (at) => ({
      name: names[at],
      text: names[at].replace(FILE_NAME, "$1").replaceAll("-", "\n"),
      image: await readFile(join(folder, names[at])),
    })),
  );
}

async function readIdxSet(folder: string, set: string, limit: number): Promise<Sample[]> {
  const { images, labels, count, shape: [, height, width] } = idxDataset({
    name: set,
    images: await readIdx(join(folder, IDX_IMAGES)),
    labels: await readIdx(join(folder, IDX_LABELS)),
    classNames: [..."0123456789"],
  });
  const size = width * height;
  return sampleOf(count, limit).map((at) => ({
    name: `${at}`,
    text: `${labels[at]}`,
    image: { data: images.subarray(at * size, (at + 1) * size), width, height },
  }));
}

/** The places of at most `limit` pictures, spread evenly. */
function sampleOf(total: number, limit: number): number[] {
  const count = Math.min(limit, total);
  return Array.from({ length: count }, (_, number) => spread(number, count, total));
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(folder)) names.push(name);
    return names.sort();
  } catch (error) {
    if (!isMissing(error)) throw readError(folder, error);
    throw new LeNetError(
      "file/missing",
      `Cannot read the pictures in ${folder}: there is no such folder, expected one for each set; pass their parent ` +
        "folder with --data DIR",
      { cause: error },
    );
  }
}
