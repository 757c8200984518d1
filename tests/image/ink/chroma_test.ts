import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { chromaOf } from "../../../src/image/ink/chroma.ts";
import type { GreyImage, Pixels } from "../../../src/image/image.ts";
import { rgba } from "./drawing.ts";

type Colour = readonly [red: number, green: number, blue: number];

/** A field of one colour with a quarter of another in its corner. */
function fieldOf(side: number, paper: Colour, ink: Colour, alpha = 255): Pixels {
  const data = rgba(
    Array.from({ length: side * side }, (_, i) => i),
    (i) => {
      const isInk = i % side < side / 2 && i < side * side / 2;
      return isInk ? [...ink, 255] : [...paper, alpha];
    },
  );
  return { data, width: side, height: side, channels: 4 };
}

/** The levels of ink and of paper. */
function levelsOf({ data, width }: GreyImage): [ink: number, paper: number] {
  return [data[0], data[width - 1]];
}

/** Colours of a brightness of 128. */
const RED: Colour = [225, 92, 60];
const GREEN: Colour = [60, 155, 140];
const BLUE: Colour = [80, 135, 218];

Deno.test("chromaOf parts colours of the same brightness, whichever they are", () => {
  for (const [paper, ink] of [[RED, GREEN], [GREEN, BLUE], [BLUE, RED], [[128, 128, 128], RED]]) {
    const chroma = chromaOf(fieldOf(60, paper as Colour, ink as Colour))!;
    assertEquals([chroma.width, chroma.height], [60, 60]);
    const [a, b] = levelsOf(chroma);
    assertGreater(Math.abs(a - b), 120);
    assertEquals(new Set(chroma.data), new Set([a, b]));
    // The mean is in the middle: three quarters are paper.
    assertAlmostEquals((a + 3 * b) / 4, 127.5, 1);
  }
});

Deno.test("chromaOf gives nothing for grey, nor for colours that differ by less than noise does", () => {
  assertEquals(chromaOf(fieldOf(60, [255, 255, 255], [0, 0, 0])), undefined);
  assertEquals(chromaOf(fieldOf(60, RED, RED)), undefined);
  // Of R − Y and B − Y the deviation is √3 / 4 of the difference.
  const shifted = (by: number): Pixels => fieldOf(60, [128, 128, 128], [128, 128, 128 + by]);
  assertEquals(chromaOf(shifted(6)), undefined);
  assertEquals(chromaOf(shifted(10)) === undefined, false);
});

Deno.test("chromaOf reduces pictures to 800 pixels, and takes floats", () => {
  for (const [side, reduced] of [[800, 800], [801, 400], [1700, 566]]) {
    assertEquals(chromaOf(fieldOf(side, RED, GREEN))?.width, reduced);
  }
  const { data, ...size } = fieldOf(40, RED, GREEN);
  const floats = Float32Array.from(data, (value) => value / 255);
  assertEquals(chromaOf({ data: floats, ...size }), chromaOf({ data, ...size }));
});

Deno.test("chromaOf takes no account of the colour of what is transparent", () => {
  const clear = fieldOf(40, BLUE, RED, 0);
  const other = fieldOf(40, GREEN, RED, 0);
  assertEquals(chromaOf(clear), chromaOf(other));
});
