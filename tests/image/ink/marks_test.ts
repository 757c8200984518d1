import { assertEquals, assertGreater, assertLess } from "@std/assert";
import fc from "fast-check";
import { findComponents } from "../../../src/image/ink/components.ts";
import { eraseLines, eraseOutlines } from "../../../src/image/ink/marks.ts";
import { distanceToLine, inkIn, type Mask, maskWhere } from "./drawing.ts";

type Point = readonly [x: number, y: number];

/** What is left of a mask, and whether anything was erased. */
function apply(
  erase: (mask: Uint8Array, width: number, height: number) => boolean,
  { data, width, height }: Mask,
): { left: Uint8Array; isErased: boolean } {
  const left = data.slice();
  const isErased = erase(left, width, height);
  assertEquals(isErased, left.some((ink, i) => ink !== data[i]));
  for (const [i, ink] of left.entries()) assertEquals(ink <= data[i], true);
  return { left, isErased };
}

const lines = (mask: Mask): ReturnType<typeof apply> => apply(eraseLines, mask);

const outlines = (mask: Mask): ReturnType<typeof apply> => apply(eraseOutlines, mask);

/** All ink of two masks of one size. */
function both({ data, width, height }: Mask, other: Mask): Mask {
  return { data: data.map((ink, i) => ink | other.data[i]), width, height };
}

/** The share of the ink of a mask that is left. */
function shareLeft({ data }: Mask, left: Uint8Array): number {
  return inkIn(left.filter((ink, i) => ink === 1 && data[i] === 1)) / inkIn(data);
}

/** The ink of one mask that is not in another. */
function without({ data, width, height }: Mask, other: Mask): Mask {
  return { data: data.map((ink, i) => ink & ~other.data[i]), width, height };
}

/** Strokes with round ends, of points in a box of 0 to 1. */
function drawn(
  strokes: readonly (readonly Point[])[],
  { side, x, y, width, height, pen }: Record<string, number>,
): Mask {
  const place = ([px, py]: Point): Point => [x + px * width, y + py * height];
  return maskWhere(
    side,
    side,
    (px, py) =>
      strokes.some((points) =>
        points.slice(1).some((to, k) =>
          distanceToLine(px + 0.5, py + 0.5, place(points[k]), place(to)) <= pen / 2
        )
      ),
  );
}

function arc(middle: Point, radius: Point, from: number, to: number): Point[] {
  return Array.from({ length: 24 }, (_, k) => {
    const angle = (from + (to - from) * k / 23) * Math.PI / 180;
    return [middle[0] + radius[0] * Math.cos(angle), middle[1] + radius[1] * Math.sin(angle)];
  });
}

const DIGITS: Readonly<Record<string, readonly (readonly Point[])[]>> = {
  "a 0": [arc([0.5, 0.5], [0.5, 0.5], 0, 360)],
  "a 1": [[[0.5, 0], [0.5, 1]]],
  "a 2": [[[0.05, 0.3], [0.2, 0.05], [0.6, 0], [0.9, 0.2], [0.85, 0.45], [0, 1], [1, 0.95]]],
  "a 3": [[...arc([0.5, 0.25], [0.5, 0.25], -160, 90), ...arc([0.5, 0.75], [0.5, 0.25], -90, 160)]],
  "a 4": [[[1, 0.65], [0, 0.65], [0.7, 0], [0.7, 1]]],
  "a 5": [[[1, 0], [0, 0], [0, 0.45], [0.8, 0.45], [1, 0.7], [0.8, 1], [0, 1]]],
  "a 6": [[[0.8, 0], ...arc([0.5, 0.7], [0.5, 0.3], 190, 550)]],
  "a 7": [[[0, 0], [1, 0], [0.3, 1]]],
  "an 8": [arc([0.5, 0.25], [0.4, 0.25], 0, 360), arc([0.5, 0.75], [0.5, 0.25], 0, 360)],
  "a 9": [[...arc([0.5, 0.3], [0.5, 0.3], 0, 360), [0.8, 1]]],
};

const drawings = new Map<string, Mask>();

/** A digit in the middle of 200×200. */
function digitOf(name: string, pen = 9, [x, y, width, height] = [70, 50, 60, 95]): Mask {
  const key = [name, pen, x, y, width, height].join();
  let digit = drawings.get(key);
  if (digit === undefined) {
    digit = drawn(DIGITS[name], { side: 200, x, y, width, height, pen });
    drawings.set(key, digit);
  }
  return digit;
}

