import * as math from "../../../../src/model/math.ts";
import type { Random } from "../../../../src/model/random.ts";
import type { Photo } from "./picture.ts";

/**
 * Applies uneven illumination in place: a linear gradient, or the falloff around a lamp near an edge.
 *
 * @param factor The approximate ratio of the brightest to the darkest illumination, above 1.
 * @param random Draws the direction and the kind.
 */
export function addLightGradient(
  { data, width, height }: Photo,
  factor: number,
  random: Random,
): void {
  const angle = random.uniform(0, 2 * Math.PI);
  const [cos, sin] = [math.cos(angle), math.sin(angle)];
  const lamp = random.next() < 0.4;
  const [lampX, lampY] = [0.5 + 0.55 * cos, 0.5 + 0.55 * sin];
  const reach = Math.abs(cos) + Math.abs(sin);
  const darkest = 1 / factor;
  for (let y = 0, at = 0; y < height; y++) {
    const v = (y + 0.5) / height;
    for (let x = 0; x < width; x++) {
      const u = (x + 0.5) / width;
      let shade: number;
      if (lamp) {
        const [dx, dy] = [u - lampX, v - lampY];
        shade = Math.min(1, (dx * dx + dy * dy) / 1.5);
      } else {
        shade = 0.5 - ((u - 0.5) * cos + (v - 0.5) * sin) / reach;
      }
      const light = 1 - (1 - darkest) * shade;
      data[at++] *= light;
      data[at++] *= light;
      data[at++] *= light;
    }
  }
}

/** Signed distance to the outline of a shadow, positive inside, in units of the picture's longer side. */
type SignedDistance = (x: number, y: number) => number;

/**
 * Casts a soft shadow on a photo in place: of a straight edge, of a phone, or of a hand.
 *
 * @param light Illumination left in the shadow, 0 to 1.
 * @param random Draws the shape, its place, and the width of its penumbra.
 */
export function castShadow({ data, width, height }: Photo, light: number, random: Random): void {
  const longer = Math.max(width, height);
  const signedDistance = shadowShape(random, width / longer, height / longer);
  const softness = random.uniform(0.004, 0.08);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const depth = signedDistance((x + 0.5) / longer, (y + 0.5) / longer) / softness + 0.5;
      const share = depth <= 0 ? 0 : depth >= 1 ? 1 : depth * depth * (3 - 2 * depth);
      const left = 1 - (1 - light) * share;
      data[at++] *= left;
      data[at++] *= left;
      // The blue of the sky still reaches a shadow outdoors.
      data[at++] *= left + 0.03 * share;
    }
  }
}

function shadowShape(random: Random, width: number, height: number): SignedDistance {
  const kind = random.integer(3);
  const angle = random.uniform(0, 2 * Math.PI);
  const [cos, sin] = [math.cos(angle), math.sin(angle)];
  // The centre of the shadow, or a point of its edge, lies in the middle half of the picture.
  const left = width * random.uniform(0.25, 0.75);
  const top = height * random.uniform(0.25, 0.75);
  if (kind === 0) return (x, y) => (x - left) * cos + (y - top) * sin;
  if (kind === 1) return phone(random, left + 0.25 * cos, top + 0.25 * sin, cos, sin);
  return hand(random, left, top, cos, sin);
}

/** A rounded rectangle, twice as long as wide. */
function phone(
  random: Random,
  left: number,
  top: number,
  cos: number,
  sin: number,
): SignedDistance {
  const long = random.uniform(0.25, 0.45);
  const short = long * 0.5;
  const corner = 0.15 * short;
  return (x, y) => {
    const along = Math.abs((x - left) * cos + (y - top) * sin) - long + corner;
    const across = Math.abs((y - top) * cos - (x - left) * sin) - short + corner;
    const [outAlong, outAcross] = [Math.max(along, 0), Math.max(across, 0)];
    return corner - math.hypot(outAlong, outAcross) -
      Math.min(Math.max(along, across), 0);
  };
}

/** Four parallel capsules for the fingers, and a larger one for the back of the hand. */
function hand(
  random: Random,
  tipX: number,
  tipY: number,
  cos: number,
  sin: number,
): SignedDistance {
  const thick = random.uniform(0.05, 0.08);
  const fingers = Array.from({ length: 4 }, (_, n) => ({
    across: (n - 1.5) * 2.1 * thick,
    start: random.uniform(0, 0.12) + 0.05 * Math.abs(n - 1.5),
  }));
  return (x, y) => {
    const along = (x - tipX) * cos + (y - tipY) * sin;
    const across = (y - tipY) * cos - (x - tipX) * sin;
    let depth = 0.3 - math.hypot(Math.max(0, 0.6 - along), across);
    for (const finger of fingers) {
      const before = Math.max(0, finger.start - along);
      const inFinger = thick - math.hypot(before, across - finger.across);
      if (inFinger > depth) depth = inFinger;
    }
    return depth;
  };
}
