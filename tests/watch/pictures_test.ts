import { assertEquals, assertThrows } from "@std/assert";
import { decode } from "fast-png";
import { LeNetError } from "../../src/errors.ts";
import { channelPictures, pictureUrl } from "../../src/watch/pictures.ts";
import { fromBase64 } from "../../src/weights/model_file.ts";

/** Asserts that `act` throws `image/invalid` with a message that includes `part`. */
function assertInvalid(act: () => unknown, part: string): void {
  assertEquals(assertThrows(act, LeNetError, part).code, "image/invalid");
}

Deno.test("pictureUrl holds a PNG of the same pixels, grey or coloured", () => {
  for (const channels of [1, 3]) {
    const plane = 2 * 3;
    const pixels = Uint8Array.from({ length: channels * plane }, (_, i) => i * 7);
    const url = pictureUrl({ shape: [channels, 2, 3], pixels });
    const [head, base64] = url.split(",");
    assertEquals(head, "data:image/png;base64");
    const png = decode(fromBase64(base64));
    assertEquals([png.width, png.height, png.channels, png.depth], [3, 2, channels, 8]);
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < channels; c++) {
        assertEquals(png.data[i * channels + c], pixels[c * plane + i]);
      }
    }
  }
});

Deno.test("pictureUrl refuses other channels, and pixels that do not fit the shape", () => {
  for (const [channels, values] of [[2, 2], [1, 2], [3, 1]]) {
    assertInvalid(
      () => pictureUrl({ shape: [channels, 1, 1], pixels: new Uint8Array(values) }),
      `it has ${values} values of shape [${channels},1,1]`,
    );
  }
});

Deno.test("channelPictures gives all channels one scale, from black to white", () => {
  const values = Float32Array.of(-1, 0, 0, 0, 1, 1, 0, -1);
  const stage = { name: "pool1", shape: [2, 2, 2] as const, values };
  const { pictures, lowest, highest } = channelPictures(stage);
  assertEquals([lowest, highest], [-1, 1]);
  assertEquals(pictures.map(({ shape }) => [...shape]), [[1, 2, 2], [1, 2, 2]]);
  assertEquals(pictures.map(({ pixels }) => [...pixels]), [[0, 128, 128, 128], [255, 255, 128, 0]]);
});

Deno.test("channelPictures draws what is not a number, and what is one number, black", () => {
  const draw = (...values: number[]) =>
    channelPictures({ name: "s", shape: [1, 1, 2], values: Float32Array.from(values) });
  assertEquals([...draw(NaN, 3).pictures[0].pixels], [0, 0]);
  assertEquals([...draw(2, 2).pictures[0].pixels], [0, 0]);
  assertEquals(draw(NaN, Infinity).highest, NaN);
});

Deno.test("channelPictures refuses values that do not fit the shape", () => {
  assertInvalid(
    () => channelPictures({ name: "pool1", shape: [1, 2, 2], values: new Float32Array(3) }),
    "Cannot show pool1: it has 3 values, expected 4 for [1,2,2]",
  );
});
