import { assertEquals } from "@std/assert";
import {
  ARTICLE_DISTORTIONS,
  checkDistortions,
  DIGIT_DISTORTIONS,
  distort,
  type Distortions,
  PHOTO_DISTORTIONS,
} from "../../../src/data/augment/distort.ts";
import { Random } from "../../../src/model/random.ts";
import { assertError } from "../../assert_error.ts";
import { STILL } from "./picture.ts";

Deno.test("PHOTO_DISTORTIONS and ARTICLE_DISTORTIONS mirror and crop, and do nothing else", () => {
  assertEquals(PHOTO_DISTORTIONS, { ...STILL, flip: 0.5, crop: 4 });
  assertEquals(ARTICLE_DISTORTIONS, { ...STILL, flip: 0.5, crop: 2 });
});

/** The upper end of each range, which begins at 0, and values outside. */
const RANGES: [name: keyof Distortions, maximum: number, outside: number[]][] = [
  ["rotation", 180, [-1, 180.001, 181, NaN, Infinity]],
  ["scale", 0.9, [-0.1, 0.901, 0.91, 1, NaN]],
  ["shear", 2, [-0.1, 2.001, 2.1, NaN]],
  ["shift", 1000, [-1, 1000.001, 1001, NaN]],
  ["elastic", 1, [-0.1, 1.001, 1.1, NaN]],
  ["thickness", 1, [-0.1, 1.001, 1.1, NaN]],
  ["strength", 1, [-0.1, 1.001, 1.1, NaN]],
  ["flip", 0.5, [-0.1, 0.501, 0.51, 1, NaN]],
  ["crop", 1000, [-1, 1001, NaN, Infinity]],
  ["degrade", 1, [-0.1, 1.001, 1.1, NaN]],
];

for (const [name, maximum, outside] of RANGES) {
  const isOptional = name === "flip" || name === "crop" || name === "degrade";
  Deno.test(`distort accepts a ${name} in its range, and refuses it outside${isOptional ? "" : ", or none"}`, () => {
    for (const value of [0, maximum]) checkDistortions({ ...DIGIT_DISTORTIONS, [name]: value });
    for (const value of isOptional ? outside : [...outside, undefined]) {
      const wrong = { ...DIGIT_DISTORTIONS, [name]: value } as Distortions;
      assertError(
        () => distort(new Uint8Array(4), [1, 2, 2], wrong, new Random(1), new Float32Array(4)),
        "option/invalid",
        `Cannot distort images: ${name} is ${value}, expected 0 to ${maximum}`,
      );
    }
  });
}

Deno.test("checkDistortions refuses to crop by parts of a pixel", () => {
  assertError(
    () => checkDistortions({ ...STILL, crop: 1.5 }),
    "option/invalid",
    "Cannot distort images: crop is 1.5, expected a whole number",
  );
});

Deno.test("checkDistortions refuses a distortion that does not exist", () => {
  const distortions = { ...DIGIT_DISTORTIONS, rotate: 3 };
  assertError(
    () => checkDistortions(distortions),
    "option/unknown",
    "there is no option rotate, expected rotation, scale",
  );
});