/** The sides of a rectangle, so many pixels thick. */
function frameOf(
  side: number,
  [left, top, right, bottom]: readonly number[],
  thick: number,
): Mask {
  return maskWhere(side, side, (x, y) => {
    const isIn = (inset: number): boolean =>
      x >= left + inset && x < right - inset && y >= top + inset && y < bottom - inset;
    return isIn(0) && !isIn(thick);
  });
}

/** A filled rectangle. */
function blockOf(side: number, [left, top, right, bottom]: readonly number[]): Mask {
  return maskWhere(side, side, (x, y) => x >= left && x < right && y >= top && y < bottom);
}

/** Digits whose strokes bend; straight ones are lines themselves. */
const ROUND = ["a 0", "a 3", "a 6", "an 8"];

/**
 * A line of 100 pixels, three thick, and two strokes that slant to and fro on it. The strokes begin so many pixels from
 * the ends of the line.
 */
function lined(
  {
    inset = 10,
    side = 140,
    isTurned = false,
    thick = 3,
    isOver = false,
    stroke = 5,
    below = 0,
    height = 60,
  } = {},
): Mask {
  const [first, last] = [20, 120];
  return maskWhere(side, side, (px, py) => {
    const [x, y] = isTurned ? [py, px] : [px, py];
    const row = isOver ? 139 - y : y;
    if (row >= 80 && row < 80 + thick) return x >= first && x < last;
    const top = 80 - height;
    if (row < top || row >= 80 + thick + below || row >= 80 && below === 0) return false;
    const room = last - first - 2 * inset - stroke;
    const way = (row - top) % (2 * room);
    const lean = Math.min(way, 2 * room - way);
    const [left, right] = [first + inset + lean, last - inset - stroke - lean];
    return x >= left && x < left + stroke || x >= right && x < right + stroke;
  });
}

const isLine = (_x: number, y: number): boolean => y >= 80 && y < 83;

Deno.test("eraseLines erases an underline that a digit touches", () => {
  for (const name of ROUND) {
    const digit = digitOf(name);
    const line = without(blockOf(200, [40, 147, 160, 151]), digit);
    const { left, isErased } = lines(both(digit, line));
    assertEquals(isErased, true, name);
    assertLess(shareLeft(line, left), 0.25, name);
    assertGreater(shareLeft(digit, left), 0.95, name);
  }
});

Deno.test("eraseLines erases an underline on which a 1 stands, and lines under and over a digit with straight strokes", () => {
  const underline = blockOf(200, [40, 142, 160, 146]);
  const overline = blockOf(200, [40, 46, 160, 50]);
  const cases: [string, Mask[]][] = [
    ["a 1", [underline]],
    ["a 4", [underline]],
    ["a 9", [underline]],
    ["a 0", [underline, overline]],
  ];
  for (const [name, marks] of cases) {
    const digit = digitOf(name, 9, [75, 50, 50, 95]);
    const { left, isErased } = lines([...marks, digit].reduce(both));
    assertEquals(isErased, true, name);
    for (const mark of marks) assertLess(shareLeft(without(mark, digit), left), 0.25, name);
    assertGreater(shareLeft(digit, left), 0.85, name);
  }
});

/** A digit in the third of so many joined cells of 60×80, as high as wanted. */
function joined(cells: number, height: number, thick = 2): Mask {
  const side = 60 * cells + 100;
  const digit = drawn(DIGITS["a 3"], {
    side,
    x: 155,
    y: 98 - height,
    width: 0.7 * height,
    height,
    pen: 5,
  });
  const frames = Array.from(
    { length: cells },
    (_, n) => frameOf(side, [20 + 60 * n, 20, 80 + 60 * n + thick, 100], thick),
  );
  return [digit, ...frames].reduce(both);
}

Deno.test("eraseLines erases the cells of a form, however many they are, around a digit three tenths as high", () => {
  for (const cells of [3, 6]) {
    assertEquals(isDone(lines(joined(cells, 30))), true);
    assertEquals(isDone(lines(joined(cells, 15))), false);
  }
});

Deno.test("eraseLines erases a frame on which a narrow digit stands", () => {
  const digit = digitOf("a 1", 9, [100, 60, 0, 88]);
  const frame = without(frameOf(200, [45, 30, 155, 150], 3), digit);
  const { left, isErased } = lines(both(digit, frame));
  assertEquals(isErased, true);
  assertLess(shareLeft(frame, left), 0.05);
  assertGreater(shareLeft(digit, left), 0.9);
});

