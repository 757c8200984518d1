import * as math from "../../../../../src/model/math.ts";
import type { Random } from "../../../../../src/model/random.ts";
import {
  blankPaper,
  colouredMaterials,
  darkOnLight,
  lightOnDark,
  paint,
  type RgbaPicture,
  toRgba,
} from "../picture.ts";

/** Whether a place is inked; a figure lies in [−1, 1] × [−1, 1], with y down. */
type Figure = (x: number, y: number) => boolean;

/** Samples per pixel along each axis, for antialiasing. */
const SUPERSAMPLING = 3;

const SAMPLES = SUPERSAMPLING * SUPERSAMPLING;

/** The least difference in luma between a figure and its ground. */
const MIN_CONTRAST = 40;

/**
 * Draws a filled figure as in logos, pictograms and ornaments: polygons, stars, hearts, rings within rings, discs and
 * polygons with holes, and groups of them. No figure is a single stripe or a single ring, which are a 1 and a 0.
 */
export function figurePicture(random: Random): RgbaPicture {
  const figure = turned(FIGURES[random.integer(FIGURES.length)](random), random);
  const side = Math.round(random.uniform(40, 260));
  const materials = [
    darkOnLight(random),
    lightOnDark(random),
    colouredMaterials(MIN_CONTRAST, random),
  ][random.integer(3)];
  const photo = blankPaper(side, side, materials.paper);
  const scale = 2 * random.uniform(1.02, 1.7) / side;
  const data = new Float32Array(side * side);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [i % side, Math.floor(i / side)];
    let covered = 0;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const u = x + (sample % SUPERSAMPLING + 0.5) / SUPERSAMPLING - side / 2;
      const v = y + (Math.floor(sample / SUPERSAMPLING) + 0.5) / SUPERSAMPLING - side / 2;
      if (figure(scale * u, scale * v)) covered++;
    }
    data[i] = covered / SAMPLES;
  }
  paint(photo, { data, width: side, height: side }, materials.ink);
  return toRgba(photo);
}

const FIGURES: readonly ((random: Random) => Figure)[] = [
  (random) => polygon(3 + random.integer(6)),
  (random) => star(3 + random.integer(7), random.uniform(0.3, 0.75)),
  (random) => pierced(disc(0, 0, 1), random),
  (random) => pierced(polygon(3 + random.integer(6)), random),
  (random) => rings(random),
  (random) => heart(random),
  (random) => tree(random),
  (random) => crossed(random),
  (random) => group(random),
];

function disc(left: number, top: number, radius: number): Figure {
  return (x, y) => math.square(x - left) + math.square(y - top) < radius * radius;
}

/** A regular polygon with a corner at the top. */
function polygon(corners: number): Figure {
  const apothem = math.cos(Math.PI / corners);
  const normals = Array.from({ length: corners }, (_, n) => {
    const angle = (2 * n + 1) * Math.PI / corners - Math.PI / 2;
    return [math.cos(angle), math.sin(angle)];
  });
  return (x, y) => normals.every(([u, v]) => u * x + v * y < apothem);
}

/** A star; `inner` is the distance of its inner corners from the middle. */
function star(points: number, inner: number): Figure {
  const corners = Array.from({ length: 2 * points }, (_, n) => {
    const angle = n * Math.PI / points - Math.PI / 2;
    const radius = n % 2 === 0 ? 1 : inner;
    return [radius * math.cos(angle), radius * math.sin(angle)];
  });
  return (x, y) => {
    let isInside = false;
    for (const [n, [x1, y1]] of corners.entries()) {
      const [x2, y2] = corners[(n + 1) % corners.length];
      if ((y1 > y) !== (y2 > y) && x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)) isInside = !isInside;
    }
    return isInside;
  };
}

/** A figure with one hole that is no ring's, or with two to four round ones. */
function pierced(figure: Figure, random: Random): Figure {
  if (random.next() < 0.5) {
    const hole = random.next() < 0.5
      ? polygon(3 + random.integer(2))
      : star(3 + random.integer(4), 0.4);
    const size = random.uniform(0.3, 0.6);
    const moved = turned((x, y) => hole(x / size, y / size), random);
    return (x, y) => figure(x, y) && !moved(x, y);
  }
  const count = 2 + random.integer(3);
  const angle = random.uniform(0, 2 * Math.PI);
  const [away, radius] = [random.uniform(0.35, 0.5), random.uniform(0.1, 0.25)];
  const holes = Array.from({ length: count }, (_, n) => {
    const at = angle + 2 * Math.PI * n / count;
    return disc(away * math.cos(at), away * math.sin(at), radius);
  });
  return (x, y) => figure(x, y) && !holes.some((hole) => hole(x, y));
}

/** Two to four rings around each other, or rings around a disc. */
function rings(random: Random): Figure {
  const count = 2 + random.integer(3);
  const filled = random.uniform(0.3, 0.7);
  const phase = random.next();
  return (x, y) => {
    const away = math.hypot(x, y);
    return away < 1 && (count * away + phase) % 1 < filled;
  };
}

/** The curve (x² + y² − a)³ = x² y³, wider or narrower. */
function heart(random: Random): Figure {
  const [size, width] = [random.uniform(0.5, 0.65), random.uniform(0.8, 1.2)];
  return (across, y) => {
    const x = across / width;
    const round = x * x + y * y - size;
    return round * round * round + x * x * y * y * y < 0;
  };
}

/** One to three triangles above each other on a trunk. */
function tree(random: Random): Figure {
  const count = 1 + random.integer(3);
  const trunk = random.uniform(0.06, 0.2);
  const crown = random.uniform(0.3, 0.75);
  const width = random.uniform(0.4, 0.8);
  return (x, y) => {
    if (y > crown) return y < 1 && Math.abs(x) < trunk;
    const down = (y + 1) / (crown + 1);
    if (down < 0) return false;
    const level = down * count;
    return Math.abs(x) < width * (level % 1 + Math.floor(level) / 2) / (1 + (count - 1) / 2);
  };
}

/** Bars that cross each other, as on a flag. */
function crossed(random: Random): Figure {
  const [across, down] = [random.uniform(0.12, 0.35), random.uniform(0.12, 0.35)];
  const [left, top] = [random.uniform(-0.4, 0.4), random.uniform(-0.4, 0.4)];
  return (x, y) =>
    Math.max(Math.abs(x), Math.abs(y)) < 1 &&
    (Math.abs(x - left) < across || Math.abs(y - top) < down);
}

/** Four to sixteen equal figures in rows and columns. */
function group(random: Random): Figure {
  const [columns, rows] = [2 + random.integer(3), 2 + random.integer(3)];
  const size = random.uniform(1.1, 1.6);
  const figure = random.next() < 0.5 ? disc(0, 0, 1) : polygon(3 + random.integer(4));
  return (x, y) => {
    if (Math.max(Math.abs(x), Math.abs(y)) >= 1) return false;
    const u = 2 * ((x + 1) / 2 * columns % 1) - 1;
    const v = 2 * ((y + 1) / 2 * rows % 1) - 1;
    return figure(size * u, size * v);
  };
}

/** A figure that is turned by any angle half of the time, and a little else. */
function turned(figure: Figure, random: Random): Figure {
  const angle = random.next() < 0.5 ? random.uniform(-0.2, 0.2) : random.uniform(0, 2 * Math.PI);
  const [cos, sin] = [math.cos(angle), math.sin(angle)];
  return (x, y) => figure(cos * x + sin * y, cos * y - sin * x);
}
