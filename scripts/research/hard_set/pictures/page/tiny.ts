import type { Random } from "../../../../../src/model/random.ts";
import { addSensorNoise, gaussianBlur } from "../blur_and_noise.ts";
import { compose, rotate, scale, translate } from "../homography.ts";
import { jpegLoss } from "../jpeg_loss.ts";
import {
  blankPaper,
  type Colour,
  type Coverage,
  darkOnLight,
  lightOnDark,
  type RgbaPicture,
  toRgba,
} from "../picture.ts";
import { drawShape } from "../shape.ts";
import type { Writing } from "./page.ts";
import { blend, crop, flatSheet, paste } from "./sheet.ts";

/** Sheets of full size, of which few are made, since they take long: columns, rows, and the height of the digit. */
const FULL: readonly (readonly [width: number, height: number, tall: number])[] = [
  // A digit 6 mm high on A4 at 300 dots per inch.
  [2480, 3508, 71],
  [4000, 3000, 40],
];

const FULL_SHARE = 0.05;

/** Side of the piece of paper that is repeated, in pixels: whole blocks of JPEG. */
const TILE = 256;

/** Pixels of a block of JPEG with chroma subsampling. */
const BLOCK = 16;

/** A small digit on a large sheet: a scan, a photo or a screen, with the grain of paper and the loss of JPEG. */
export function tinyPicture({ shape }: Writing, random: Random): RgbaPicture {
  const [width, height, tall] = random.next() < FULL_SHARE
    ? FULL[random.integer(FULL.length)]
    : smallSheet(random);
  const { ink, paper } = random.next() < 0.8 ? darkOnLight(random) : lightOnDark(random);
  const quality = random.next() < 0.5 ? Math.round(random.uniform(55, 92)) : undefined;
  const sheet = flatSheet(width, height, paper);
  if (random.next() < 0.7) {
    const tile = paperTile(paper, random);
    const seen = quality === undefined ? tile : jpegLoss(tile, quality);
    for (let y = 0; y < height; y += TILE) {
      for (let x = 0; x < width; x += TILE) paste(seen, sheet, x, y);
    }
  }

  const { left, top, right, bottom } = shape.bounds;
  const size = tall / (bottom - top);
  // The digit and the blocks of JPEG that it lies in.
  const side = BLOCK * Math.ceil(1.3 * size * Math.max(right - left, bottom - top) / BLOCK + 1);
  const [across, down] = [
    BLOCK * random.integer(Math.floor((width - side) / BLOCK)),
    BLOCK * random.integer(Math.floor((height - side) / BLOCK)),
  ];
  const place = compose(
    translate(side / 2, side / 2),
    rotate(random.uniform(-5, 5)),
    scale(size),
    translate(-(left + right) / 2, -(top + bottom) / 2),
  );
  const coverage: Coverage = { data: new Float32Array(side * side), width: side, height: side };
  drawShape(shape, place, coverage, random.uniform(1, 1.5));
  blend(sheet, coverage, across, down, ink);
  if (quality !== undefined) {
    paste(jpegLoss(crop(sheet, across, down, side, side), quality), sheet, across, down);
  }
  if (random.next() < 0.2) addEdgeShadow(sheet, across > width / 2, random);
  return sheet;
}

/** A sheet of half a megapixel or so, with a digit as small beside it as on one of full size. */
function smallSheet(random: Random): [width: number, height: number, tall: number] {
  const [width, height] = [random.uniform(480, 1100), random.uniform(480, 900)];
  const tall = random.uniform(22, 44);
  return [Math.round(width), Math.round(height), tall];
}

/** Paper with its texture and the noise of a sensor. */
function paperTile(paper: Colour, random: Random): RgbaPicture {
  const photo = blankPaper(TILE, TILE, paper);
  addSensorNoise(photo, random.uniform(3, 25), random);
  // Texture is the same noise at a coarser scale.
  const soft = gaussianBlur(photo, random.uniform(0.8, 3));
  addSensorNoise(soft, random.uniform(0.5, 6), random);
  return toRgba(soft);
}

/** Darkens an edge of the sheet, as beside the lid of a scanner: the left one, or the right one. */
function addEdgeShadow(
  { data, width, height }: RgbaPicture,
  isLeft: boolean,
  random: Random,
): void {
  const reach = Math.round(width * random.uniform(0.01, 0.05));
  const light = random.uniform(0.3, 0.8);
  for (let n = 0; n < reach; n++) {
    const left = light + (1 - light) * n / reach;
    const x = isLeft ? n : width - 1 - n;
    for (let at = 4 * x; at < 4 * width * height; at += 4 * width) {
      for (let c = 0; c < 3; c++) data[at + c] *= left;
    }
  }
}
