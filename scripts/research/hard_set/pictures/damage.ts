import type { Photo } from "./rgba_picture.ts";
import type { Random } from "../../../../src/model/random.ts";

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

/** Numbers from the normal distribution, drawn once: drawing anew for each pixel takes longer than all the rest. */
const BITS = 12;

const TABLE = 1 << BITS;

/**
 * The noise of a sensor: every value of every pixel a little off, all channels together more than each alone.
 *
 * @param photo The picture, changed in place.
 * @param deviation How far, in values: the standard deviation.
 * @param random Where chance comes from.
 */
export function addSensorNoise({ data }: Photo, deviation: number, random: Random): void {
  const table = Float32Array.from({ length: TABLE }, () => random.normal() * deviation);
  for (let i = 0; i < data.length; i += 3) {
    const places = random.integer(TABLE * TABLE);
    const common = 0.8 * table[places >> BITS];
    const place = places & (TABLE - 1);
    data[i] += common + 0.6 * table[place];
    data[i + 1] += common + 0.6 * table[place ^ 1];
    data[i + 2] += common + 0.6 * table[place ^ 2];
  }
}

/**
 * Pixels that are quite black or quite white.
 *
 * @param photo The picture, changed in place.
 * @param share How many of all pixels.
 * @param random Where chance comes from.
 */
export function addSaltAndPepper({ data }: Photo, share: number, random: Random): void {
  const pixels = data.length / 3;
  for (let n = Math.round(share * pixels); n > 0; n--) {
    const at = 3 * random.integer(pixels);
    data.fill(random.next() < 0.5 ? 0 : 255, at, at + 3);
  }
}

/**
 * Specks of dust, dark or light, smaller than any stroke.
 *
 * @param photo The picture, changed in place.
 * @param count How many.
 * @param radius How large the largest one is, in pixels.
 * @param random Where chance comes from.
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
        const away = Math.hypot((px + 0.5 - x) / long, (py + 0.5 - y) / short);
        const share = strong * Math.min(1, Math.max(0, (1 - away) * Math.min(long, short) + 0.5));
        const at = 3 * (py * width + px);
        for (let c = 0; c < 3; c++) data[at + c] += share * (tone - data[at + c]);
      }
    }
  }
}

/**
 * Takes the steps out of a square grid: each place becomes the mean of the 3×3 places around it. The border stays.
 *
 * @param grid The grid.
 * @param side Rows and columns.
 * @returns A new grid.
 */
export function smooth(grid: Float32Array, side: number): Float32Array {
  const rows = grid.slice();
  for (let i = 1; i + 1 < grid.length; i++) rows[i] = (grid[i - 1] + grid[i] + grid[i + 1]) / 3;
  const out = grid.slice();
  for (let i = side; i + side < grid.length; i++) {
    out[i] = (rows[i - side] + rows[i] + rows[i + side]) / 3;
  }
  return out;
}

/**
 * The distance from each place of a square grid to the nearest of some places: one pass along the rows, then the lower
 * envelope of parabolas along the columns (P. Felzenszwalb and D. Huttenlocher, "Distance transforms of sampled
 * functions", 2012).
 *
 * @param side Rows and columns.
 * @param isThere Which places to measure from.
 * @returns The distances; infinite when there is no such place.
 */
export function distances(side: number, isThere: (i: number) => boolean): Float32Array {
  const squares = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    let away = Infinity;
    for (let x = 0; x < side; x++) {
      away = isThere(y * side + x) ? 0 : away + 1;
      squares[y * side + x] = away * away;
    }
    away = Infinity;
    for (let x = side - 1; x >= 0; x--) {
      const i = y * side + x;
      away = squares[i] === 0 ? 0 : away + 1;
      squares[i] = Math.min(squares[i], away * away);
    }
  }

  const column = new Float32Array(side);
  const vertex = new Int32Array(side);
  const start = new Float32Array(side + 1);
  for (let x = 0; x < side; x++) {
    for (let y = 0; y < side; y++) column[y] = squares[y * side + x];
    let last = -1;
    for (let y = 0; y < side; y++) {
      if (column[y] === Infinity) continue;
      let from = -Infinity;
      while (last >= 0) {
        const other = vertex[last];
        from = (column[y] + y * y - column[other] - other * other) / (2 * (y - other));
        if (from > start[last]) break;
        last--;
      }
      last++;
      vertex[last] = y;
      start[last] = last === 0 ? -Infinity : from;
    }
    if (last < 0) continue;
    start[last + 1] = Infinity;
    for (let y = 0, k = 0; y < side; y++) {
      while (start[k + 1] < y) k++;
      const away = y - vertex[k];
      squares[y * side + x] = away * away + column[vertex[k]];
    }
  }
  return squares.map(Math.sqrt);
}