/** A ring on a line with a full tick at either end, as high as wanted. */
function combOf(tick: Mask): Mask {
  return [digitOf("a 0", 9, [75, 50, 50, 95]), blockOf(200, [20, 145, 180, 150]), tick]
    .reduce(both);
}

Deno.test("eraseLines erases a comb with its ticks, which fill three quarters of their boxes", () => {
  const ticks = both(blockOf(200, [20, 125, 29, 145]), blockOf(200, [171, 125, 180, 145]));
  const { left, isErased } = lines(combOf(ticks));
  assertEquals([isErased, shareLeft(ticks, left)], [true, 0]);
  // Hooks, of which the lowest 5 rows are on the line: of 250 pixels 194, and 186.
  const hooks = (gap: number): Mask =>
    maskWhere(200, 200, (px, y) => {
      const x = px < 100 ? px - 20 : 179 - px;
      return x >= 0 && x < 10 && y >= 125 && y < 145 && !(x > 1 && y >= 125 && y - 125 < gap);
    });
  assertEquals(shareLeft(hooks(7), lines(combOf(hooks(7))).left), 0);
  assertGreater(shareLeft(hooks(8), lines(combOf(hooks(8))).left), 0.9);
});

Deno.test("eraseLines keeps a line beside a digit: it may be its stem", () => {
  for (const name of ["a 0", "a 3"]) {
    const digit = digitOf(name);
    const line = without(blockOf(200, [65, 30, 68, 170]), digit);
    assertEquals(lines(both(digit, line)).isErased, false, name);
  }
  assertEquals(lines(lined({ isTurned: true })).isErased, false);
});

Deno.test("eraseLines erases the cell of a form that a digit touches", () => {
  const cells = [[55, 30, 140, 147], [68, 30, 150, 170]];
  for (const name of ROUND) {
    const digit = digitOf(name);
    for (const cell of cells) {
      const frame = without(frameOf(200, cell, 3), digit);
      const { left, isErased } = lines(both(digit, frame));
      assertEquals(isErased, true, `${name} in ${cell}`);
      assertLess(shareLeft(frame, left), 0.05, `${name} in ${cell}`);
      assertGreater(shareLeft(digit, left), 0.75, `${name} in ${cell}`);
    }
  }
});

Deno.test("eraseLines keeps strokes that end with the line, such as the foot of a 2", () => {
  // The line is 100 pixels long: what is left lies at least 4 from its ends.
  assertEquals(lines(lined({ inset: 3 })).isErased, false);
  const { left, isErased } = lines(lined({ inset: 4 }));
  assertEquals(isErased, true);
  assertLess(inkIn(left.filter((_, i) => isLine(i % 140, Math.floor(i / 140)))), 30);
  assertGreater(inkIn(left), 500);
});

Deno.test("eraseLines keeps a line through the middle of a digit, such as the bar of a 7", () => {
  // The line is 61 rows below the top of the digit, which goes on for so many rows.
  assertEquals(lines(lined({ below: 13 })).isErased, true);
  assertEquals(lines(lined({ below: 15 })).isErased, false);
});

Deno.test("eraseLines keeps the bar of a T: what hangs from a line is as wide as a digit", () => {
  // Of 100 pixels.
  assertEquals(lines(lined({ inset: 32, isOver: true, stroke: 2 })).isErased, true);
  assertEquals(lines(lined({ inset: 33, isOver: true, stroke: 2 })).isErased, false);
  // Whether or not its stem goes through the bar.
  assertEquals(lines(lined({ inset: 32, isOver: true, stroke: 8, below: 4 })).isErased, true);
  assertEquals(lines(lined({ inset: 33, isOver: true, stroke: 8, below: 4 })).isErased, false);
  // What stands on a line may be narrow: a 1.
  assertEquals(lines(lined({ inset: 42, stroke: 2 })).isErased, true);
});

Deno.test("eraseLines erases lines along pieces up to an eighth of their length thick", () => {
  assertEquals(lines(lined({ thick: 12 })).isErased, true);
  assertEquals(lines(lined({ thick: 13 })).isErased, false);
});

