import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import { changeThickness } from "../../src/data/stroke.ts";
import { momentsOf, picture } from "./picture.ts";

function changed(image: Float32Array, height: number, width: number, amount: number): Float32Array {
  const copy = image.slice();
  changeThickness(copy, height, width, amount, new Float32Array(copy.length).fill(NaN));
  return copy;
}

/** Any picture, and how much to change it. */
const pictures = fc.tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 3, max: 9 })).chain((
  [height, width],
) =>
  fc.tuple(
    fc.constant(height),
    fc.constant(width),
    fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: height * width,
      maxLength: height * width,
    }).map((values) => Float32Array.from(values)),
    fc.double({ min: -1, max: 1, noNaN: true }),
  )
);

Deno.test("changeThickness blends each pixel with the extreme of its neighbourhood, and leaves the border", () => {
  fc.assert(fc.property(pictures, ([height, width, image, amount]) => {
    const expected = picture(height, width, (x, y) => {
      const value = image[y * width + x];
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return value;
      const around: number[] = [];
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) around.push(image[(y + dy) * width + x + dx]);
      }
      const extreme = amount > 0 ? Math.max(...around) : Math.min(...around);
      return value + Math.abs(amount) * (extreme - value);
    });
    changed(image, height, width, amount).forEach((value, i) =>
      assertAlmostEquals(value, expected[i], 1e-6)
    );
  }));
});

Deno.test("changeThickness leaves everything as it is at 0", () => {
  fc.assert(fc.property(pictures, ([height, width, image]) => {
    for (const nothing of [0, -0]) assertEquals(changed(image, height, width, nothing), image);
  }));
});

Deno.test("changeThickness makes a stroke gain or lose ink, a pixel on each side at most", () => {
  const bar = picture(20, 20, (x, y) => x >= 8 && x < 12 && y > 2 && y < 17 ? 1 : 0);
  const mass = (amount: number): number => momentsOf(changed(bar, 20, 20, amount), 20).mass;
  assertEquals([mass(-1), mass(0), mass(1)], [2 * 12, 4 * 14, 6 * 16]);
  for (let amount = -1; amount < 1; amount += 0.25) assertLess(mass(amount), mass(amount + 0.25));
  assertGreater(mass(0.1), mass(0));
});
