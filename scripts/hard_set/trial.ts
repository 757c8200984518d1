import type { DigitImage } from "../../src/image/digit_image.ts";
import type { RgbaPicture } from "./rgba_picture.ts";

/** A picture to be read, and what it shows. */
export interface Trial {
  /** What the library is given. */
  readonly image: DigitImage;
  /** The same for people to look at. */
  readonly picture: RgbaPicture;
  /** The digits in it; empty when there are none. */
  readonly text: string;
}

/** What the library said of a trial. */
export interface Answer {
  /** The digits that it read; empty when it read none. */
  readonly text: string;
  /** How sure it was, 0 to 1. */
  readonly confidence: number;
}

/** A trial whose answer was not what it should be. */
export interface Mistake {
  readonly trial: Trial;
  readonly answer: Answer;
  /** Its number among the trials of its kind. */
  readonly number: number;
}
