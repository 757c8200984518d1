import { assertEquals } from "@std/assert";
import { asMnist, isMnistLike } from "../../src/image/mnist_like.ts";

/** 28×28 pixels with a filled rectangle. */
function rectangle(x: number, y: number, width: number, height: number, ink = 1): Float32Array {
  const pixels = new Float32Array(784);
  for (let row = y; row < y + height; row++) pixels.fill(ink, row * 28 + x, row * 28 + x + width);
  return pixels;
}

Deno.test("isMnistLike holds for ink of the right size in the right place", () => {
  for (const [x, width] of [[12, 5], [11, 6], [5, 19], [4, 20], [5, 20]]) {
    for (const [y, height] of [[5, 19], [4, 20], [5, 20]]) {
      assertEquals(isMnistLike(rectangle(x, y, width, height)), true);
    }
  }
});

Deno.test("isMnistLike does not hold for ink that is too small, too large, too faint or astray", () => {
  const wrong = {
    "too small": rectangle(5, 5, 18, 18),
    "too large": rectangle(4, 4, 21, 21),
    "too faint": rectangle(4, 4, 20, 20, 0.8),
    "too far to the right": rectangle(6, 4, 20, 20),
    "too far to the left": rectangle(3, 4, 20, 20),
    "too far down": rectangle(4, 6, 20, 20),
    "too far up": rectangle(4, 3, 20, 20),
    "none": new Float32Array(784),
    "dark on light": rectangle(4, 4, 20, 20).map((ink) => 1 - ink),
    "on a ground that is not 0": rectangle(4, 4, 20, 20).map((ink) => ink || 0.01),
  };
  for (const [what, pixels] of Object.entries(wrong)) {
    assertEquals(isMnistLike(pixels), false, what);
  }
});

Deno.test("asMnist gives the values of such pictures in fresh memory, from bytes and from floats", () => {
  const unit = rectangle(4, 4, 20, 20);
  unit[300] = 51 / 255;
  const bytes = Uint8Array.from(unit, (ink) => 255 * ink);
  const size = { width: 28, height: 28, channels: 1 } as const;
  for (const data of [unit, bytes, new Uint8ClampedArray(bytes)]) {
    const values = asMnist({ data, ...size })!;
    assertEquals(values, unit);
    assertEquals(values === data, false);
  }
});

Deno.test("asMnist gives nothing for pictures of another size, kind or look", () => {
  const data = rectangle(4, 4, 20, 20);
  assertEquals(asMnist({ data, width: 14, height: 56, channels: 1 }), undefined);
  assertEquals(asMnist({ data, width: 56, height: 14, channels: 1 }), undefined);
  const rgba = new Float32Array(4 * 784);
  rgba.set(data);
  assertEquals(asMnist({ data: rgba, width: 28, height: 28, channels: 4 }), undefined);
  const small = rectangle(8, 8, 12, 12);
  assertEquals(asMnist({ data: small, width: 28, height: 28, channels: 1 }), undefined);
});
