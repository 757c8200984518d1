import type { Random } from "../../src/model/random.ts";
import type { Photo } from "./photo.ts";

/**
 * Blurs a picture as a camera does: a little of everything (Gauss), out of focus (a disc), or moved (a line).
 *
 * @param photo The picture.
 * @param amount How far, in pixels: the standard deviation.
 * @param random Which kind of blur, and which way.
 * @returns A new picture.
 */
export function blur(photo: Photo, amount: number, random: Random): Photo {
  const kind = random.integer(3);
  if (kind === 0) return blurGauss(photo, amount);
  const angle = random.uniform(0, Math.PI);
  // A disc of radius 2 deviates by 1 along any line, a line of length √12 by 1 along itself.
  return average(
    photo,
    kind === 1 ? disc(2 * amount) : line(Math.max(2, Math.sqrt(12) * amount), angle),
  );
}

/** From this deviation on, three means in a row are as good as Gauss's curve. */
const LARGE = 1.5;

/**
 * Blurs a picture with Gauss's curve.
 *
 * @param photo The picture.
 * @param deviation The standard deviation in pixels.
 * @returns A new picture.
 */
export function blurGauss(photo: Photo, deviation: number): Photo {
  if (deviation >= LARGE) {
    // A mean that reaches r to either side has the variance r (r + 1) / 3.
    const square = deviation ** 2;
    const least = Math.floor((Math.sqrt(4 * square + 1) - 1) / 2);
    const wider = Math.round(1.5 * (square - least * (least + 1)) / (least + 1));
    return [0, 1, 2].reduce(
      (blurred, pass) => meanAround(blurred, pass < wider ? least + 1 : least),
      photo,
    );
  }
  const reach = Math.ceil(2.5 * deviation);
  const curve = Array.from({ length: 2 * reach + 1 }, (_, n) => ({
    at: n - reach,
    weight: Math.exp(-0.5 * ((n - reach) / deviation) ** 2),
  }));
  const rows = average(photo, curve.map(({ at, weight }) => ({ x: at, y: 0, weight })));
  return average(rows, curve.map(({ at, weight }) => ({ x: 0, y: at, weight })));
}

/** Makes every pixel the mean of a square around it, rows first, then columns, by sums that move along. */
function meanAround({ data, width, height }: Photo, reach: number): Photo {
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

/** A pixel nearby, and how much it counts. */
interface Near {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** The most places that stand for a disc. */
const PLACES = 28;

function disc(radius: number): Near[] {
  const count = Math.min(PLACES, Math.ceil(Math.PI * radius ** 2));
  // Spread like the seeds of a sunflower (H. Vogel, 1979), so that no pattern shows.
  return Array.from({ length: count }, (_, n) => {
    const away = radius * Math.sqrt((n + 0.5) / count);
    const angle = n * Math.PI * (3 - Math.sqrt(5));
    return { x: away * Math.cos(angle), y: away * Math.sin(angle), weight: 1 };
  });
}

function line(length: number, angle: number): Near[] {
  const count = Math.ceil(length);
  return Array.from({ length: count }, (_, n) => {
    const along = length * ((n + 0.5) / count - 0.5);
    return { x: along * Math.cos(angle), y: along * Math.sin(angle), weight: 1 };
  });
}

/** Makes every pixel a mean of pixels nearby; beyond the border the picture goes on as at it. */
function average({ data, width, height }: Photo, near: readonly Near[]): Photo {
  const reach = Math.ceil(Math.max(...near.flatMap(({ x, y }) => [Math.abs(x), Math.abs(y)])));
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
  const total = near.reduce((sum, { weight }) => sum + weight, 0);
  const out = new Float32Array(data.length);
  for (const { x, y, weight } of near) {
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
