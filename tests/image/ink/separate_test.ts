import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import type { GreyImage } from "../../../src/image/image.ts";
import { boxAround } from "../../../src/image/ink/components.ts";
import { evenLight } from "../../../src/image/ink/illumination.ts";
import {
  type EraseLines,
  type InkPieces,
  separateInk,
  type Separation,
  softInk,
} from "../../../src/image/ink/separate.ts";
import { histogram } from "../../../src/image/ink/threshold.ts";
import type { PreparationPicture } from "../../../src/image/page.ts";
import { drawGrey, drawInk, greyOf, inkIn, sumOf } from "./drawing.ts";

const OTSU: Separation = { threshold: "otsu" };

function separate(
  grey: GreyImage,
  separation = OTSU,
  record?: (picture: PreparationPicture) => void,
): InkPieces | undefined {
  return separateInk({ grey, counts: histogram(grey.data) }, separation, record);
}

/** All pixels that surely are ink. */
function maskOf({ pieces, grey: { width, height } }: InkPieces): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (const { runs } of pieces) {
    for (let i = 0; i < runs.length; i += 3) {
      mask.fill(1, runs[i] * width + runs[i + 1], runs[i] * width + runs[i + 2]);
    }
  }
  return mask;
}

Deno.test("separateInk parts brightness half-way, or compares it with the border", () => {
  const ink = drawInk();
  const grey = drawGrey({ paper: 240, ink: 20 });
  for (const threshold of ["otsu", "border"] as const) {
    const separated = separate(grey, { threshold })!;
    assertEquals([separated.isErased, separated.levels.direction], [false, -1]);
    assertEquals(separated.grey === grey, true);
    const mask = maskOf(separated);
    const share = threshold === "otsu" ? 0.5 : 0.3;
    ink.forEach((value, i) => {
      if (Math.abs(value - share) > 0.1) assertEquals(mask[i] === 1, value > share, threshold);
    });
  }
});

Deno.test("separateInk takes the background for ink when it is to be inverted", () => {
  const grey = drawGrey({ paper: 240, ink: 20 });
  const mask = maskOf(separate(grey)!);
  const { levels, pieces } = separate(grey, { threshold: "inverted" })!;
  assertEquals(levels.direction, 1);
  assertEquals(inkIn(mask) + pieces.reduce((sum, { area }) => sum + area, 0), mask.length);
});

Deno.test("separateInk takes the same pixels for ink wherever words of memory begin", () => {
  fc.assert(
    fc.property(
      fc.nat(3),
      fc.integer({ min: 1, max: 9 }),
      fc.uint8Array({ minLength: 90, maxLength: 90 }),
      (offset, width, bytes) => {
        const data = bytes.subarray(offset, offset + 9 * width);
        const aligned = { data: data.slice(), width, height: 9 };
        const [a, b] = [{ ...aligned, data }, aligned].map((grey) => separate(grey));
        assertEquals(a && maskOf(a), b && maskOf(b));
        if (b === undefined) return;
        const { background, direction, edge } = b.levels;
        assertEquals(
          Array.from(maskOf(b)),
          Array.from(data, (level) => direction * (level - background) >= edge ? 1 : 0),
        );
      },
    ),
  );
});

Deno.test("separateInk corrects the illumination first, and finds nothing where it cannot be", () => {
  const ink = drawInk();
  const grey = greyOf(100, 100, (x, y) => (1 - 0.006 * x) * (230 - 170 * ink[100 * y + x]));
  const even: Separation = { correct: evenLight, threshold: "border" };
  const errors = (separation: Separation): number => {
    const mask = maskOf(separate(grey, separation)!);
    return ink.filter((value, i) => Math.abs(value - mask[i]) > 0.7).length;
  };
  assertLess(errors(even), 0.02 * sumOf(ink));
  assertGreater(errors(OTSU), 0.5 * sumOf(ink));
  assertEquals(separate(grey, { ...even, correct: () => undefined }), undefined);
  assertEquals(separate(greyOf(100, 100, () => 90), even), undefined);
});

