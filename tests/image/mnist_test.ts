import { assertEquals, assertLess } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { isMnistLike } from "../../src/image/frame.ts";
import type { Pixels } from "../../src/image/image.ts";
import { preparePixels } from "../../scripts/research/shared/prepare_digit.ts";
import { difference } from "./ink/drawing.ts";

const MNIST = new URL("../../../shared/data/mnist/", import.meta.url);

function isThere(directory: URL): boolean {
  try {
    return Deno.statSync(directory).isDirectory;
  } catch {
    return false;
  }
}

function readImages(set: string): Uint8Array[] {
  const file = gunzipSync(Deno.readFileSync(new URL(`${set}-images-idx3-ubyte.gz`, MNIST)));
  return Array.from(
    { length: (file.length - 16) / 784 },
    (_, i) => file.subarray(16 + 784 * i, 16 + 784 * (i + 1)),
  );
}

/** A square picture of one channel. */
function square(data: Uint8Array, side: number): Pixels {
  return { data, width: side, height: side, channels: 1 };
}

for (const set of ["train", "t10k"]) {
  Deno.test({
    name: `isMnistLike holds for every picture in MNIST's ${set} set, and preparePixels keeps it`,
    ignore: !isThere(MNIST),
    fn() {
      for (const [index, image] of readImages(set).entries()) {
        const { pixels } = preparePixels(square(image, 28));
        let isSame = isMnistLike(pixels);
        for (let i = 0; i < 784; i++) isSame &&= pixels[i] === Math.fround(image[i] / 255);
        assertEquals(isSame, true, `image ${index}`);
      }
    },
  });
}

/** Enlarges 28×28 bytes, with linear interpolation between the middles of pixels. */
function enlarge(image: Uint8Array, side: number): Uint8Array<ArrayBuffer> {
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x > 27 || y > 27 ? 0 : image[28 * y + x];
  return Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)].map((v) => (v + 0.5) * 28 / side - 0.5);
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const mix = (a: number, b: number, share: number): number => a + (b - a) * share;
    return Math.round(mix(
      mix(at(left, top), at(left + 1, top), x - left),
      mix(at(left, top + 1), at(left + 1, top + 1), x - left),
      y - top,
    ));
  });
}

Deno.test({
  name: "preparePixels restores enlarged digits of MNIST, in either polarity",
  ignore: !isThere(MNIST),
  fn() {
    const images = readImages("t10k").filter((_, index) => index % 100 === 0);
    let total = 0;
    for (const image of images) {
      const original = Float32Array.from(image, (byte) => byte / 255);
      const data = enlarge(image, 200);
      const { pixels } = preparePixels(square(data, 200));
      const negative = data.map((byte) => 255 - byte);
      assertEquals(preparePixels(square(negative, 200)).pixels, pixels);
      total += difference(pixels, original);
    }
    assertLess(total / images.length, 0.035);
  },
});
