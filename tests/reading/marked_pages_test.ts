import { assertEquals } from "@std/assert";
import { classifyDigit, readDigits } from "../../mod.ts";
import type { Grey } from "../image/ink/drawing.ts";
import { boxAt, digitsAt, drawn, lineAt, ovalAt, type Stretch } from "./digits.ts";

const WIDTH = 560;

const HEIGHT = 200;

/** From one digit to the next, and the left edge of the first. */
const PITCH = 80;

const LEFT = 60;

/** Digits 80 high, from 60 to 140. */
const digits = (text: string): Stretch[] =>
  digitsAt(text, { x: LEFT, y: 60, height: 80, pitch: PITCH });

const page = (...strokes: Stretch[][]): Grey => drawn(WIDTH, HEIGHT, ...strokes);

/** The corner of each of five cells. */
const CELLS = [0, 1, 2, 3, 4].map((n) => LEFT - 12 + n * PITCH);

/** The lines between five cells that touch. */
const SIDES = [...CELLS, LEFT - 12 + 5 * PITCH].flatMap((x) => lineAt(x, 45, x, 155));

const level = (y: number, pen?: number): Stretch[] => lineAt(CELLS[0], y, CELLS[0] + 400, y, pen);

/** What is drawn around, under, over and through numbers. */
const MARKS: Readonly<Record<string, Stretch[]>> = {
  "an underline": lineAt(30, 155, 480, 155),
  "an underline that touches": lineAt(30, 140, 480, 140),
  "an underline that leans": lineAt(30, 142, 480, 165),
  "two underlines": [...lineAt(30, 150, 480, 150), ...lineAt(30, 158, 480, 158)],
  "a thick underline": lineAt(30, 160, 480, 160, 8),
  "an overline": lineAt(30, 45, 480, 45),
  "an underline for each digit": CELLS.flatMap((x) => lineAt(x + 4, 152, x + 64, 152)),
  "a box": boxAt(30, 30, 450, 140),
  "a box that touches": boxAt(30, 30, 450, 110),
  "an oval": ovalAt(5, 15, 490, 170),
  "a box for each digit": CELLS.flatMap((x) => boxAt(x, 45, 70, 110)),
  "cells": [...level(45), ...level(155), ...SIDES],
  "cells that touch": [...level(45), ...level(141), ...SIDES],
  "a comb": [
    ...level(152),
    ...[...CELLS, CELLS[0] + 400].flatMap((x) => lineAt(x, 120, x, 152)),
  ],
};

/** Squared paper. */
function squares(pitch: number): Stretch[] {
  const lines: Stretch[] = [];
  for (let x = 7; x < WIDTH; x += pitch) lines.push(...lineAt(x, 0, x, HEIGHT, 1));
  for (let y = 9; y < HEIGHT; y += pitch) lines.push(...lineAt(0, y, WIDTH, y, 1));
  return lines;
}

for (const [name, marks] of Object.entries(MARKS)) {
  Deno.test(`readDigits reads digits in their order with ${name}`, async () => {
    assertEquals((await readDigits(page(digits("20513"), marks))).text, "20513");
  });

  Deno.test(`classifyDigit finds several digits with ${name}`, async () => {
    const { digit, reason } = await classifyDigit(page(digits("20513"), marks));
    assertEquals([digit, reason], [null, "several-digits"]);
  });
}

Deno.test("readDigits reads digits on squared paper, whatever the distance of its lines", async () => {
  for (const pitch of [16, 27, 50, 80]) {
    assertEquals((await readDigits(page(digits("20513"), squares(pitch)))).text, "20513");
  }
});

Deno.test("readDigits keeps the bars of digits that join them", async () => {
  const joined = [["777", 62, 250], ["55", 80, 180]] as const;
  for (const [text, from, to] of joined) {
    assertEquals((await readDigits(page(digits(text), lineAt(from, 61, to, 61, 6)))).text, text);
  }
});

Deno.test("readDigits reads a bold digit beside others as one of them", async () => {
  const bold = lineAt(90, 65, 90, 135, 30);
  const text = digitsAt("253", { x: 160, y: 60, height: 80 });
  assertEquals((await readDigits(page(bold, text))).text, "1253");
});

Deno.test("classifyDigit finds two to eight digits", async () => {
  for (const text of ["20", "513", "2051", "20513", "205138", "2051387", "20513876"]) {
    const picture = drawn(
      100 + 60 * text.length,
      120,
      digitsAt(text, { x: 50, y: 30, height: 55 }),
    );
    const { digit, reason, count } = await classifyDigit(picture);
    assertEquals([digit, reason, count], [null, "several-digits", text.length]);
  }
});

Deno.test("classifyDigit finds two digits that touch", async () => {
  for (const text of ["35", "63", "84"]) {
    const touching = digitsAt(text, { x: 60, y: 60, height: 80, pitch: 55 });
    const { digit, reason } = await classifyDigit(page(touching));
    assertEquals([digit, reason], [null, "several-digits"]);
  }
});

Deno.test("readDigits reads two digits that touch, however much they look like one", async () => {
  for (const text of ["22", "55"]) {
    const touching = digitsAt(text, { x: 60, y: 60, height: 80, pitch: 48 });
    assertEquals((await readDigits(page(touching))).text, text);
  }
});

Deno.test("classifyDigit never finds several digits in one with a stray mark", async () => {
  const marks = [
    lineAt(200, 130, 204, 130, 8),
    lineAt(200, 60, 260, 62, 6),
    lineAt(40, 145, 140, 145),
    lineAt(20, 20, 24, 30, 3),
  ];
  for (const mark of marks) {
    const { digit, reason } = await classifyDigit(page(digits("3"), mark));
    assertEquals([digit, reason], [3, null]);
  }
});

Deno.test("classifyDigit never finds several digits in one beside empty cells", async () => {
  for (const text of ["3", "5"]) {
    for (const marks of [MARKS["a box for each digit"], MARKS.cells, MARKS["a comb"]]) {
      const { reason } = await classifyDigit(page(digits(text), marks));
      assertEquals(reason === "several-digits", false);
    }
  }
});
