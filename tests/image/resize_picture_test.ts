import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Pixels } from "../../src/image/read_pixels.ts";
import { resizePicture } from "../../src/image/resize_picture.ts";

function grey(data: readonly number[], width: number): Pixels {
  return { data: new Float32Array(data), width, height: data.length / width, channels: 1 };
}

function assertClose(found: Float32Array, expected: readonly number[]): void {
  assertEquals(found.length, expected.length);
  found.forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-6));
}

/** The means of areas, by cutting every old pixel into so many that new ones have whole numbers of them. */
function meansOfAreas({ data, width, height }: Pixels, newWidth: number, newHeight: number) {
  return Array.from({ length: newWidth * newHeight }, (_, i) => {
    const left = i % newWidth * width;
    const top = Math.floor(i / newWidth) * height;
    let sum = 0;
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) {
        sum += data[Math.floor(y / newHeight) * width + Math.floor(x / newWidth)];
      }
    }
    return sum / (width * height);
  });
}

Deno.test("resizePicture gives each pixel the mean of its area where it shrinks", () => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 0, max: 20 }),
    fc.integer({ min: 0, max: 20 }),
  );
  fc.assert(fc.property(sizes, fc.infiniteStream(fc.nat({ max: 255 })), (sizes, stream) => {
    const [newWidth, newHeight, more, higher] = sizes;
    const [width, height] = [newWidth + more, newHeight + higher];
    const picture = grey([...stream.take(width * height)].map((value) => value / 255), width);
    assertClose(
      resizePicture(picture, [1, newHeight, newWidth]),
      meansOfAreas(picture, newWidth, newHeight),
    );
  }));
});

Deno.test("resizePicture gives PyTorch's bilinear interpolation where it enlarges", () => {
  // interpolate([[0, 4, 1], [8, 2, 6]] / 8, size=(3, 5), mode="bilinear", align_corners=False)
  const expected = [0, 1.6, 4, 2.2, 1, 4, 3.6, 3, 3.3, 3.5, 8, 5.6, 2, 4.4, 6];
  assertClose(
    resizePicture(grey([0, 4, 1, 8, 2, 6].map((value) => value / 8), 3), [1, 3, 5]),
    expected.map((value) => value / 8),
  );
});

Deno.test("resizePicture keeps bytes of the wanted size exactly, in grey, RGB and brightness", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const unit = new Float32Array(bytes);
  for (let i = 0; i < unit.length; i++) unit[i] /= 255;
  const size = { width: 32, height: 8 };
  assertEquals(resizePicture({ data: bytes, ...size, channels: 1 }, [1, 8, 32]), unit);
  const rgba = Uint8Array.from({ length: 1024 }, (_, i) => i % 4 === 3 ? 255 : i >> 2);
  assertEquals(resizePicture({ data: rgba, ...size, channels: 4 }, [1, 8, 32]), unit);
  assertEquals(
    resizePicture({ data: rgba, ...size, channels: 4 }, [3, 8, 32]),
    Float32Array.from([...unit, ...unit, ...unit]),
  );
});

Deno.test("resizePicture lays channel behind channel, and weighs them as Rec. 601 does", () => {
  const data = Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255);
  const picture: Pixels = { data, width: 3, height: 1, channels: 4 };
  assertEquals([...resizePicture(picture, [3, 1, 3])], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  const luma = resizePicture(picture, [1, 1, 3]);
  [0.299, 0.587, 0.114].forEach((weight, i) => assertAlmostEquals(luma[i], weight, 0.002));
});

Deno.test("resizePicture lays what is transparent over white", () => {
  const data = Uint8Array.of(0, 0, 0, 0, 200, 100, 0, 51);
  const picture: Pixels = { data, width: 2, height: 1, channels: 4 };
  const [red, green, blue] = [200, 100, 0].map((value) => 0.2 * value / 255 + 0.8);
  assertClose(resizePicture(picture, [3, 1, 2]), [1, red, 1, green, 1, blue]);
  const floats: Pixels = {
    ...picture,
    data: Float32Array.from(data, (value) => value / 255),
  };
  assertClose(resizePicture(floats, [3, 1, 2]), [1, red, 1, green, 1, blue]);
  assertClose(resizePicture(picture, [3, 1, 1]), [red, green, blue].map((v) => (1 + v) / 2));
});
