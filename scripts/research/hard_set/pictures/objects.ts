import type { Dataset } from "../../../../src/data/dataset.ts";
import * as math from "../../../../src/model/math.ts";
import type { Random } from "../../../../src/model/random.ts";

/** Columns and rows of a picture. */
const SIDE = 28;

/**
 * Draws a solid object, light on black: one to five textured ellipses and trapezoids, often mirror-symmetric. Clothing,
 * bottles and stones look like that.
 *
 * @returns 28×28 bytes.
 */
export function solidPicture(random: Random): Uint8Array<ArrayBuffer> {
  const pixels = new Float32Array(SIDE * SIDE);
  const isMirrored = random.next() < 0.6;
  const count = 1 + random.integer(5);
  for (let shape = 0; shape < count; shape++) {
    const isFirst = shape === 0;
    const inside = randomShape(random, isFirst);
    const shade = random.uniform(0.35, 1);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const isIn = inside(x, y) || (isMirrored && inside(SIDE - 1 - x, y));
        if (isIn) pixels[y * SIDE + x] = shade;
      }
    }
  }
  addTexture(pixels, random);
  return Uint8Array.from(pixels, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
}

/** The inside test of a random sheared ellipse or trapezoid, in pixels. */
function randomShape(random: Random, isLarge: boolean): (x: number, y: number) => boolean {
  const middleX = isLarge ? random.uniform(11, 17) : random.uniform(4, 24);
  const middleY = isLarge ? random.uniform(11, 17) : random.uniform(4, 24);
  const width = isLarge ? random.uniform(5, 13) : random.uniform(1.5, 7);
  const height = isLarge ? random.uniform(6, 14) : random.uniform(2, 12);
  const lean = random.uniform(-0.5, 0.5);
  if (random.next() < 0.35) {
    return (x, y) => {
      const [u, v] = [(x - middleX - lean * (y - middleY)) / width, (y - middleY) / height];
      return u * u + v * v < 1;
    };
  }
  const taper = random.uniform(-0.6, 0.6);
  return (x, y) => {
    const v = (y - middleY) / height;
    return Math.abs(v) < 1 &&
      Math.abs(x - middleX - lean * (y - middleY)) < width * (1 + taper * v) / 1.3;
  };
}

/** Applies a gradient, stripes and grain to what is not black, in place. */
function addTexture(pixels: Float32Array, random: Random): void {
  const [across, down] = [random.uniform(-0.02, 0.02), random.uniform(-0.02, 0.02)];
  const stripes = random.next() < 0.4 ? random.uniform(0.1, 0.6) : 0;
  const [stripeX, stripeY] = random.next() < 0.5 ? [random.uniform(0.5, 2), 0] : [
    0,
    random.uniform(0.5, 2),
  ];
  const grain = random.uniform(0, 0.18);
  for (let i = 0; i < pixels.length; i++) {
    if (pixels[i] === 0) continue;
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    const wave = 1 - stripes * (0.5 + 0.5 * math.sin(stripeX * x + stripeY * y));
    const light = 1 + across * (x - SIDE / 2) + down * (y - SIDE / 2);
    pixels[i] *= wave * light * (1 + grain * random.normal());
  }
}

/** Samples per pixel along each axis, for antialiasing. */
const SUPERSAMPLING = 3;

const SAMPLES = SUPERSAMPLING * SUPERSAMPLING;

/**
 * Cuts a patch of a photo out along a random silhouette: a real texture in an invented outline.
 *
 * @param photos Photos of three channels.
 * @returns 28×28 bytes: the object on black, which nearly fills the picture.
 */
export function photoCutout(photos: Dataset, random: Random): Uint8Array<ArrayBuffer> {
  return cutOut(randomTexture(photos, random), random, { share: 0.3, least: 0.55 });
}

/**
 * Draws cloth in a random silhouette: smooth shading, soft folds, seams, and sometimes a pattern or a print.
 *
 * @returns 28×28 bytes: the object on black, which nearly fills the picture.
 */
