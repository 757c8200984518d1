import type { ImageShape } from "../../src/model/architecture.ts";
import type { Summary } from "../../src/model/summary.ts";
import type { EpochRecord } from "../../src/train/history.ts";

/** A picture to be shown. */
export interface Picture {
  /** One channel is grey, three are red, green and blue. */
  readonly shape: ImageShape;
  /** 0 to 255: channel by channel, row by row. */
  readonly pixels: Uint8Array;
}

/** A picture, what it is, and what a network takes it for. */
export interface AnsweredPicture extends Picture {
  /** The index of its class. */
  readonly label: number;
  /** The index of the class that the network answered. */
  readonly answer: number;
  /** The probability of that answer, 0 to 1. */
  readonly confidence: number;
}

/** What one stage of a network made of a picture. */
export interface StagePicture {
  /** The name of the stage, such as `pool1`. */
  readonly name: string;
  /** The shape of what it gives. */
  readonly shape: ImageShape;
  /** The values: channel by channel, row by row. */
  readonly values: Float32Array;
}

/** All that a report shows of one training run. */
export interface RunReport {
  /** A name for people that no other run of the report has, such as `lenet5-relu`. */
  readonly name: string;
  /** One sentence. */
  readonly description: string;
  /** What else there is to know, in order; `reported`, `reached` and `time` are set beside those of other runs. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** The network, layer by layer. */
  readonly summary: Summary;
  /** What each epoch came to. */
  readonly history: readonly EpochRecord[];
  /** What `validation` in the history was measured on; `test` where it is left out. */
  readonly measuredOn?: string;
  /** A name for each class. */
  readonly classNames: readonly string[];
  /** Pictures as they come, right and wrong. */
  readonly samples: readonly AnsweredPicture[];
  /** How many pictures of each class (row) were taken for which (column). */
  readonly confusion: readonly (readonly number[])[];
  /** Pictures that were taken for something else, the most confident answers first. */
  readonly mistakes: readonly AnsweredPicture[];
  /** Pictures, and what stages of the network made of each. */
  readonly activations: readonly {
    readonly input: AnsweredPicture;
    readonly stages: readonly StagePicture[];
  }[];
}
