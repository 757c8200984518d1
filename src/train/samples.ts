import type { Dataset } from "../data/dataset.ts";
import type { DigitImage } from "../image/digit_image.ts";

/** One picture, and what it shows. */
export interface Sample {
  /** The picture, in any form that `classify` takes. */
  readonly image: DigitImage;
  /** The number of its class, from 0, or the name of its class. */
  readonly label: number | string;
}

/** What to learn from: a list of samples, what gives them one by one, or a dataset of images of the network's shape. */
export type Samples = Iterable<Sample> | AsyncIterable<Sample> | Dataset;
