/**
 * The steps from a picture to a digit that can be left out, to see what each is good for: `light` makes uneven light
 * even, `specks` erases specks and takes the pieces that are the digit, `rules` erases the lines of ruled paper,
 * `zoom` looks again at small digits and enters sheets, `strokes` evens the width of strokes, `centre` puts the centre
 * of mass in the middle instead of the box.
 */
export type PreparationStep = "light" | "specks" | "rules" | "zoom" | "strokes" | "centre";

/** All steps that can be left out, in the order in which they are taken. */
export const PREPARATION_STEPS: readonly PreparationStep[] = [
  "light",
  "specks",
  "rules",
  "zoom",
  "strokes",
  "centre",
];

/** A picture on the way from what the user has to what the network sees. */
export interface PreparationPicture {
  /** What it shows, such as `brightness` or `ink`. */
  readonly name: string;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** One number for each pixel, row by row, 0 (black) to 1 (white). */
  readonly values: Float32Array<ArrayBuffer>;
}

/** Receives a picture on the way. */
export type RecordStep = (picture: PreparationPicture) => void;

/** How a picture is prepared. */
export interface PreparationSettings {
  /** Whether the pictures on the way are kept as `steps`. */
  readonly explain?: boolean;
  /** Steps to leave out. */
  readonly without?: readonly PreparationStep[];
}

/**
 * Tells whether a step is taken.
 *
 * @param settings How the picture is prepared.
 * @param step The step.
 * @returns Whether it is not left out.
 */
export function takes({ without }: PreparationSettings, step: PreparationStep): boolean {
  return without === undefined || !without.includes(step);
}
