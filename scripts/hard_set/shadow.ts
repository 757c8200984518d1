import type { Random } from "../../src/model/random.ts";
import type { Photo } from "./photo.ts";

/** How far a place lies inside what throws a shadow, in shares of the picture's longer side; below 0 outside. */
type Inside = (x: number, y: number) => number;

/**
 * Throws a shadow on a picture: of the edge of something large, of a phone, or of a hand.
 *
 * @param photo The picture, changed in place.
 * @param light How much light is left in the shadow, 0 to 1.
 * @param random What throws the shadow, where, and how sharp it is.
 */
export function throwShadow({ data, width, height }: Photo, light: number, random: Random): void {
  const longer = Math.max(width, height);
  const inside = pickShadow(random, width / longer, height / longer);
  const softness = random.uniform(0.004, 0.08);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const depth = inside((x + 0.5) / longer, (y + 0.5) / longer) / softness + 0.5;
      const share = depth <= 0 ? 0 : depth >= 1 ? 1 : depth * depth * (3 - 2 * depth);
      const left = 1 - (1 - light) * share;
      data[at++] *= left;
      data[at++] *= left;
      // A shadow outdoors is lit by the sky.
      data[at++] *= left + 0.03 * share;
    }
  }
}

function pickShadow(random: Random, width: number, height: number): Inside {
  const kind = random.integer(3);
  const angle = random.uniform(0, 2 * Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // Its middle, or a point of its edge, lies near the middle of the picture.
  const left = width * random.uniform(0.25, 0.75);
  const top = height * random.uniform(0.25, 0.75);
  if (kind === 0) return (x, y) => (x - left) * cos + (y - top) * sin;
  if (kind === 1) return phone(random, left + 0.25 * cos, top + 0.25 * sin, cos, sin);
  return hand(random, left, top, cos, sin);
}

function phone(random: Random, left: number, top: number, cos: number, sin: number): Inside {
  const long = random.uniform(0.25, 0.45);
  const short = long * 0.5;
  const corner = 0.15 * short;
  return (x, y) => {
    const along = Math.abs((x - left) * cos + (y - top) * sin) - long + corner;
    const across = Math.abs((y - top) * cos - (x - left) * sin) - short + corner;
    const [outAlong, outAcross] = [Math.max(along, 0), Math.max(across, 0)];
    return corner - distance(outAlong, outAcross) -
      Math.min(Math.max(along, across), 0);
  };
}

function hand(random: Random, tipX: number, tipY: number, cos: number, sin: number): Inside {
  // Fingers side by side, each a line with a thickness, and the back of the hand behind them.
  const thick = random.uniform(0.05, 0.08);
  const fingers = Array.from({ length: 4 }, (_, n) => ({
    across: (n - 1.5) * 2.1 * thick,
    start: random.uniform(0, 0.12) + 0.05 * Math.abs(n - 1.5),
  }));
  return (x, y) => {
    const along = (x - tipX) * cos + (y - tipY) * sin;
    const across = (y - tipY) * cos - (x - tipX) * sin;
    let depth = 0.3 - distance(Math.max(0, 0.6 - along), across);
    for (const finger of fingers) {
      const before = Math.max(0, finger.start - along);
      const inFinger = thick - distance(before, across - finger.across);
      if (inFinger > depth) depth = inFinger;
    }
    return depth;
  };
}

/** Much faster than `Math.hypot`. */
function distance(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}
