import * as math from "../../../../src/model/math.ts";
import type { Random } from "../../../../src/model/random.ts";
import type { Photo } from "./picture.ts";

/**
 * Blurs a photo with a random kernel: Gaussian, disc (defocus) or line (motion blur).
 *
 * @param deviation The standard deviation of the kernel in pixels; of a line along itself.
 * @param random Draws the kernel and the direction of motion.
 * @returns A new photo.
 */
export function blur(photo: Photo, deviation: number, random: Random): Photo {
  const kind = random.integer(3);
  if (kind === 0) return gaussianBlur(photo, deviation);
  const angle = random.uniform(0, Math.PI);
  // A uniform disc of radius r has the standard deviation r / 2 along any axis, a line of length l has l / √12.
  return convolve(
    photo,
    kind === 1 ? disc(2 * deviation) : line(Math.max(2, Math.sqrt(12) * deviation), angle),
  );
}

/** From this standard deviation on, in pixels, three box filters in a row approximate a Gaussian closely. */
const MIN_BOX_DEVIATION = 1.5;

/**
 * Blurs a photo with a Gaussian kernel, which is cut at 2.5 standard deviations or, if wide, approximated by three box
 * filters.
 *
 * @param deviation The standard deviation in pixels, above 0.
 * @returns A new photo.
 */
export function gaussianBlur(photo: Photo, deviation: number): Photo {
  if (deviation >= MIN_BOX_DEVIATION) {
    // A box of radius r has the variance r (r + 1) / 3; two radii are mixed to meet the wanted variance.
    const square = math.square(deviation);
    const least = Math.floor((Math.sqrt(4 * square + 1) - 1) / 2);
    const wider = Math.round(1.5 * (square - least * (least + 1)) / (least + 1));
    return [0, 1, 2].reduce(
      (blurred, pass) => boxFilter(blurred, pass < wider ? least + 1 : least),
      photo,
    );
  }
  const reach = Math.ceil(2.5 * deviation);
  const curve = Array.from({ length: 2 * reach + 1 }, (_, n) => ({
    at: n - reach,
    weight: math.exp(-0.5 * math.square((n - reach) / deviation)),
  }));
  const rows = convolve(photo, curve.map(({ at, weight }) => ({ x: at, y: 0, weight })));
  return convolve(rows, curve.map(({ at, weight }) => ({ x: 0, y: at, weight })));
}

/** A separable box filter by running sums. The edge pixels are replicated. */
function boxFilter({ data, width, height }: Photo, reach: number): Photo {
  const share = 1 / (2 * reach + 1);
  const rows = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let c = 0; c < 3; c++) {
      const first = 3 * width * y + c;
      const last = first + 3 * (width - 1);
      let sum = 0;
      for (let x = -reach; x <= reach; x++) {
        sum += data[Math.min(last, Math.max(first, first + 3 * x))];
      }
      for (let at = first; at <= last; at += 3) {
        rows[at] = share * sum;
        const [old, next] = [at - 3 * reach, at + 3 * (reach + 1)];
        sum += data[next > last ? last : next] - data[old < first ? first : old];
      }
    }
  }
  const out = new Float32Array(data.length);
  const sums = new Float32Array(3 * width);
  const rowAt = (y: number): number => 3 * width * Math.min(height - 1, Math.max(0, y));
  for (let y = -reach; y <= reach; y++) {
    for (let i = 0; i < sums.length; i++) sums[i] += rows[rowAt(y) + i];
  }
  for (let y = 0; y < height; y++) {
    const [at, old, next] = [rowAt(y), rowAt(y - reach), rowAt(y + reach + 1)];
    for (let i = 0; i < sums.length; i++) {
      out[at + i] = share * sums[i];
      sums[i] += rows[next + i] - rows[old + i];
    }
  }
  return { data: out, width, height };
}

