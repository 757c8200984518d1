import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { hardPicture } from "../../../../scripts/research/hard_set/pictures/hard_picture.ts";
import { jpegLoss } from "../../../../scripts/research/hard_set/pictures/jpeg_loss.ts";
import type { RgbaPicture } from "../../../../scripts/research/hard_set/pictures/picture.ts";
import { decodeJpeg } from "../../../../src/image/decode/jpeg.ts";
import { Random } from "../../../../src/model/random.ts";
import { importPackage } from "../../../../src/packages.ts";
import { digitAt } from "../digits.ts";

const PICTURE = hardPicture(digitAt(0), "colour", new Random(1));

function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum / a.length);
}

Deno.test("jpegLoss has the error of a JPEG encoder at each quality", async () => {
  const { default: encode } = await importPackage("@jsquash/jpeg", "1.6.0", "/encode.js") as {
    default(picture: RgbaPicture, options: Record<string, unknown>): Promise<ArrayBuffer>;
  };
  for (const quality of [25, 50, 75, 90]) {
    const options = { quality, quant_table: 0, progressive: false, auto_subsample: false };
    const bytes = new Uint8Array(await encode(PICTURE, options));
    const real = difference((await decodeJpeg(bytes)).data, PICTURE.data);
    const ours = difference(jpegLoss(PICTURE, quality).data, PICTURE.data);
    assertAlmostEquals(ours, real, 0.15 * real);
  }
});

Deno.test("jpegLoss has a larger error at a lower quality, and nearly none of a grey picture at 100", () => {
  const grey = hardPicture(digitAt(1), "enlarged", new Random(1));
  const losses = [100, 80, 50, 20, 5].map((quality) =>
    difference(jpegLoss(grey, quality).data, grey.data)
  );
  assertLess(losses[0], 0.6);
  for (let i = 1; i < losses.length; i++) assertGreater(losses[i], losses[i - 1]);
});

Deno.test("jpegLoss keeps a size that is no multiple of a block, and the picture opaque", () => {
  for (const [width, height] of [[1, 1], [7, 17], [16, 8], [33, 5]]) {
    const data = new Uint8ClampedArray(4 * width * height).fill(255);
    const lost = jpegLoss({ data, width, height }, 60);
    assertEquals([lost.width, lost.height, lost.data.length], [width, height, data.length]);
    for (const value of lost.data) assertGreater(value, 250);
    assertEquals(lost.data.every((value, i) => i % 4 < 3 || value === 255), true);
  }
});
