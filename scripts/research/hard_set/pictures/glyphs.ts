import type { Stroke } from "../../../../src/data/synthetic/skeletons.ts";

/** A character other than a digit, as strokes. */
export interface Glyph {
  readonly name: string;
  /** Control points of the strokes in [0, 1] × [0, 1]. */
  readonly strokes: readonly Stroke[];
  /** The usual width as a share of the height. */
  readonly aspect: number;
}

/** Letters that do not resemble digits. */
export const LETTERS: readonly Glyph[] = [
  {
    name: "A",
    aspect: 0.85,
    strokes: [[[0, 1], [0.5, 0], [0.5, 0], [1, 1]], [[0.2, 0.62], [0.8, 0.62]]],
  },
  {
    name: "E",
    aspect: 0.65,
    strokes: [
      [[1, 0], [0, 0], [0, 0], [0, 1], [0, 1], [1, 1]],
      [[0, 0.5], [0.8, 0.5]],
    ],
  },
  {
    name: "F",
    aspect: 0.65,
    strokes: [[[1, 0], [0, 0], [0, 0], [0, 1]], [[0, 0.48], [0.75, 0.48]]],
  },
  {
    name: "H",
    aspect: 0.75,
    strokes: [[[0, 0], [0, 1]], [[1, 0], [1, 1]], [[0, 0.5], [1, 0.5]]],
  },
  {
    name: "K",
    aspect: 0.75,
    strokes: [[[0, 0], [0, 1]], [[1, 0], [0.02, 0.55]], [[0.3, 0.42], [1, 1]]],
  },
  {
    name: "M",
    aspect: 1,
    strokes: [[
      [0, 1],
      [0.08, 0],
      [0.08, 0],
      [0.5, 0.7],
      [0.5, 0.7],
      [0.92, 0],
      [0.92, 0],
      [1, 1],
    ]],
  },
  {
    name: "N",
    aspect: 0.8,
    strokes: [[[0, 1], [0, 0], [0, 0], [1, 1], [1, 1], [1, 0]]],
  },
  {
    name: "P",
    aspect: 0.6,
    strokes: [
      [[0, 0], [0, 1]],
      [[0, 0.02], [0.6, 0], [1, 0.25], [0.6, 0.5], [0, 0.52]],
    ],
  },
  {
    name: "R",
    aspect: 0.7,
    strokes: [
      [[0, 0], [0, 1]],
      [[0, 0.02], [0.65, 0], [1, 0.24], [0.6, 0.48], [0.02, 0.5], [0.02, 0.5], [1, 1]],
    ],
  },
  { name: "T", aspect: 0.85, strokes: [[[0, 0], [1, 0]], [[0.5, 0], [0.5, 1]]] },
  {
    name: "W",
    aspect: 1.2,
    strokes: [[
      [0, 0],
      [0.25, 1],
      [0.25, 1],
      [0.5, 0.25],
      [0.5, 0.25],
      [0.75, 1],
      [0.75, 1],
      [1, 0],
    ]],
  },
  { name: "X", aspect: 0.8, strokes: [[[0, 0], [1, 1]], [[1, 0], [0, 1]]] },
  {
    name: "Y",
    aspect: 0.85,
    strokes: [[[0, 0], [0.5, 0.5]], [[1, 0], [0.5, 0.5], [0.5, 0.5], [0.5, 1]]],
  },
  {
    name: "d",
    aspect: 0.6,
    strokes: [
      [[1, 0.55], [0.5, 0.42], [0.05, 0.7], [0.4, 1], [1, 0.85]],
      [[1, 0], [1, 1]],
    ],
  },
  {
    name: "h",
    aspect: 0.6,
    strokes: [[[0, 0], [0, 1]], [[0, 0.65], [0.5, 0.45], [0.95, 0.65], [1, 1]]],
  },
  {
    name: "k",
    aspect: 0.6,
    strokes: [[[0, 0], [0, 1]], [[0.85, 0.4], [0.02, 0.7]], [[0.3, 0.62], [1, 1]]],
  },
  {
    name: "m",
    aspect: 1.4,
    strokes: [
      [[0, 0], [0, 1]],
      [[0, 0.35], [0.28, 0.02], [0.5, 0.3], [0.5, 1]],
      [[0.5, 0.35], [0.78, 0.02], [1, 0.3], [1, 1]],
    ],
  },
  {
    name: "n",
    aspect: 0.9,
    strokes: [[[0, 0], [0, 1]], [[0, 0.35], [0.5, 0], [0.97, 0.3], [1, 1]]],
  },
  {
    name: "r",
    aspect: 0.7,
    strokes: [[[0, 0], [0, 1]], [[0, 0.45], [0.4, 0.05], [1, 0.1]]],
  },
  {
    name: "w",
    aspect: 1.3,
    strokes: [[
      [0, 0],
      [0.2, 0.9],
      [0.3, 0.9],
      [0.5, 0.2],
      [0.5, 0.2],
      [0.7, 0.9],
      [0.8, 0.9],
      [1, 0],
    ]],
  },
];

