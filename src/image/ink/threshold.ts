import type { GreyImage } from "../image.ts";
import { asWords } from "../values.ts";

/** What in a picture is background and what is ink. All levels are brightness, 0 to 255. */
export interface InkLevels {
  /** The brightness of the background. */
  readonly background: number;
  /** 1 when ink is lighter than the background, −1 when it is darker. */
  readonly direction: 1 | -1;
  /** How far from the background ink begins to count; what is nearer is noise. */
  readonly floor: number;
  /** How far from the background a pixel is that surely belongs to the digit. */
  readonly edge: number;
  /** How far from the background full ink is. */
  readonly full: number;
}

/** Ink stands out by at least this much on the scale of brightness: what is fainter is not told from JPEG's ripples. */
const MIN_CONTRAST = 4.5;

/** Ink stands out by at least five deviations of the noise: of normal noise, one pixel in 3.5 million does. */
const MIN_DEVIATIONS = 5;

/** Fainter pixels count as noise. Scaling down averages what noise is left, while soft edges are kept. */
const FLOOR_DEVIATIONS = 1.5;

/** The share of full ink at which the edge of a stroke is seen. */
const EDGE_SHARE = 0.3;

/** The share of pixels, and their largest number, that may be stray at either end of the scale. */
const STRAY_SHARE = 0.001;

const STRAY_PIXELS = 12;

/** Full ink is stronger than this share of the ink: the rest is the middle of strokes. */
const FULL_SHARE = 0.75;

/** The median step between neighbours in normal noise, times this, is its standard deviation: 1.4826 / √2. */
const DEVIATION_OF_STEPS = 1.0484;

/**
 * Tells ink from background.
 *
 * Most of a picture's border is background, even where ink reaches it: the border's median is the level of the
 * background, and its median step from pixel to pixel tells the noise, whatever the light. Ink is on whichever side
 * of that level the picture reaches further from it, so that dark on light and light on dark both read right. Full
 * ink is what most pixels beyond half of that distance have.
 *
 * @param grey The picture.
 * @param known Which way ink stands out from the background, where that is known: 1 when it is lighter.
 * @param all How often each brightness occurs in it, where that is known.
 * @returns The levels, `undefined` when nothing stands out: there is no ink.
 */
export function findInkLevels(
  grey: GreyImage,
  known?: 1 | -1,
  all: Uint32Array = histogram(grey.data),
): InkLevels | undefined {
  const border = borderOf(grey);
  const background = quantile(histogram(border), 0.5);
  const noise = noiseOf(border);

  const stray = Math.min(STRAY_SHARE, STRAY_PIXELS / grey.data.length);
  const darker = background - quantile(all, stray);
  const lighter = quantile(all, 1 - stray) - background;
  const direction = known ?? (lighter > darker ? 1 : -1);
  const reach = direction > 0 ? lighter : darker;
  if (reach < MIN_CONTRAST) return undefined;

  const distances = new Float64Array(256);
  for (let level = 0; level < 256; level++) {
    const distance = Math.round(direction * (level - background));
    if (distance > 0) distances[distance] += all[level];
  }
  const half = reach / 2;
  const full = quantile(
    distances.map((count, distance) => distance > half ? count : 0),
    FULL_SHARE,
  );
  if (full < Math.max(MIN_CONTRAST, MIN_DEVIATIONS * noise)) return undefined;
  const edge = Math.max(EDGE_SHARE * full, MIN_DEVIATIONS * noise);
  const floor = FLOOR_DEVIATIONS * noise;
  return { background, direction, floor, edge, full };
}

/**
 * Separates ink from background by the threshold that parts the brightness of all pixels best (Otsu, 1979). The part to
 * which most of the border belongs is the background.
 *
 * @param grey The picture.
 * @param all How often each brightness occurs in it, where that is known.
 * @param isInverted Whether the part to which most of the border belongs is the ink instead: bold ink may cover it.
 * @returns The levels, `undefined` when nothing stands out: there is no ink.
 */
export function otsuLevels(
  grey: GreyImage,
  all: Uint32Array = histogram(grey.data),
  isInverted = false,
): InkLevels | undefined {
  const threshold = otsuThreshold(all);
  if (threshold === undefined) return undefined;
  const border = borderOf(grey);
  const dark = border.reduce((count, level) => level <= threshold ? count + 1 : count, 0);
  const isLighter = (2 * dark > border.length) !== isInverted;
  const isInk = (level: number): boolean => (level > threshold) === isLighter;
  const background = quantile(all.map((count, level) => isInk(level) ? 0 : count), 0.5);
  const ink = quantile(all.map((count, level) => isInk(level) ? count : 0), 0.5);
  const direction = isLighter ? 1 : -1;
  const full = direction * (ink - background);
  const edge = direction * (threshold + 0.5 - background);
  const noise = noiseOf(border);
  if (full < Math.max(MIN_CONTRAST, MIN_DEVIATIONS * noise) || edge <= 0) return undefined;
  return { background, direction, floor: Math.min(edge / 2, FLOOR_DEVIATIONS * noise), edge, full };
}

/** What differs by less than this from its background, on the scale of brightness, is a rounding error. */
const MIN_FAINT = 2;

/**
 * Tells whether something stands out from the background that is too faint to be read.
 *
 * @param grey A picture in which there are no ink levels.
 * @returns Whether a part of it differs from the rest by more than noise does.
 */
export function isFaint(grey: GreyImage): boolean {
  const border = borderOf(grey);
  const background = quantile(histogram(border), 0.5);
  const all = histogram(grey.data);
  const stray = Math.min(STRAY_SHARE, STRAY_PIXELS / grey.data.length);
  const reach = Math.max(
    background - quantile(all, stray),
    quantile(all, 1 - stray) - background,
  );
  return reach >= Math.max(MIN_FAINT, MIN_DEVIATIONS * noiseOf(border));
}