/** One sample of a convolution kernel, relative to the pixel. Weights need not sum to 1. */
interface KernelSample {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** Samples of a disc: enough for the largest blur to look even, few enough to be fast. */
const MAX_DISC_SAMPLES = 28;

function disc(radius: number): KernelSample[] {
  const count = Math.min(MAX_DISC_SAMPLES, Math.ceil(Math.PI * math.square(radius)));
  // Vogel's sunflower spiral (1979) covers a disc evenly without a visible grid.
  return Array.from({ length: count }, (_, n) => {
    const away = radius * Math.sqrt((n + 0.5) / count);
    const angle = n * Math.PI * (3 - Math.sqrt(5));
    return { x: away * math.cos(angle), y: away * math.sin(angle), weight: 1 };
  });
}

function line(length: number, angle: number): KernelSample[] {
  const count = Math.ceil(length);
  return Array.from({ length: count }, (_, n) => {
    const along = length * ((n + 0.5) / count - 0.5);
    return { x: along * math.cos(angle), y: along * math.sin(angle), weight: 1 };
  });
}

/** Convolves a photo with a kernel whose samples are rounded to whole pixels. The edge pixels are replicated. */
function convolve({ data, width, height }: Photo, kernel: readonly KernelSample[]): Photo {
  const reach = Math.ceil(Math.max(...kernel.flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)])));
  const stride = 3 * (width + 2 * reach);
  const padded = new Float32Array(stride * (height + 2 * reach));
  for (let y = 0, at = 0; y < height + 2 * reach; y++) {
    const row = 3 * width * Math.min(height - 1, Math.max(0, y - reach));
    for (let x = -reach; x < width + reach; x++) {
      const from = row + 3 * (x < 0 ? 0 : x >= width ? width - 1 : x);
      padded[at++] = data[from];
      padded[at++] = data[from + 1];
      padded[at++] = data[from + 2];
    }
  }
  const total = kernel.reduce((sum, { weight }) => sum + weight, 0);
  const out = new Float32Array(data.length);
  for (const { x, y, weight } of kernel) {
    const share = weight / total;
    const offset = stride * (reach + Math.round(y)) + 3 * (reach + Math.round(x));
    for (let row = 0; row < height; row++) {
      const from = offset + stride * row;
      const to = 3 * width * row;
      for (let i = 0; i < 3 * width; i++) out[to + i] += share * padded[from + i];
    }
  }
  return { data: out, width, height };
}

/**
 * Entries of a table of normal deviates, and their logarithm to base 2. Drawing one for each value would take longer
 * than all other steps together.
 */
const TABLE_BITS = 12;

const TABLE_SIZE = 1 << TABLE_BITS;

/**
 * Adds Gaussian noise to a photo in place, of which 64 % of the variance is common to the three channels.
 *
 * @param deviation The standard deviation in grey levels of 255.
 */
export function addSensorNoise({ data }: Photo, deviation: number, random: Random): void {
  const table = Float32Array.from({ length: TABLE_SIZE }, () => random.normal() * deviation);
  for (let i = 0; i < data.length; i += 3) {
    const places = random.integer(TABLE_SIZE * TABLE_SIZE);
    const common = 0.8 * table[places >> TABLE_BITS];
    const place = places & (TABLE_SIZE - 1);
    data[i] += common + 0.6 * table[place];
    data[i + 1] += common + 0.6 * table[place ^ 1];
    data[i + 2] += common + 0.6 * table[place ^ 2];
  }
}

/**
 * Adds salt-and-pepper noise to a photo in place.
 *
 * @param share The share of pixels that become black or white, 0 to 1.
 */
export function addSaltAndPepper({ data }: Photo, share: number, random: Random): void {
  const pixels = data.length / 3;
  for (let n = Math.round(share * pixels); n > 0; n--) {
    const at = 3 * random.integer(pixels);
    data.fill(random.next() < 0.5 ? 0 : 255, at, at + 3);
  }
}

/**
 * Adds specks of dust to a photo in place: soft ellipses, dark or light.
 *
 * @param radius The largest semi-axis in pixels.
 */
export function addDust(
  { data, width, height }: Photo,
  count: number,
  radius: number,
  random: Random,
): void {
  for (let n = 0; n < count; n++) {
    const [x, y] = [random.uniform(0, width), random.uniform(0, height)];
    const [long, short] = [random.uniform(0.4, 1) * radius, random.uniform(0.4, 1) * radius];
    const tone = random.next() < 0.7 ? random.uniform(20, 110) : random.uniform(200, 255);
    const strong = random.uniform(0.5, 1);
    const reach = Math.max(long, short) + 1;
    for (let py = Math.max(0, Math.floor(y - reach)); py < Math.min(height, y + reach); py++) {
      for (let px = Math.max(0, Math.floor(x - reach)); px < Math.min(width, x + reach); px++) {
        const away = math.hypot((px + 0.5 - x) / long, (py + 0.5 - y) / short);
        const share = strong * Math.min(1, Math.max(0, (1 - away) * Math.min(long, short) + 0.5));
        const at = 3 * (py * width + px);
        for (let c = 0; c < 3; c++) data[at + c] += share * (tone - data[at + c]);
      }
    }
  }
}
