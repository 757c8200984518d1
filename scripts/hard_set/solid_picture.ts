import type { Random } from "../../src/model/random.ts";

/** Columns and rows. */
const SIDE = 28;

/**
 * Draws something solid, light on black, that fills its picture: one to five round or straight-edged shapes, often
 * mirrored, with shades, stripes or grain on them. Clothing, bottles and stones look like that, digits do not.
 *
 * @param random Where chance comes from.
 * @returns 28×28 bytes.
 */
export function solidPicture(random: Random): Uint8Array<ArrayBuffer> {
  const pixels = new Float32Array(SIDE * SIDE);
  const isMirrored = random.next() < 0.6;
  const count = 1 + random.integer(5);
  for (let shape = 0; shape < count; shape++) {
    const isFirst = shape === 0;
    const inside = shapeOf(random, isFirst);
    const shade = random.uniform(0.35, 1);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const isIn = inside(x, y) || (isMirrored && inside(SIDE - 1 - x, y));
        if (isIn) pixels[y * SIDE + x] = shade;
      }
    }
  }
  texture(pixels, random);
  return Uint8Array.from(pixels, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
}

/** Whether a place lies in a shape: an ellipse, or a bar that is wider at one end and may lean. */
function shapeOf(random: Random, isLarge: boolean): (x: number, y: number) => boolean {
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

/** Shades from one side to the other, stripes, and grain, each of them at times. */
function texture(pixels: Float32Array, random: Random): void {
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
    const wave = 1 - stripes * (0.5 + 0.5 * Math.sin(stripeX * x + stripeY * y));
    const light = 1 + across * (x - SIDE / 2) + down * (y - SIDE / 2);
    pixels[i] *= wave * light * (1 + grain * random.normal());
  }
}