Deno.test("eraseLines erases lines along pieces that are straight over most of the length", () => {
  // The line has a gap in its middle; strokes that slant upwards from its ends cross over it.
  const broken = (gap: number): Mask =>
    maskWhere(140, 140, (x, y) => {
      if (isLine(x, y)) return x >= 20 && x < 120 && Math.abs(x - 70) >= gap / 2;
      const way = 82 - y - gap / 2;
      const apart = way > 28 ? 56 - way : way;
      return y >= 20 && y < 80 && Math.abs(Math.abs(x - 70) - Math.abs(apart)) < 3;
    });
  assertEquals(lines(broken(16)).isErased, true);
  assertEquals(lines(broken(36)).isErased, false);
});

Deno.test("eraseLines erases lines that cross nine tenths of the picture, whatever is left", () => {
  const bar = (length: number, isTurned: boolean): Mask =>
    maskWhere(100, 100, (px, py) => {
      const [x, y] = isTurned ? [py, px] : [px, py];
      return x < length && y >= 50 && y < 52;
    });
  for (const isTurned of [false, true]) {
    const { left, isErased } = lines(bar(90, isTurned));
    assertEquals([isErased, inkIn(left)], [true, 0]);
    // A line by itself that is shorter may be a digit.
    assertEquals(lines(bar(89, isTurned)).isErased, false);
  }
});

Deno.test("eraseLines leaves pictures and pieces alone that are shorter than 40 pixels", () => {
  const bar = (side: number): Mask => maskWhere(side, side, (_, y) => y === side >> 1);
  assertEquals([lines(bar(39)).isErased, lines(bar(40)).isErased], [false, true]);
  const small = (length: number): Mask =>
    maskWhere(100, 100, (x, y) => {
      if (x < 20 || x >= 20 + length) return false;
      const lean = y - 40;
      return y === 60 || y >= 40 && y < 60 && x >= 26 + lean && x < 30 + lean;
    });
  assertEquals([lines(small(39)).isErased, lines(small(40)).isErased], [false, true]);
});

Deno.test("eraseLines looks at pieces that have a tenth of the largest one's ink", () => {
  const small = lined();
  const ink = inkIn(small.data);
  const beside = (count: number): Mask =>
    maskWhere(300, 300, (x, y) => {
      if (x < 140 && y < 140) return small.data[140 * y + x] === 1;
      // A blot that is no line.
      return x >= 150 && x < 270 && y >= 150 && 120 * (y - 150) + x - 150 < count;
    });
  assertEquals(lines(beside(10 * ink)).isErased, true);
  assertEquals(lines(beside(10 * ink + 1)).isErased, false);
});

Deno.test("eraseLines erases in a second round what the first has laid bare", () => {
  // The underline is a part of the cell until the upper and the left side of it are gone.
  const digit = digitOf("an 8");
  const sides = [[20, 20, 190, 23], [20, 20, 23, 175]].map((side) => blockOf(200, side));
  const underline = without(blockOf(200, [23, 147, 160, 150]), digit);
  const { left } = lines([...sides, underline].reduce(both, digit));
  for (const mark of [...sides, underline]) assertLess(shareLeft(mark, left), 0.25);
  assertGreater(shareLeft(digit, left), 0.75);
});

Deno.test("eraseLines looks at the four largest pieces", () => {
  const small = lined();
  const beside = (blots: number): Mask =>
    maskWhere(400, 400, (x, y) => {
      if (x < 140 && y < 140) return small.data[140 * y + x] === 1;
      const blot = Math.floor((x - 10) / 60);
      return y >= 200 && y < 250 && x >= 10 && blot < blots && (x - 10) % 60 < 50;
    });
  assertEquals([lines(beside(3)), lines(beside(4))].map(({ isErased }) => isErased), [true, false]);
});

Deno.test("eraseLines takes what has less than a tenth of a digit's ink for a remnant of the line", () => {
  const mask = lined();
  const { left } = lines(mask);
  const [{ area }] = findComponents(left, 140, 140).sort((a, b) => b.area - a.area);
  // Where the line ends no digit does.
  const spotted = (count: number): Mask =>
    both(
      mask,
      maskWhere(140, 140, (x, y) => x >= 20 && x < 26 && 6 * (y - 30) + x - 20 < count && y >= 30),
    );
  const least = Math.ceil(0.1 * area);
  assertEquals(lines(spotted(least - 1)).isErased, true);
  assertEquals(lines(spotted(least)).isErased, false);
});

