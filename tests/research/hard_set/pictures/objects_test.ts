import { assertEquals, assertGreater } from "@std/assert";
import { photoCutout, silhouette } from "../../../../scripts/research/hard_set/pictures/objects.ts";
import { Random } from "../../../../src/model/random.ts";
import { PHOTOS } from "../digits.ts";

Deno.test("photoCutout gives different objects on black, larger than any stroke", () => {
  const random = new Random(6);
  const seen = new Set<string>();
  let large = 0;
  for (let n = 0; n < 60; n++) {
    const thing = photoCutout(PHOTOS, random);
    assertEquals(thing.length, 784);
    seen.add(thing.join());
    if (thing.filter((value) => value > 0).length > 150) large++;
  }
  assertEquals(seen.size, 60);
  assertGreater(large, 50);
});

Deno.test("silhouette gives different outlines, most of which cover a good part of the square", () => {
  const random = new Random(9);
  const areas = Array.from({ length: 80 }, () => {
    const inside = silhouette(random);
    let area = 0;
    for (let i = 0; i < 400; i++) {
      if (inside((i % 20 - 9.5) / 10, (Math.floor(i / 20) - 9.5) / 10)) area++;
    }
    return area / 400;
  });
  assertGreater(areas.filter((area) => area > 0.15).length, 70);
  assertGreater(new Set(areas).size, 40);
});
