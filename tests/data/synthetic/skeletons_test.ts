import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { SKELETONS } from "../../../src/data/synthetic/skeletons.ts";

Deno.test("SKELETONS has ways of writing each of the ten digits, each of them usable", () => {
  assertEquals(SKELETONS.length, 10);
  for (const skeletons of SKELETONS) {
    assertGreater(skeletons.length, 0);
    for (const { strokes, weight, aspect } of skeletons) {
      assertGreater(weight, 0);
      assertGreater(aspect, 0);
      assertLessOrEqual(aspect, 1.2);
      assertGreater(strokes.length, 0);
      for (const stroke of strokes) {
        assertGreater(stroke.length, 1);
        for (const coordinate of stroke.flat()) {
          assertLessOrEqual(-0.1, coordinate);
          assertLessOrEqual(coordinate, 1.1);
        }
      }
    }
  }
});

Deno.test("SKELETONS says no way twice", () => {
  const ways = SKELETONS.flat().map(({ strokes }) => JSON.stringify(strokes));
  assertEquals(new Set(ways).size, ways.length);
});
