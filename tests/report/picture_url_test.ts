import { assertEquals } from "@std/assert";
import { decode } from "fast-png";
import { pictureUrl } from "../../scripts/report/picture_url.ts";
import { fromBase64 } from "../../src/weights/base64.ts";
import { assertError } from "../data/assert_error.ts";

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

Deno.test("pictureUrl refuses other channels, and pixels that do not fit the shape", async () => {
  for (const [channels, values] of [[2, 2], [1, 2], [3, 1]]) {
    await assertError(
      () => pictureUrl({ shape: [channels, 1, 1], pixels: new Uint8Array(values) }),
      "image/invalid",
      `it has ${values} values of shape [${channels},1,1]`,
    );
  }
});