/** Erases three rows. */
const eraseRow: EraseLines = (mask, width) => {
  const [from, to] = [80 * width, 83 * width];
  const hasAny = mask.subarray(from, to).includes(1);
  mask.fill(0, from, to);
  return hasAny;
};

const ERASED: Separation = { threshold: "otsu", erase: eraseRow };

type Block = readonly [left: number, top: number, width: number, height: number];

/** Blocks on white, on a line from side to side where that is wanted. */
function blocks(blocks: readonly Block[], hasLine = true): GreyImage {
  return greyOf(120, 120, (x, y) => {
    const isLine = hasLine && y >= 80 && y < 83;
    const isBlock = blocks.some(([left, top, width, height]) =>
      x >= left && x < left + width && y >= top && y < top + height
    );
    return isLine || isBlock ? 0 : 255;
  });
}

/** The boxes of all pieces, from the upper left. */
function boxes(separated: InkPieces | undefined): Block[] {
  return (separated?.pieces ?? []).map((piece) => {
    const { x, y, width, height } = boxAround([piece]);
    return [x, y, width, height];
  });
}

const DIGIT: Block = [40, 20, 30, 50];

Deno.test("separateInk erases lines, and says so", () => {
  const lined = blocks([DIGIT]);
  assertEquals(boxes(separate(lined)).length, 2);
  const erased = separate(lined, ERASED);
  assertEquals([boxes(erased), erased?.isErased], [[DIGIT], true]);
  const plain = separate(blocks([DIGIT], false), ERASED);
  assertEquals([boxes(plain), plain?.isErased], [[DIGIT], false]);
});

Deno.test("separateInk takes a line by itself for what was drawn", () => {
  const alone = separate(blocks([]), ERASED);
  assertEquals([boxes(alone), alone?.isErased], [[[0, 80, 120, 3]], false]);
});

Deno.test("separateInk finds nothing without lines where lines are needed", () => {
  const needed: Separation = { ...ERASED, needsLines: true };
  assertEquals(separate(blocks([DIGIT], false), needed), undefined);
  assertEquals(separate(blocks([]), needed), undefined);
  assertEquals(boxes(separate(blocks([DIGIT]), needed)), [DIGIT]);
});

Deno.test("separateInk leaves out ticks that stood on a line, lower than six tenths of the digit", () => {
  const beside = (height: number): Block => [85, 80 - height, 3, height];
  assertEquals(boxes(separate(blocks([DIGIT, beside(30)]), ERASED)), [DIGIT]);
  assertEquals(boxes(separate(blocks([DIGIT, beside(31)]), ERASED)).length, 2);
});

Deno.test("separateInk leaves out lines between cells that stood on a line, higher than the digit", () => {
  const beside = (height: number): Block => [85, 80 - height, 3, height];
  assertEquals(boxes(separate(blocks([DIGIT, beside(57)]), ERASED)).length, 2);
  assertEquals(boxes(separate(blocks([DIGIT, beside(58)]), ERASED)), [DIGIT]);
});

Deno.test("separateInk keeps what stood on no line, what is no line itself, and a single 1 on a line", () => {
  for (const block of [[85, 55, 3, 20], [85, 60, 6, 20]] as Block[]) {
    assertEquals(boxes(separate(blocks([DIGIT, block]), ERASED)).length, 2, `${block}`);
  }
  const one: Block = [60, 40, 4, 40];
  assertEquals(boxes(separate(blocks([one]), ERASED)), [one]);
  // An empty comb.
  assertEquals(boxes(separate(blocks([one, [30, 40, 4, 40], [90, 40, 4, 40]]), ERASED)), []);
});

