import type { Stroke } from "../../../../../src/data/synthetic/skeletons.ts";
import type { Random } from "../../../../../src/model/random.ts";
import type { Glyph } from "../glyphs.ts";

/** Letters of several alphabets that do not resemble digits, in addition to `LETTERS`, which are kept for measuring too. */
// deno-fmt-ignore
const MORE_LETTERS: readonly Glyph[] = [
  { name: "C", aspect: 0.8, strokes: [[[1, 0.15], [0.6, 0], [0.12, 0.2], [0, 0.55], [0.2, 0.9], [0.6, 1], [1, 0.85]]] },
  { name: "J", aspect: 0.6, strokes: [[[0.2, 0], [1, 0]], [[0.75, 0], [0.75, 0.7], [0.45, 1], [0, 0.8]]] },
  { name: "L", aspect: 0.6, strokes: [[[0, 0], [0, 1], [0, 1], [1, 1]]] },
  { name: "U", aspect: 0.75, strokes: [[[0, 0], [0, 0.65], [0.25, 1], [0.7, 1], [1, 0.65], [1, 0]]] },
  { name: "V", aspect: 0.8, strokes: [[[0, 0], [0.5, 1], [0.5, 1], [1, 0]]] },
  { name: "a", aspect: 0.8, strokes: [[[0.9, 0.1], [0.4, 0], [0, 0.5], [0.3, 1], [0.85, 0.6], [0.92, 0], [0.92, 0], [0.9, 0.7], [1, 1]]] },
  { name: "e", aspect: 0.8, strokes: [[[0.05, 0.5], [0.95, 0.45], [0.8, 0.05], [0.35, 0], [0, 0.5], [0.3, 0.98], [1, 0.85]]] },
  { name: "f", aspect: 0.55, strokes: [[[1, 0.08], [0.7, 0], [0.5, 0.2], [0.48, 1]], [[0.1, 0.4], [0.9, 0.4]]] },
  { name: "j", aspect: 0.3, strokes: [[[0.8, 0.28], [0.8, 0.8], [0.5, 1], [0, 0.92]], [[0.8, 0], [0.85, 0.03]]] },
  { name: "p", aspect: 0.6, strokes: [[[0, 0], [0, 1]], [[0, 0.1], [0.6, 0], [1, 0.25], [0.6, 0.52], [0, 0.45]]] },
  { name: "t", aspect: 0.6, strokes: [[[0.4, 0], [0.4, 0.8], [0.65, 1], [1, 0.9]], [[0, 0.3], [0.95, 0.3]]] },
  { name: "u", aspect: 0.9, strokes: [[[0, 0], [0.02, 0.7], [0.4, 1], [0.9, 0.7], [0.95, 0], [0.95, 0], [0.92, 0.8], [1, 1]]] },
  { name: "v", aspect: 0.9, strokes: [[[0, 0], [0.45, 1], [0.45, 1], [1, 0]]] },
  { name: "x", aspect: 0.9, strokes: [[[0, 0.05], [0.35, 0.2], [0.65, 0.85], [1, 0.95]], [[0.95, 0], [0, 1]]] },
  { name: "Gamma", aspect: 0.65, strokes: [[[1, 0], [0, 0], [0, 0], [0, 1]]] },
  { name: "Delta", aspect: 1, strokes: [[[0.5, 0], [0, 1], [0, 1], [1, 1], [1, 1], [0.5, 0]]] },
  { name: "Lambda", aspect: 0.9, strokes: [[[0, 1], [0.5, 0], [0.5, 0], [1, 1]]] },
  { name: "Xi", aspect: 0.8, strokes: [[[0, 0], [1, 0]], [[0.15, 0.5], [0.85, 0.5]], [[0, 1], [1, 1]]] },
  { name: "Pi", aspect: 0.9, strokes: [[[0, 0], [1, 0]], [[0.12, 0], [0.1, 1]], [[0.88, 0], [0.9, 1]]] },
  { name: "Sigma", aspect: 0.8, strokes: [[[1, 0], [0, 0], [0, 0], [0.6, 0.5], [0.6, 0.5], [0, 1], [0, 1], [1, 1]]] },
  { name: "Psi", aspect: 0.9, strokes: [[[0, 0.05], [0.1, 0.5], [0.5, 0.7], [0.9, 0.5], [1, 0.05]], [[0.5, 0], [0.5, 1]]] },
  { name: "Omega", aspect: 1, strokes: [[[0, 1], [0.35, 1], [0.35, 1], [0, 0.5], [0.2, 0.08], [0.5, 0], [0.8, 0.08], [1, 0.5], [0.65, 1], [0.65, 1], [1, 1]]] },
  { name: "Phi", aspect: 0.8, strokes: [[[0.5, 0], [0.5, 1]], [[0.5, 0.2], [0.05, 0.35], [0.05, 0.65], [0.5, 0.8], [0.95, 0.65], [0.95, 0.35], [0.5, 0.2]]] },
  { name: "Zhe", aspect: 1.1, strokes: [[[0, 0], [1, 1]], [[1, 0], [0, 1]], [[0.5, 0], [0.5, 1]]] },
  { name: "I reversed N", aspect: 0.8, strokes: [[[0, 0], [0, 1], [0, 1], [1, 0], [1, 0], [1, 1]]] },
  { name: "Sha", aspect: 1.1, strokes: [[[0, 0], [0, 1], [0, 1], [1, 1], [1, 1], [1, 0]], [[0.5, 0], [0.5, 1]]] },
];