export function clothPicture(random: Random): Uint8Array<ArrayBuffer> {
  return cutOut(foldedCloth(random), random, { share: 0.6, least: 0.2 });
}

/** The grey level, 0 to 1, at a pixel. */
type Texture = (x: number, y: number) => number;

/**
 * Cuts a texture out along a random silhouette.
 *
 * @param narrowed How many objects are narrow or low, and by how much at least one side is scaled.
 */
function cutOut(
  texture: Texture,
  random: Random,
  narrowed: { readonly share: number; readonly least: number },
): Uint8Array<ArrayBuffer> {
  const inside = silhouette(random);
  const half = SIDE / 2 - random.uniform(-1, 3);
  const narrow = random.next() < narrowed.share ? random.uniform(narrowed.least, 1) : 1;
  const [halfX, halfY] = random.next() < 0.7 ? [half * narrow, half] : [half, half * narrow];
  const pixels = new Uint8Array(SIDE * SIDE);
  for (let y = 0, at = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, at++) {
      let covered = 0;
      for (let sample = 0; sample < SAMPLES; sample++) {
        const u = (x + (sample % SUPERSAMPLING + 0.5) / SUPERSAMPLING - SIDE / 2) / halfX;
        const v = (y + (Math.floor(sample / SUPERSAMPLING) + 0.5) / SUPERSAMPLING - SIDE / 2) /
          halfY;
        if (Math.abs(u) <= 1 && Math.abs(v) <= 1 && inside(u, v)) covered++;
      }
      pixels[at] = Math.round(255 * texture(x, y) * covered / SAMPLES);
    }
  }
  return pixels;
}

