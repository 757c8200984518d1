import { encode } from "fast-png";
import { LeNetError } from "../../src/model/error.ts";
import { sizeOf } from "../../src/model/shapes.ts";
import { toBase64 } from "../../src/weights/base64.ts";
import type { Picture } from "./run_report.ts";

/**
 * A picture as a URL that holds all of it.
 *
 * @param picture The picture, grey or coloured.
 * @returns A PNG as `data:` URL.
 * @throws {LeNetError} `image/invalid` when it has neither one nor three channels, or not as many pixels as its shape.
 */
export function pictureUrl({ shape, pixels }: Picture): string {
  const [channels, height, width] = shape;
  if ((channels !== 1 && channels !== 3) || pixels.length !== sizeOf(shape)) {
    throw new LeNetError(
      "image/invalid",
      `Cannot show the picture: it has ${pixels.length} values of shape [${shape}], expected one or three channels ` +
        "and a value for each pixel",
    );
  }
  const plane = height * width;
  const data = pixels.map((_, i) => pixels[(i % channels) * plane + Math.floor(i / channels)]);
  return `data:image/png;base64,${toBase64(encode({ width, height, data, channels, depth: 8 }))}`;
}