Deno.test("separateInk records the picture, and what surely is ink", () => {
  const pictures: PreparationPicture[] = [];
  const grey = drawGrey();
  const separated = separate(grey, OTSU, (picture) => pictures.push(picture))!;
  assertEquals(pictures.map(({ name }) => name), ["even light", "surely ink"]);
  for (const { width, height } of pictures) assertEquals([width, height], [100, 100]);
  assertEquals(pictures[0].values, Float32Array.from(grey.data, (level) => level / 255));
  assertEquals(pictures[1].values, Float32Array.from(maskOf(separated)));
});

Deno.test("softInk keeps the soft edges of all pieces", () => {
  const ink = drawInk();
  const separated = separate(drawGrey())!;
  const { data, width, height } = softInk(separated, separated.pieces, 3);
  assertEquals([width, height], [100, 100]);
  ink.forEach((value, i) => assertAlmostEquals(data[i], value, 0.02));
});

Deno.test("softInk keeps them as far as it is to reach, and nothing of other pieces", () => {
  // Full ink fades over 8 pixels to either side.
  const level = (from: number): number => 255 * Math.min(1, Math.max(0, (from - 2) / 8));
  const grey = greyOf(120, 60, (x) => level(Math.min(Math.abs(x - 30), Math.abs(x - 90))));
  const separated = separate(grey)!;
  assertEquals(separated.pieces.length, 2);
  const [left] = separated.pieces;
  for (const reach of [1, 2, 3]) {
    const { data } = softInk(separated, [left], reach);
    const inked = [...data.keys()].filter((i) => data[i] > 0).map((i) => i % 120);
    assertEquals(Math.min(...inked), left.left - reach);
    assertEquals(Math.max(...inked), left.right + reach);
  }
});

Deno.test("softInk keeps the ink beside a piece after lines were erased, and no line further away", () => {
  const separated = separate(blocks([DIGIT]), ERASED)!;
  const { data } = softInk(separated, separated.pieces, 3);
  assertEquals(inkIn(data), 30 * 50);
  assertEquals(sumOf(data), 30 * 50);
});

/** A square frame of 40 on paper of 200, `thick` pixels wide, around a tone; and the same with that tone taken for paper. */
function frameAround(inside: number, thick: number): Separation & { readonly grey: GreyImage } {
  const [side, from, to] = [60, 20, 40];
  const draw = (within: number): GreyImage => {
    const grey = { data: new Uint8Array(side * side).fill(200), width: side, height: side };
    for (let y = from; y < to; y++) {
      for (let x = from; x < to; x++) {
        const depth = Math.min(x - from, to - 1 - x, y - from, to - 1 - y);
        grey.data[y * side + x] = depth < thick ? 40 : within;
      }
    }
    return grey;
  };
  return {
    grey: draw(inside),
    correct: () => ({ ...draw(200), direction: -1 }),
    threshold: "border",
  };
}

Deno.test("separateInk drops the outline of what the correction of the illumination hollowed out", () => {
  for (const isLight of [false, true]) {
    const isKept = (inside: number, thick: number): boolean => {
      const { grey, ...separation } = frameAround(inside, thick);
      if (!isLight) return separate(grey, separation)!.pieces.length === 1;
      const inverted = (one: GreyImage): GreyImage => ({
        ...one,
        data: one.data.map((tone) => 240 - tone),
      });
      const light: Separation = {
        ...separation,
        correct: (dark) => ({ ...inverted(separation.correct!(dark)!), direction: 1 }),
      };
      return separate(inverted(grey), light)!.pieces.length === 1;
    };
    // Between the frame and the paper are 160: a fifth of it is 32.
    assertEquals(isKept(40, 3), false);
    assertEquals(isKept(70, 3), false);
    assertEquals(isKept(74, 3), true);
    // Shadow on the inside alone does not matter: it is far from the tone of the frame.
    assertEquals(isKept(150, 3), true);
    // Of 20 × 20 pixels the inside has 12 × 12 = 144 of 256, or 10 × 10 = 100 of 300, of which half would be 150.
    assertEquals(isKept(40, 4), false);
    assertEquals(isKept(40, 5), true);
  }
});