/** The grey levels, 0 to 1, of a random patch of a photo, with random contrast. */
function randomTexture(photos: Dataset, random: Random): Texture {
  const [, height, width] = photos.shape;
  const area = width * height;
  const photo = photos.images.subarray(3 * area * random.integer(photos.count)).subarray(
    0,
    3 * area,
  );
  const scale = random.uniform(0.2, 1) * (width - 1) / SIDE;
  const left = random.uniform(0, width - 1 - scale * (SIDE - 1));
  const top = random.uniform(0, height - 1 - scale * (SIDE - 1));
  const isMirrored = random.next() < 0.5;
  const values = new Float32Array(SIDE * SIDE);
  let [least, most] = [Infinity, -Infinity];
  for (let y = 0, at = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++, at++) {
      const u = left + scale * (isMirrored ? SIDE - 1 - x : x);
      const i = Math.floor(top + scale * y) * width + Math.floor(u);
      const value = 0.3 * photo[i] + 0.6 * photo[area + i] + 0.1 * photo[2 * area + i];
      values[at] = value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  const light = random.uniform(0.5, 1);
  const dark = light * random.uniform(0.1, 0.95);
  const range = Math.max(1, most - least);
  return (x, y) => dark + (light - dark) * (values[y * SIDE + x] - least) / range;
}

/** Cloth in soft light. */
function foldedCloth(random: Random): Texture {
  const waves = Array.from({ length: 2 + random.integer(3) }, () => wave(random, 0.05, 0.35, 0.2));
  const folds = Array.from({ length: random.integer(6) }, () => fold(random));
  const seams = Array.from({ length: random.integer(3) }, () => ({
    at: random.uniform(2, SIDE - 2),
    isLevel: random.next() < 0.7,
    depth: random.uniform(-0.25, 0.35),
    width: random.uniform(0.4, 1.2),
  }));
  const pattern = random.next() < 0.3 ? wave(random, 0.8, 2.2, 0.4) : () => 0;
  const print = random.next() < 0.3 ? randomShape(random, false) : () => false;
  const printed = random.uniform(-0.5, 0.5);
  const light = random.uniform(0.25, 1);
  const grain = random.uniform(0, 0.06);
  return (x, y) => {
    let value = 1 + grain * random.normal() + pattern(x, y) + (print(x, y) ? printed : 0);
    for (const one of waves) value += one(x, y);
    for (const one of folds) value += one(x, y);
    for (const { at, isLevel, depth, width } of seams) {
      value -= depth * math.exp(-math.square(((isLevel ? y : x) - at) / width));
    }
    return Math.min(1, Math.max(0.02, light * value));
  };
}

/** A sine wave in any direction: `from` and `to` bound its radians per pixel, `most` its amplitude. */
function wave(random: Random, from: number, to: number, most: number): Texture {
  const angle = random.uniform(0, Math.PI);
  const frequency = random.uniform(from, to);
  const [across, down] = [frequency * math.cos(angle), frequency * math.sin(angle)];
  const phase = random.uniform(0, 2 * Math.PI);
  const amplitude = random.uniform(0, most);
  return (x, y) => amplitude * math.sin(across * x + down * y + phase);
}

/** A soft dark or light line that bends a little and fades out at its ends. */
function fold(random: Random): Texture {
  const [middleX, middleY] = [random.uniform(4, 24), random.uniform(4, 24)];
  const angle = random.uniform(0, Math.PI);
  const [cos, sin] = [math.cos(angle), math.sin(angle)];
  const [length, width] = [random.uniform(3, 14), random.uniform(0.5, 2.5)];
  const bend = random.uniform(-0.04, 0.04);
  const depth = random.uniform(-0.3, 0.5);
  return (x, y) => {
    const along = cos * (x - middleX) + sin * (y - middleY);
    const beside = cos * (y - middleY) - sin * (x - middleX) - bend * along * along;
    return -depth * math.exp(-math.square(along / length) - math.square(beside / width));
  };
}

/** The inside test of an outline in [−1, 1] × [−1, 1]. */
type Silhouette = (x: number, y: number) => boolean;

/**
 * Draws the outline of an object: a symmetric body with arms, legs or straps, such as clothing; an object on a flat
 * base, such as a shoe; a group of ellipses; bars on a common base; or, rarely, the whole square.
 */
export function silhouette(random: Random): Silhouette {
  const chance = random.next();
  const shape = chance < 0.5
    ? body(random)
    : chance < 0.7
    ? standing(random)
    : chance < 0.85
    ? heap(random)
    : chance < 0.95
    ? bands(random)
    : () => true;
  if (random.next() < 0.6) return shape;
  const angle = random.uniform(-0.35, 0.35);
  const [cos, sin] = [math.cos(angle), math.sin(angle)];
  return (x, y) => shape(1.1 * (cos * x - sin * y), 1.1 * (sin * x + cos * y));
}

/** A piecewise linear function on [−1, 1] through random heights at equally spaced knots. */
function profile(random: Random, low: number, high: number): (at: number) => number {
  const knots = Array.from({ length: 2 + random.integer(5) }, () => random.uniform(low, high));
  return (at) => {
    const place = Math.min(0.999, Math.max(0, (at + 1) / 2)) * (knots.length - 1);
    const knot = Math.floor(place);
    return knots[knot] + (place - knot) * (knots[knot + 1] - knots[knot]);
  };
}

/** A body that is symmetric about the vertical axis, with optional arms, legs, straps and neck. */
function body(random: Random): Silhouette {
  const widest = random.uniform(0.35, 1);
  const half = profile(random, random.uniform(0.3, 0.8) * widest, widest);
  const parts: Silhouette[] = [];
  const holes: Silhouette[] = [];
  let [top, bottom] = [-1, 1];
  if (random.next() < 0.4) {
    const shoulder = random.uniform(-1, -0.5);
    const reach = random.uniform(0.5, 1.3);
    const length = random.uniform(0.3, 1.9);
    const thick = random.uniform(0.12, 0.3);
    parts.push((x, y) => {
      const along = (y - shoulder) / length;
      return along > 0 && along < 1 &&
        Math.abs(Math.abs(x) - (0.5 * widest + (reach - 0.5 * widest) * along)) < thick;
    });
  }
  if (random.next() < 0.3) {
    const crotch = random.uniform(-0.7, 0.7);
    const gap = random.uniform(0.05, 0.35);
    holes.push((x, y) => y > crotch && Math.abs(x) < gap * (y - crotch) / (1 - crotch));
  }
  if (random.next() < 0.35) {
    top = random.uniform(-0.7, 0);
    const [across, thick] = [random.uniform(0.2, 0.8) * widest, random.uniform(0.05, 0.16)];
    const isRound = random.next() < 0.6;
    parts.push((x, y) => {
      if (y > top) return false;
      if (!isRound) return Math.abs(Math.abs(x) - across) < thick;
      const distance = math.hypot(x / across, (y - top) / (top + 1));
      return distance < 1 && distance > 1 - 2 * thick / across;
    });
  } else if (random.next() < 0.4) {
    const [across, deep] = [random.uniform(0.1, 0.5) * widest, random.uniform(0.1, 0.6)];
    holes.push((x, y) => math.hypot(x / across, (y + 1) / deep) < 1);
  }
  if (random.next() < 0.2) bottom = random.uniform(0.5, 1);
  return (x, y) =>
    (y >= top && y <= bottom && Math.abs(x) < half(y) && !holes.some((hole) => hole(x, y))) ||
    parts.some((part) => part(x, y));
}

/** An object on a flat or hollow base, with an optional opening. */
function standing(random: Random): Silhouette {
  const top = profile(random, -1, random.uniform(-0.2, 0.7));
  const hollow = random.next() < 0.4 ? random.uniform(0.1, 0.6) : 0;
  const hollowAt = random.uniform(-0.4, 0.6);
  const hollowWidth = random.uniform(0.2, 0.6);
  const base = random.uniform(0.75, 1);
  const opening = random.next() < 0.3 ? random.uniform(0.15, 0.4) : 0;
  const openingAt = [random.uniform(-0.6, 0.6), random.uniform(-0.2, 0.5)];
  const side = random.next() < 0.5 ? 1 : -1;
  return (along, y) => {
    const x = side * along;
    if (y < top(x) || y > base) return false;
    const under = 1 - math.square((x - hollowAt) / hollowWidth);
    if (under > 0 && y > base - hollow * Math.sqrt(under)) return false;
    return math.hypot(x - openingAt[0], y - openingAt[1]) >= opening;
  };
}

/** The union of one to four ellipses or superellipses. */
function heap(random: Random): Silhouette {
  const ellipses = Array.from({ length: 1 + random.integer(4) }, (_, n) => {
    const isFirst = n === 0;
    const [x, y] = isFirst ? [0, 0] : [random.uniform(-0.6, 0.6), random.uniform(-0.7, 0.7)];
    const [width, height] = isFirst
      ? [random.uniform(0.4, 1), random.uniform(0.6, 1)]
      : [random.uniform(0.2, 0.6), random.uniform(0.2, 0.6)];
    return { x, y, width, height, corners: random.next() < 0.3 ? 4 : 2 };
  });
  return (x, y) =>
    ellipses.some((one) =>
      math.pow(Math.abs((x - one.x) / one.width), one.corners) +
          math.pow(Math.abs((y - one.y) / one.height), one.corners) < 1
    );
}

/** Two to five bars on a common base, such as a sandal with its straps. */
function bands(random: Random): Silhouette {
  const thick = random.uniform(0.1, 0.3);
  const lean = random.uniform(-0.6, 0.6);
  const count = 2 + random.integer(4);
  const bars = Array.from({ length: count }, (_, n) => {
    const at = -1 + 2 * (n + random.uniform(0.2, 0.8)) / count;
    return { at, lean: random.uniform(-0.5, 0.5), width: random.uniform(0.08, 0.25) };
  });
  const top = profile(random, -1, 0.3);
  const base = (x: number): number => 0.8 + lean * 0.5 * (x - 1);
  const isUpright = random.next() < 0.3;
  return (a, b) => {
    const [x, y] = isUpright ? [b, a] : [a, b];
    const ground = base(x);
    if (Math.abs(y - ground) < thick) return true;
    if (y > ground || y < top(x)) return false;
    return bars.some((bar) => Math.abs(x - bar.at - bar.lean * (y - ground)) < bar.width);
  };
}