/** Symbols in addition to `SYMBOLS`. */
// deno-fmt-ignore
const MORE_SYMBOLS: readonly Glyph[] = [
  { name: "square", aspect: 1, strokes: [[[0, 0], [1, 0], [1, 0], [1, 1], [1, 1], [0, 1], [0, 1], [0, 0]]] },
  { name: "triangle", aspect: 1.1, strokes: [[[0.5, 0], [1, 1], [1, 1], [0, 1], [0, 1], [0.5, 0]]] },
  { name: "diamond", aspect: 0.8, strokes: [[[0.5, 0], [1, 0.5], [1, 0.5], [0.5, 1], [0.5, 1], [0, 0.5], [0, 0.5], [0.5, 0]]] },
  { name: "cross in a circle", aspect: 1, strokes: [[[0.5, 0], [0.12, 0.12], [0, 0.5], [0.12, 0.88], [0.5, 1], [0.88, 0.88], [1, 0.5], [0.88, 0.12], [0.5, 0]], [[0.15, 0.15], [0.85, 0.85]], [[0.85, 0.15], [0.15, 0.85]]] },
  { name: "at", aspect: 1, strokes: [[[0.7, 0.35], [0.45, 0.3], [0.3, 0.5], [0.45, 0.7], [0.68, 0.6], [0.72, 0.32], [0.72, 0.62], [0.95, 0.65], [1, 0.35], [0.75, 0.05], [0.35, 0.03], [0.02, 0.4], [0.15, 0.85], [0.55, 1], [0.9, 0.88]]] },
  { name: "hash", aspect: 0.9, strokes: [[[0.35, 0], [0.25, 1]], [[0.75, 0], [0.65, 1]], [[0, 0.33], [1, 0.33]], [[0, 0.67], [1, 0.67]]] },
  { name: "asterisk", aspect: 1, strokes: [[[0.5, 0], [0.5, 1]], [[0.05, 0.25], [0.95, 0.75]], [[0.95, 0.25], [0.05, 0.75]]] },
  { name: "equals", aspect: 1.6, strokes: [[[0, 0], [1, 0]], [[0, 1], [1, 1]]] },
  { name: "question mark", aspect: 0.5, strokes: [[[0, 0.2], [0.3, 0], [0.9, 0.1], [0.9, 0.35], [0.5, 0.5], [0.5, 0.72]], [[0.5, 0.95], [0.53, 1]]] },
  { name: "euro", aspect: 0.8, strokes: [[[1, 0.12], [0.7, 0], [0.3, 0.2], [0.2, 0.5], [0.3, 0.8], [0.7, 1], [1, 0.88]], [[0, 0.4], [0.75, 0.4]], [[0, 0.6], [0.7, 0.6]]] },
  { name: "down arrow", aspect: 0.6, strokes: [[[0.5, 0], [0.5, 1]], [[0, 0.65], [0.5, 1], [0.5, 1], [1, 0.65]]] },
  { name: "flower", aspect: 1, strokes: [[[0.5, 0.5], [0.3, 0.1], [0.5, 0], [0.7, 0.1], [0.5, 0.5], [0.9, 0.3], [1, 0.5], [0.9, 0.7], [0.5, 0.5], [0.7, 0.9], [0.5, 1], [0.3, 0.9], [0.5, 0.5], [0.1, 0.7], [0, 0.5], [0.1, 0.3], [0.5, 0.5]]] },
  { name: "spiral", aspect: 1, strokes: [[[0.5, 0.5], [0.6, 0.45], [0.6, 0.6], [0.4, 0.62], [0.35, 0.4], [0.6, 0.28], [0.8, 0.5], [0.7, 0.8], [0.35, 0.85], [0.12, 0.5], [0.3, 0.12], [0.7, 0.03], [1, 0.4]]] },
  { name: "zigzag", aspect: 1.4, strokes: [[[0, 1], [0.2, 0], [0.2, 0], [0.4, 1], [0.4, 1], [0.6, 0], [0.6, 0], [0.8, 1], [0.8, 1], [1, 0]]] },
  { name: "house", aspect: 0.9, strokes: [[[0, 0.45], [0.5, 0], [0.5, 0], [1, 0.45], [1, 0.45], [0.95, 0.45], [0.95, 1], [0.95, 1], [0.05, 1], [0.05, 1], [0.05, 0.45]], [[0.4, 1], [0.4, 0.7], [0.4, 0.7], [0.62, 0.7], [0.62, 0.7], [0.62, 1]]] },
  { name: "lightning", aspect: 0.6, strokes: [[[0.7, 0], [0, 0.55], [0, 0.55], [0.9, 0.45], [0.9, 0.45], [0.2, 1]]] },
  { name: "percent", aspect: 0.9, strokes: [[[0.9, 0], [0.1, 1]], [[0.2, 0.05], [0.02, 0.2], [0.2, 0.35], [0.38, 0.2], [0.2, 0.05]], [[0.8, 0.65], [0.62, 0.8], [0.8, 0.95], [0.98, 0.8], [0.8, 0.65]]] },
];

/** Picks a letter that is not among those by which the library is measured. */
export function otherLetter(random: Random): Glyph {
  return MORE_LETTERS[random.integer(MORE_LETTERS.length)];
}

/** Picks or invents a symbol: three to five straight or bent strokes between the points of a grid. */
export function otherSymbol(random: Random): Glyph {
  if (random.next() < 0.7) return MORE_SYMBOLS[random.integer(MORE_SYMBOLS.length)];
  const point = (): [number, number] => [random.integer(3) / 2, random.integer(4) / 3];
  const strokes = Array.from({ length: 3 + random.integer(3) }, (): Stroke => {
    for (;;) {
      const [from, to] = [point(), point()];
      const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
      if (dx * dx + dy * dy < 0.3) continue;
      if (random.next() < 0.6) return [from, to];
      const bend = random.uniform(-0.4, 0.4);
      return [from, [(from[0] + to[0]) / 2 - bend * dy, (from[1] + to[1]) / 2 + bend * dx], to];
    }
  });
  return { name: "invented", aspect: random.uniform(0.6, 1.2), strokes };
}
