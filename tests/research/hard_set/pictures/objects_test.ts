import { assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  clothPicture,
  photoCutout,
  silhouette,
} from "../../../../scripts/research/hard_set/pictures/objects.ts";
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

Deno.test("clothPicture gives different objects on black, shaded smoothly inside their outline", () => {
  const random = new Random(6);
  const seen = new Set<string>();
  let [steps, inside, shades] = [0, 0, 0];
  for (let n = 0; n < 60; n++) {
    const cloth = clothPicture(random);
    assertEquals(cloth.length, 784);
    seen.add(cloth.join());
    shades += new Set(cloth).size;
    for (let i = 1; i < 784; i++) {
      if (cloth[i] === 0 || cloth[i - 1] === 0) continue;
      inside++;
      if (Math.abs(cloth[i] - cloth[i - 1]) > 25) steps++;
    }
  }
  assertEquals(seen.size, 60);
  assertGreater(shades / 60, 20);
  // Stripes, seams and prints are steps; noise would be more.
  assertLess(steps / inside, 0.3);
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