Deno.test("eraseLines keeps one tick by itself, which may be what a stem has below the bar of a 4", () => {
  const tick = blockOf(200, [20, 125, 25, 145]);
  const { left, isErased } = lines(combOf(tick));
  assertEquals([isErased, shareLeft(tick, left)], [true, 1]);
});

Deno.test("eraseLines erases three sides of a cell though a digit goes through one, but not two", () => {
  const digit = digitOf("an 8", 9, [75, 50, 60, 100]);
  const sides = [[30, 20, 33, 190], [33, 138, 170, 141], [33, 20, 170, 23]].map((side) =>
    without(blockOf(200, side), digit)
  );
  assertEquals(lines(sides.slice(0, 2).reduce(both, digit)).isErased, false);
  const { left, isErased } = lines(sides.reduce(both, digit));
  assertEquals(isErased, true);
  for (const side of sides) assertLess(shareLeft(side, left), 0.25);
});

Deno.test("eraseLines keeps lines when what is left is too wide for a digit", () => {
  // It is 80 wide: the strokes and the bits of the line between them are at least 45 high.
  assertEquals(lines(lined({ height: 42 })).isErased, true);
  assertEquals(lines(lined({ height: 41 })).isErased, false);
});

Deno.test("eraseLines keeps lines when what is left has no main piece", () => {
  const standing = (count: number): Mask =>
    maskWhere(140, 140, (x, y) => {
      if (isLine(x, y)) return x >= 20 && x < 120;
      const along = x - 30 - (y - 20);
      const [stroke, pen] = [Math.floor(along / 12), along < 12 ? 8 : 5];
      return y >= 20 && y < 80 && stroke >= 0 && stroke < count && along % 12 < pen;
    });
  assertEquals([lines(standing(2)), lines(standing(3))].map(isDone), [true, false]);
});

Deno.test("eraseLines keeps round digits as they are", () => {
  for (const name of ROUND) {
    for (const pen of [2, 5, 9, 14]) {
      assertEquals(lines(digitOf(name, pen)).isErased, false, `${name}, ${pen}`);
    }
  }
});

Deno.test("eraseOutlines erases a circle, a frame and a triangle that a digit touches", () => {
  const large: [number, number, number, number] = [70, 50, 60, 95];
  const low: typeof large = [80, 88, 40, 60];
  const shapes: Readonly<Record<string, readonly [Mask, typeof large]>> = {
    "a circle": [
      maskWhere(200, 200, (x, y) => Math.abs(Math.hypot(x - 100, y - 106) - 62) < 2),
      large,
    ],
    "a frame": [frameOf(200, [55, 30, 140, 147], 3), large],
    "a wide frame": [frameOf(200, [30, 49, 180, 170], 4), large],
    "a triangle": [
      maskWhere(200, 200, (x, y) => {
        const depth = Math.max(y - 150, 0.82 * Math.abs(x - 100) - 0.57 * (y - 20));
        return Math.abs(depth) < 2;
      }),
      low,
    ],
  };
  let erased = 0;
  for (const [shape, [outline, place]] of Object.entries(shapes)) {
    for (const name of Object.keys(DIGITS)) {
      const digit = digitOf(name, 8, place);
      const mark = without(outline, digit);
      if (!isTouching(digit, mark)) continue;
      const { left, isErased } = outlines(both(digit, mark));
      assertEquals(isErased, true, `${name} in ${shape}`);
      assertLess(shareLeft(mark, left), 0.13, `${name} in ${shape}`);
      assertGreater(shareLeft(digit, left), 0.8, `${name} in ${shape}`);
      erased++;
    }
  }
  assertGreater(erased, 25);
});

/** Whether ink of one mask is beside ink of another. */
function isTouching({ data, width }: Mask, other: Mask): boolean {
  return data.some((ink, i) =>
    ink === 1 && [i - 1, i + 1, i - width, i + width].some((at) => other.data[at] === 1)
  );
}

Deno.test("eraseOutlines keeps digits that have no inside, and outlines around nothing", () => {
  for (const name of ["a 0", "a 1", "a 2", "a 4", "a 7", "a 9"]) {
    for (const pen of [2, 5, 9]) {
      assertEquals(outlines(digitOf(name, pen)).isErased, false, `${name}, ${pen}`);
    }
  }
  // The corners of a frame are no digit.
  for (const thick of [2, 5, 9]) {
    assertEquals(outlines(frameOf(200, [40, 30, 150, 170], thick)).isErased, false, `${thick}`);
  }
});

