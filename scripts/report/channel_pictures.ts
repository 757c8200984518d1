import { LeNetError } from "../../src/model/error.ts";
import { sizeOf } from "../../src/model/shapes.ts";
import type { Picture, StagePicture } from "./run_report.ts";

/** The channels of a stage as pictures. */
export interface ChannelPictures {
  /** One for each channel, in order. */
  readonly pictures: readonly Picture[];
  /** The value that is black. */
  readonly lowest: number;
  /** The value that is white. */
  readonly highest: number;
}

/**
 * Draws what a stage gave. All its channels have one scale, so that a quiet channel looks quiet.
 *
 * @param stage What it gave; values that are not numbers are black.
 * @returns A grey picture for each channel.
 * @throws {LeNetError} `image/invalid` when there are not as many values as the shape says.
 */
export function channelPictures({ name, shape, values }: StagePicture): ChannelPictures {
  const [channels, height, width] = shape;
  if (values.length !== sizeOf(shape)) {
    throw new LeNetError(
      "image/invalid",
      `Cannot show ${name}: it has ${values.length} values, expected ${
        sizeOf(shape)
      } for [${shape}]`,
    );
  }
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  if (lowest > highest) lowest = highest = NaN;
  // One value all over is black, and so are none.
  const scale = highest > lowest ? 255 / (highest - lowest) : 0;
  const pictures = Array.from({ length: channels }, (_, channel): Picture => ({
    shape: [1, height, width],
    pixels: Uint8Array.from(
      values.subarray(channel * height * width, (channel + 1) * height * width),
      (value) => Math.round(Math.min(255, Math.max(0, (value - lowest) * scale || 0))),
    ),
  }));
  return { pictures, lowest, highest };
}