/** The brightness up to which pixels are dark, so that the variance between dark and light ones is the largest. */
function otsuThreshold(all: Uint32Array): number | undefined {
  let [pixels, total] = [0, 0];
  for (let level = 0; level < 256; level++) {
    pixels += all[level];
    total += level * all[level];
  }
  let [dark, sum, best] = [0, 0, 0];
  let threshold: number | undefined;
  for (let level = 0; level < 255; level++) {
    if (all[level] === 0) continue;
    dark += all[level];
    sum += level * all[level];
    if (dark === pixels) break;
    const distance = sum / dark - (total - sum) / (pixels - dark);
    const variance = dark * (pixels - dark) * distance * distance;
    if (variance > best) [best, threshold] = [variance, level];
  }
  return threshold;
}

/**
 * The deviation of the noise in a row of pixels, from the median step between neighbours: edges and light do not count.
 *
 * @param row Brightness, 0 to 255.
 * @returns The standard deviation of the noise.
 */
export function noiseOf(row: Uint8Array): number {
  const steps = new Uint32Array(256);
  for (let i = 0; i < row.length; i++) steps[Math.abs(row[i] - row[Math.max(0, i - 1)])]++;
  return DEVIATION_OF_STEPS * quantile(steps, 0.5);
}

/**
 * How much ink a pixel of each brightness is: 0 up to the floor, 1 from full ink, a straight line between. It keeps
 * the soft edges of strokes.
 *
 * @param levels What is background and what is ink.
 * @returns The ink of each brightness, 256 values from 0 to 1.
 */
export function inkCurve(levels: InkLevels): Float32Array<ArrayBuffer> {
  const { background, direction, floor, full } = levels;
  return new Float32Array(256).map((_, level) => {
    const ink = (direction * (level - background) - floor) / (full - floor);
    return Math.min(1, Math.max(0, ink));
  });
}

/**
 * Tells which pixels surely are ink.
 *
 * @param grey The picture.
 * @param levels What is background and what is ink.
 * @returns 1 for ink, 0 for background, row by row.
 */
export function inkMask(
  { data }: GreyImage,
  { background, direction, edge }: InkLevels,
): Uint8Array {
  const isInk = new Uint8Array(256).map((_, level) =>
    direction * (level - background) >= edge ? 1 : 0
  );
  const mask = new Uint8Array(data.length);
  const fours = asWords(data);
  const target = new Int32Array(mask.buffer, 0, fours.length);
  // Drawings are mostly flat: four pixels like the four before need no look.
  let [last, four] = [~fours[0], 0];
  for (let i = 0; i < fours.length; i++) {
    if (fours[i] !== last) {
      last = fours[i];
      four = isInk[last & 255] | isInk[last >>> 8 & 255] << 8 | isInk[last >>> 16 & 255] << 16 |
        isInk[last >>> 24] << 24;
    }
    target[i] = four;
  }
  for (let i = 4 * fours.length; i < mask.length; i++) mask[i] = isInk[data[i]];
  return mask;
}

/** The outermost pixels, once around, clockwise from the upper left corner. */
export function borderOf({ data, width, height }: GreyImage): Uint8Array {
  const border = new Uint8Array(2 * (width + height));
  let length = 0;
  for (let x = 0; x < width; x++) border[length++] = data[x];
  for (let y = 1; y < height; y++) border[length++] = data[(y + 1) * width - 1];
  for (let x = width - 2; height > 1 && x >= 0; x--) {
    border[length++] = data[(height - 1) * width + x];
  }
  for (let y = height - 2; width > 1 && y > 0; y--) border[length++] = data[y * width];
  return border.subarray(0, length);
}

/**
 * Counts how often each brightness occurs.
 *
 * @param values Brightness, 0 to 255.
 * @returns 256 counts.
 */
export function histogram(values: Uint8Array | Uint8ClampedArray): Uint32Array {
  // Neighbours are mostly equal, and adding to the number just stored waits for it: four tables take turns.
  const tables = new Uint32Array(4 * 256);
  const fours = asWords(values);
  for (let i = 0; i < fours.length;) {
    const four = fours[i];
    const first = i++;
    // Drawings are mostly flat: what is like the four before is counted with them.
    while (i < fours.length && fours[i] === four) i++;
    tables[four & 255] += i - first;
    tables[256 + (four >>> 8 & 255)] += i - first;
    tables[512 + (four >>> 16 & 255)] += i - first;
    tables[768 + (four >>> 24)] += i - first;
  }
  for (let i = 4 * fours.length; i < values.length; i++) tables[values[i]]++;
  return tables.subarray(0, 256).map((count, level) =>
    count + tables[256 + level] + tables[512 + level] + tables[768 + level]
  );
}

/**
 * The brightness below which a share of the weight lies.
 *
 * Where the share falls between two levels it is their mean, so that the median of a picture and the median of its
 * negative add up to 255.
 *
 * @param weights The weight of each brightness, 0 to 255.
 * @param share The share, 0 to 1.
 * @returns The brightness, a whole or half number; 0 when there is no weight.
 */
export function quantile(weights: ArrayLike<number>, share: number): number {
  let total = 0;
  for (let level = 0; level < weights.length; level++) total += weights[level];
  let below = 0;
  let lower = -1;
  for (let level = 0; level < weights.length; level++) {
    below += weights[level];
    if (lower < 0 && below > 0 && below >= share * total) lower = level;
    if (below > share * total) return (lower + level) / 2;
  }
  return Math.max(lower, 0);
}