/** A ring, and a bar that hangs from its top. */
function ringWith(
  { side = 200, radius = 60, pen = 4, length = 80, width = 6 } = {},
): Mask {
  const middle = side / 2;
  return maskWhere(side, side, (px, py) => {
    const [x, y] = [px + 0.5 - middle, py + 0.5 - middle];
    const isBar = Math.abs(x) < width / 2 && y <= -radius + length && y > -radius;
    return Math.abs(Math.hypot(x, y) - radius) < pen / 2 || isBar;
  });
}

Deno.test("eraseOutlines leaves an outline in which there is no digit", () => {
  // The ring is 124 pixels wide; of the bar what is below the ring is left.
  for (const [length, width] of [[48, 6], [80, 6], [40, 60]]) {
    assertEquals(outlines(ringWith({ length, width })).isErased, true, `${length}×${width}`);
  }
  // Too short, and too wide.
  for (const [length, width] of [[30, 6], [30, 80]]) {
    assertEquals(outlines(ringWith({ length, width })).isErased, false, `${length}×${width}`);
  }
});

Deno.test("eraseOutlines takes a bar inside for a 1 that is as long as 0.36 of the outline", () => {
  // With the line of the ring, which is 124 wide, the bar is 2 pixels longer.
  assertEquals([42, 43].map((length) => isDone(outlines(ringWith({ length })))), [false, true]);
});

Deno.test("eraseOutlines erases the corners of a frame as well", () => {
  const digit = digitOf("an 8", 8, [80, 70, 45, 85]);
  const frame = without(frameOf(200, [55, 30, 150, 158], 6), digit);
  const { left, isErased } = outlines(both(digit, frame));
  assertEquals(isErased, true);
  const corner = blockOf(200, [55, 30, 61, 36]);
  assertEquals(shareLeft(corner, left), 0);
  assertLess(shareLeft(frame, left), 0.03);
});

Deno.test("eraseOutlines looks at pieces as large as three tenths of the picture, or 40 pixels", () => {
  const ring = (side: number, size: number): Mask => {
    const radius = (size - 2) / 2;
    return ringWith({ side, radius, pen: 2, length: 1.6 * radius, width: 4 });
  };
  assertEquals([outlines(ring(100, 28)), outlines(ring(100, 30))].map(isDone), [false, true]);
  assertEquals([outlines(ring(300, 38)), outlines(ring(300, 40))].map(isDone), [false, true]);
});

const isDone = ({ isErased }: { isErased: boolean }): boolean => isErased;

Deno.test("eraseOutlines leaves thick outlines, and what fills its box", () => {
  const thick = (pen: number): Mask => ringWith({ pen, length: 90, width: 12 });
  assertEquals([outlines(thick(8)), outlines(thick(24))].map(isDone), [true, false]);
  const filled = (width: number): Mask => ringWith({ length: 100, width });
  assertEquals([outlines(filled(40)), outlines(filled(80))].map(isDone), [true, false]);
});

Deno.test("eraseOutlines leaves what has an outline on two sides alone", () => {
  const angle = maskWhere(200, 200, (x, y) => {
    const isSide = x >= 40 && x < 160 && y >= 150 && y < 154 ||
      y >= 40 && y < 154 && x >= 40 && x < 44;
    return isSide || x >= 80 && x < 90 && y >= 60 && y < 152;
  });
  assertEquals(outlines(angle).isErased, false);
});

Deno.test("eraseLines and eraseOutlines erase no more than there is, whatever the picture", () => {
  const side = fc.integer({ min: 1, max: 90 });
  const box = fc.tuple(fc.nat(80), fc.nat(80), fc.integer({ min: 1, max: 90 }), fc.nat(9));
  fc.assert(
    fc.property(side, side, fc.array(box, { maxLength: 6 }), (width, height, boxes) => {
      const mask = maskWhere(width, height, (x, y) =>
        boxes.some(([left, top, size, thick]) => {
          const isIn = (inset: number): boolean =>
            x >= left + inset && x < left + size - inset && y >= top + inset &&
            y < top + size - inset;
          return isIn(0) && !isIn(1 + thick);
        }));
      lines(mask);
      outlines(mask);
    }),
    { numRuns: 150 },
  );
});