/** Common hand-drawn symbols. */
export const SYMBOLS: readonly Glyph[] = [
  {
    name: "smiley",
    aspect: 1,
    strokes: [
      [[0.5, 0], [0.15, 0.15], [0, 0.5], [0.15, 0.85], [0.5, 1], [0.85, 0.85], [1, 0.5], [
        0.85,
        0.15,
      ], [0.5, 0]],
      [[0.32, 0.33], [0.32, 0.42]],
      [[0.68, 0.33], [0.68, 0.42]],
      [[0.25, 0.62], [0.5, 0.8], [0.75, 0.62]],
    ],
  },
  {
    name: "star",
    aspect: 1,
    strokes: [[
      [0.2, 1],
      [0.5, 0],
      [0.5, 0],
      [0.8, 1],
      [0.8, 1],
      [0, 0.38],
      [0, 0.38],
      [1, 0.38],
      [1, 0.38],
      [0.2, 1],
    ]],
  },
  {
    name: "check mark",
    aspect: 1.1,
    strokes: [[[0, 0.6], [0.35, 1], [0.35, 1], [1, 0]]],
  },
  { name: "plus", aspect: 1, strokes: [[[0.5, 0], [0.5, 1]], [[0, 0.5], [1, 0.5]]] },
  {
    name: "arrow",
    aspect: 1.5,
    strokes: [[[0, 0.5], [1, 0.5]], [[0.65, 0], [1, 0.5], [1, 0.5], [0.65, 1]]],
  },
  {
    name: "heart",
    aspect: 1,
    strokes: [[
      [0.5, 1],
      [0.05, 0.5],
      [0.05, 0.15],
      [0.3, 0],
      [0.5, 0.28],
      [0.5, 0.28],
      [0.7, 0],
      [0.95, 0.15],
      [0.95, 0.5],
      [0.5, 1],
    ]],
  },
];

/** A mark that is written beside digits. */
interface Mark extends Glyph {
  /** Height of its strokes' unit square, and its upper side, in heights of a digit. */
  readonly tall: number;
  readonly down: number;
}

