import type { Colour, Materials } from "./light.ts";
import { invert, type Projection } from "./projection.ts";
import type { Coverage } from "./rgba_picture.ts";
import type { Random } from "../../../../src/model/random.ts";

/** Lines printed on paper. Lengths are in pixels of the picture, measured on the paper. */
export interface Rulings {
  /** From one line to the next. */
  readonly spacing: number;
  /** How wide a line is. */
  readonly thickness: number;
  /** Where one of the lines down the page lies, and one of those across it. */
  readonly offset: readonly [x: number, y: number];
  /** Whether there are lines down the page, too. */
  readonly squared: boolean;
  readonly colour: Colour;
}

/** How often lines are as dark as ink. */
const DARK = 0.15;

/**
 * Chooses the lines of a sheet.
 *
 * @param squared Whether there are lines down the page, too.
 * @param digitHeight How tall the digit on it is, in pixels.
 * @param materials Ink and paper.
 * @param strength How dark and how close the lines are: from 0, hardly there, to 1.
 * @param random Where chance comes from.
 * @returns The lines.
 */
export function pickRulings(
  squared: boolean,
  digitHeight: number,
  { ink, paper }: Materials,
  strength: number,
  random: Random,
): Rulings {
  const spacing = digitHeight *
    (squared ? random.uniform(0.75 - 0.35 * strength, 1.2) : random.uniform(0.8, 1.6));
  const dark = random.next() < (squared ? DARK / 2 : DARK) * strength;
  const thickness = digitHeight *
    (dark ? random.uniform(0.008, 0.018) : random.uniform(0.01, 0.03));
  const strong = dark ? random.uniform(0.8, 1) : random.uniform(0.15, 0.25 + 0.35 * strength);
  const tint = random.next() < 0.5 ? [-20, 0, 35] : [0, 0, 0];
  const colour = [0, 1, 2].map((c) =>
    paper[c] + strong * (ink[c] - paper[c]) + (dark ? 0 : tint[c] * strong)
  );
  return {
    spacing,
    thickness: Math.max(thickness, 0.7),
    offset: [random.uniform(0, spacing), random.uniform(0, spacing)],
    squared,
    colour: [colour[0], colour[1], colour[2]],
  };
}

/**
 * Draws the lines of a sheet.
 *
 * @param rulings The lines.
 * @param camera Where the paper comes to lie in the picture.
 * @param coverage Receives the lines.
 */
export function drawRulings(rulings: Rulings, camera: Projection, coverage: Coverage): void {
  const { spacing, thickness, offset: [offsetX, offsetY], squared } = rulings;
  const { data, width, height } = coverage;
  const [a, b, c, d, e, f, g, h, i] = invert(camera);
  const reach = thickness / 2 + 0.5;
  const most = Math.min(1, thickness);
  const line = (place: number, offset: number): number => {
    const turns = (place - offset) / spacing;
    const ink = reach - Math.abs(turns - Math.round(turns)) * spacing;
    return ink <= 0 ? 0 : ink >= most ? most : ink;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [px, py] = [x + 0.5, y + 0.5];
      const w = 1 / (g * px + h * py + i);
      let ink = line((d * px + e * py + f) * w, offsetY);
      if (squared) ink = Math.max(ink, line((a * px + b * py + c) * w, offsetX));
      data[y * width + x] = ink;
    }
  }
}
