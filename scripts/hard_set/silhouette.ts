import type { Random } from "../../src/model/random.ts";

/** Whether a place lies in a shape: across and down, each −1 to 1. */
export type Silhouette = (x: number, y: number) => boolean;

/**
 * Makes up the outline of a thing: something turned on a lathe, which may have arms, legs, straps and a neck; something
 * that stands on the ground; a heap of round shapes; bands that are tied together; or all there is to see.
 *
 * @param random Where chance comes from.
 * @returns The outline.
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
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => shape(1.1 * (cos * x - sin * y), 1.1 * (sin * x + cos * y));
}

/** A line through random heights at equal distances, from −1 to 1. */
function profile(random: Random, low: number, high: number): (at: number) => number {
  const knots = Array.from({ length: 2 + random.integer(5) }, () => random.uniform(low, high));
  return (at) => {
    const place = Math.min(0.999, Math.max(0, (at + 1) / 2)) * (knots.length - 1);
    const knot = Math.floor(place);
    return knots[knot] + (place - knot) * (knots[knot + 1] - knots[knot]);
  };
}

/** The same on both sides of a line from above to below. */
function body(random: Random): Silhouette {
  const widest = random.uniform(0.35, 1);
  const half = profile(random, random.uniform(0.3, 0.8) * widest, widest);
  const parts: Silhouette[] = [];
  const holes: Silhouette[] = [];
  let [top, bottom] = [-1, 1];
  if (random.next() < 0.4) {
    // Arms hang down from the shoulders, or stand off.
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
      const distance = Math.hypot(x / across, (y - top) / (top + 1));
      return distance < 1 && distance > 1 - 2 * thick / across;
    });
  } else if (random.next() < 0.4) {
    const [across, deep] = [random.uniform(0.1, 0.5) * widest, random.uniform(0.1, 0.6)];
    holes.push((x, y) => Math.hypot(x / across, (y + 1) / deep) < 1);
  }
  if (random.next() < 0.2) bottom = random.uniform(0.5, 1);
  return (x, y) =>
    (y >= top && y <= bottom && Math.abs(x) < half(y) && !holes.some((hole) => hole(x, y))) ||
    parts.some((part) => part(x, y));
}

/** Something low or high with a flat or hollow base. */
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
    const under = 1 - ((x - hollowAt) / hollowWidth) ** 2;
    if (under > 0 && y > base - hollow * Math.sqrt(under)) return false;
    return Math.hypot(x - openingAt[0], y - openingAt[1]) >= opening;
  };
}

/** One to four ellipses that lie on each other. */
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
      Math.abs((x - one.x) / one.width) ** one.corners +
          Math.abs((y - one.y) / one.height) ** one.corners < 1
    );
}

/** A sole and straps over it, or bars beside each other on a common bar. */
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