/** Punctuation marks, brackets and signs of currencies; not those that are upright strokes, as a 1 is. */
export const MARKS: readonly Mark[] = [
  { name: "full stop", aspect: 1, tall: 0.05, down: 0.95, strokes: [[[0, 0], [0.6, 1], [1, 0.2]]] },
  {
    name: "comma",
    aspect: 0.6,
    tall: 0.22,
    down: 0.92,
    strokes: [[[0.7, 0], [1, 0.3], [0.1, 1]], [[0.6, 0], [0.9, 0.2]]],
  },
  { name: "dash", aspect: 3, tall: 0.16, down: 0.5, strokes: [[[0, 0.5], [1, 0.5]]] },
  { name: "long dash", aspect: 5, tall: 0.2, down: 0.5, strokes: [[[0, 0.5], [1, 0.5]]] },
  {
    name: "colon",
    aspect: 0.15,
    tall: 0.5,
    down: 0.4,
    strokes: [[[0, 0], [1, 0.08]], [[0, 0.92], [1, 1]]],
  },
  {
    name: "semicolon",
    aspect: 0.3,
    tall: 0.6,
    down: 0.4,
    strokes: [[[0.6, 0], [1, 0.06]], [[0.7, 0.65], [1, 0.72], [0, 1]]],
  },
  {
    name: "ellipsis",
    aspect: 14,
    tall: 0.05,
    down: 0.95,
    strokes: [[[0, 0], [0.06, 1]], [[0.47, 0], [0.53, 1]], [[0.94, 0], [1, 1]]],
  },
  {
    name: "equals",
    aspect: 1.8,
    tall: 0.3,
    down: 0.4,
    strokes: [[[0, 0], [1, 0]], [[0, 1], [1, 1]]],
  },
  {
    name: "number sign",
    aspect: 0.9,
    tall: 0.9,
    down: 0.05,
    strokes: [
      [[0.38, 0], [0.2, 1]],
      [[0.8, 0], [0.62, 1]],
      [[0, 0.33], [1, 0.33]],
      [[0, 0.67], [1, 0.67]],
    ],
  },
  {
    name: "asterisk",
    aspect: 1,
    tall: 0.4,
    down: 0.05,
    strokes: [[[0.5, 0], [0.5, 1]], [[0.05, 0.25], [0.95, 0.75]], [[0.95, 0.25], [0.05, 0.75]]],
  },
  {
    name: "quotation mark",
    aspect: 0.8,
    tall: 0.3,
    down: 0,
    strokes: [[[0, 0], [0.05, 1]], [[1, 0], [0.95, 1]]],
  },
  {
    name: "euro",
    aspect: 0.8,
    tall: 1,
    down: 0,
    strokes: [
      [[1, 0.12], [0.7, 0], [0.3, 0.2], [0.2, 0.5], [0.3, 0.8], [0.7, 1], [1, 0.88]],
      [[0, 0.4], [0.75, 0.4]],
      [[0, 0.6], [0.7, 0.6]],
    ],
  },
  {
    name: "pound",
    aspect: 0.7,
    tall: 1,
    down: 0,
    strokes: [
      [[0.95, 0.2], [0.7, 0], [0.4, 0.15], [0.42, 0.55], [0.3, 0.85], [0.02, 1], [0.02, 1], [1, 1]],
      [[0.05, 0.52], [0.75, 0.52]],
    ],
  },
  {
    name: "dollar",
    aspect: 0.6,
    tall: 1.15,
    down: -0.05,
    strokes: [
      [[0.95, 0.22], [0.5, 0.12], [0.05, 0.3], [0.5, 0.5], [0.95, 0.7], [0.5, 0.88], [0.05, 0.78]],
      [[0.42, 0], [0.42, 1]],
      [[0.58, 0], [0.58, 1]],
    ],
  },
  {
    name: "yen",
    aspect: 0.8,
    tall: 1,
    down: 0,
    strokes: [
      [[0, 0], [0.5, 0.48]],
      [[1, 0], [0.5, 0.48], [0.5, 0.48], [0.5, 1]],
      [[0.15, 0.55], [0.85, 0.55]],
      [[0.15, 0.73], [0.85, 0.73]],
    ],
  },
  {
    name: "square brackets",
    aspect: 0.9,
    tall: 1.1,
    down: -0.05,
    strokes: [
      [[0.28, 0], [0, 0], [0, 0], [0, 1], [0, 1], [0.28, 1]],
      [[0.72, 0], [1, 0], [1, 0], [1, 1], [1, 1], [0.72, 1]],
    ],
  },
  {
    name: "square bracket",
    aspect: 0.35,
    tall: 1.1,
    down: -0.05,
    strokes: [[[1, 0], [0, 0], [0, 0], [0, 1], [0, 1], [1, 1]]],
  },
  {
    name: "parentheses",
    aspect: 1.1,
    tall: 1.1,
    down: -0.05,
    strokes: [[[0.25, 0], [0.05, 0.3], [0.05, 0.7], [0.25, 1]], [[0.75, 0], [0.95, 0.3], [
      0.95,
      0.7,
    ], [0.75, 1]]],
  },
  {
    name: "brace",
    aspect: 0.4,
    tall: 1.1,
    down: -0.05,
    strokes: [[
      [1, 0],
      [0.5, 0.08],
      [0.5, 0.4],
      [0, 0.5],
      [0, 0.5],
      [0.5, 0.6],
      [0.5, 0.92],
      [1, 1],
    ]],
  },
];
