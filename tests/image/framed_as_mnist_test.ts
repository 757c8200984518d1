import { assertEquals } from "@std/assert";
import { enlargeWhole } from "../../scripts/hard_set/enlarge_whole.ts";
import type { RgbaPicture } from "../../scripts/hard_set/rgba_picture.ts";
import type { GreyImage } from "../../src/image/grey_image.ts";
import { findInk } from "../../src/image/find_ink.ts";
import { isFramedAsMnist } from "../../src/image/framed_as_mnist.ts";
import { preparePixels } from "../../src/image/prepare_pixels.ts";
import { syntheticDigits } from "../../src/data/synthetic.ts";

const { images, count } = syntheticDigits({ count: 20, seed: 3 });

/** A digit as MNIST has them. */
function digit(n: number): Uint8Array {
  const data = images.slice(784 * n, 784 * (n + 1));
  const { pixels } = preparePixels({ data, width: 28, height: 28, channels: 1 });
  return Uint8Array.from(pixels, (ink) => Math.round(255 * ink));
}

function enlarged(n: number, side: number, isDark: boolean): RgbaPicture {
  return enlargeWhole(digit(n), side, isDark);
}

function greyOf({ data, width, height }: RgbaPicture): GreyImage {
  return {
    data: Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]),
    width,
    height,
  };
}

Deno.test("isFramedAsMnist knows enlarged digits of MNIST at any size, of either polarity", () => {
  for (const side of [56, 200, 333, 900]) {
    for (let n = 0; n < count; n += side > 300 ? 5 : 1) {
      const grey = greyOf(enlarged(n, side, n % 2 === 0));
      assertEquals(isFramedAsMnist(findInk(grey)!, side, side), true, `${n}, ${side}`);
    }
  }
});

Deno.test("isFramedAsMnist tells from them what is cut, moved, larger or smaller", () => {
  const grey = greyOf(enlarged(1, 200, false));
  const part = (x: number, y: number, width: number, height: number): boolean => {
    const data = Uint8Array.from(
      { length: width * height },
      (_, i) => grey.data[(y + Math.floor(i / width)) * 200 + x + i % width] ?? 0,
    );
    return isFramedAsMnist(findInk({ data, width, height })!, width, height);
  };
  assertEquals(part(0, 0, 200, 200), true);
  assertEquals(part(0, 0, 200, 190), false);
  assertEquals(part(10, 10, 180, 180), false);
  assertEquals(part(8, 0, 192, 192), false);
});

Deno.test("preparePixels has nobody judge enlarged digits of MNIST", () => {
  assertEquals(preparePixels({ ...enlarged(0, 200, true), channels: 4 }).found, undefined);
});
