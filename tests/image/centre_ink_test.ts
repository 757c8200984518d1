import { assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import fc from "fast-check";
import { centreInk } from "../../src/image/centre_ink.ts";
import { centreOf } from "./drawing.ts";

Deno.test("centreInk brings the centre of mass to 13.5 up to 14.5, without changing the ink", () => {
  const side = fc.integer({ min: 1, max: 12 });
  fc.assert(fc.property(side, side, fc.integer({ min: 1, max: 250 }), (width, height, seed) => {
    const data = Float32Array.from(
      { length: width * height },
      (_, i) => (seed * (i + 1) % 251 + 1) / 255,
    );
    const pixels = centreInk({ data, width, height });
    for (const centre of centreOf(pixels)) {
      assertGreaterOrEqual(centre, 13.5 - 1e-6);
      assertLess(centre, 14.5);
    }
    assertEquals(pixels.filter((ink) => ink > 0), data);
  }));
});

Deno.test("centreInk rounds as MNIST does when the centre falls between two pixels", () => {
  const pixels = centreInk({ data: Float32Array.of(1, 1), width: 2, height: 1 });
  assertEquals([...pixels.keys()].filter((i) => pixels[i] > 0), [14 * 28 + 13, 14 * 28 + 14]);
});

Deno.test("centreInk never pushes ink over the edge", () => {
  for (const heavy of [0, 19, 380, 399]) {
    const data = new Float32Array(400).fill(0.001);
    data[heavy] = 1;
    const pixels = centreInk({ data, width: 20, height: 20 });
    assertEquals(pixels.filter((ink) => ink > 0).length, 400);
  }
});

Deno.test("centreInk puts the middle of the box into the middle, when it is asked to", () => {
  const side = fc.integer({ min: 1, max: 28 });
  fc.assert(fc.property(side, side, (width, height) => {
    const data = Float32Array.from({ length: width * height }, (_, i) => i === 0 ? 1 : 0.01);
    const pixels = centreInk({ data, width, height }, false);
    const inked = [...pixels.keys()].filter((i) => pixels[i] > 0);
    const [first, last] = [inked[0], inked[inked.length - 1]];
    assertEquals((first % 28 + last % 28) / 2, width % 2 === 0 ? 13.5 : 14);
    const rows = (Math.floor(first / 28) + Math.floor(last / 28)) / 2;
    assertEquals(rows, height % 2 === 0 ? 13.5 : 14);
    assertEquals(inked.length, width * height);
  }));
});
