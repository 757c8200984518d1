import { assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import {
  factorFor,
  Page,
  PREPARATION_STEPS,
  regionAround,
  sheetsOf,
  takes,
} from "../../src/image/page.ts";
import { Random } from "../../src/model/random.ts";
import { difference, drawGrey, drawInk, greyOf, pageOf, rgba } from "./ink/drawing.ts";

Deno.test("Page.view keeps a view, and makes another for another part or factor", () => {
  const page = pageOf(greyOf(120, 90, (x, y) => x + y));
  const part = { x: 10, y: 20, width: 60, height: 40 };
  const view = page.view(part, 2);
  assertEquals(page.view({ ...part }, 2) === view, true);
  for (const key of ["x", "y", "width", "height"] as const) {
    assertEquals(page.view({ ...part, [key]: part[key] + 2 }, 2) === view, false, key);
  }
  assertEquals(page.view(part, 4) === view, false);
  assertEquals([view.region, view.factor], [part, 2]);
  assertEquals([view.grey.width, view.grey.height], [30, 20]);
  // The mean of 30, 31, 31 and 32.
  assertEquals(view.grey.data[0], 31);
});

Deno.test("Page.view counts brightness, after specks are removed", () => {
  const random = new Random(1);
  const grey = greyOf(80, 70, (x, y) => {
    if (x % 9 === 4 && y % 9 === 4) return 250;
    return 90 + random.integer(2);
  });
  for (
    const [region, factor] of [[pageOf(grey).whole, 1], [
      { x: 3, y: 5, width: 66, height: 61 },
      1,
    ]] as const
  ) {
    const { grey: { data }, counts } = pageOf(grey).view(region, factor);
    const expected = new Uint32Array(256);
    for (const level of data) expected[level]++;
    assertEquals(Array.from(counts), Array.from(expected));
    assertEquals(counts[250], 0);
  }
});

Deno.test("Page.view removes specks from 60 pixels on, unless all of the border has one tone", () => {
  const speckled = (width: number, height: number, border = 201): number => {
    const grey = greyOf(width, height, (x, y) => {
      if (x === width >> 1 && y === height >> 1) return 0;
      return x === 0 && y === 5 ? border : 200;
    });
    const { counts } = pageOf(grey).view(pageOf(grey).whole, 1);
    return counts[0];
  };
  assertEquals([speckled(59, 40), speckled(60, 40), speckled(40, 60)], [1, 0, 0]);
  // On a canvas a single pixel was drawn.
  assertEquals(speckled(60, 40, 200), 1);
});

Deno.test("Page.view removes specks where the ground is no more than a quarter of the picture", () => {
  // 20×20 pixels of a border, a speck, and the rest in tones that differ.
  const ground = (width: number): number => {
    const grey = greyOf(80, 60, (x, y) => {
      const isBorder = x < width || y < 2 || x >= 80 - width || y >= 58;
      if (x === 40 && y === 30) return 0;
      return isBorder ? 200 : 100 + (x + y) % 3;
    });
    return pageOf(grey).view(pageOf(grey).whole, 1).counts[0];
  };
  // Of 4,800 pixels, 1,216 and 1,104.
  assertEquals([ground(8), ground(7)], [1, 0]);
});

Deno.test("Page.grey is the brightness, of bytes, floats and RGBA", () => {
  const { data, width, height } = drawGrey({ width: 70, height: 50 });
  const floats = Float32Array.from(data, (level) => level / 255);
  const colours = rgba(data, (level) => [level, level, level, 255]);
  for (
    const page of [
      new Page({ data, width, height, channels: 1 }),
      new Page({ data: floats, width, height, channels: 1 }),
      new Page({ data: colours, width, height, channels: 4 }),
    ]
  ) {
    assertEquals(Array.from(page.grey.data), Array.from(data));
    assertEquals([page.whole, page.pixels], [{ x: 0, y: 0, width, height }, 3500]);
    const { name, values, ...size } = page.brightness();
    assertEquals([name, size], ["brightness", { width, height }]);
    assertLess(difference(values, floats), 1e-7);
  }
});

Deno.test("Page.asMnist gives the values of a picture like MNIST's, in grey and in RGBA", () => {
  const digit = new Uint8Array(784);
  for (let y = 4; y < 24; y++) digit.fill(230 + y, 28 * y + 10, 28 * y + 18);
  const expected = Float32Array.from(digit, (level) => level / 255);
  const size = { width: 28, height: 28 };
  const colours = rgba(digit, (level) => [level, level, level, 255]);
  assertEquals(new Page({ data: digit, ...size, channels: 1 }).asMnist(), expected);
  assertEquals(new Page({ data: colours, ...size, channels: 4 }).asMnist(), expected);
  assertEquals(
    new Page({ data: digit.map((level) => 255 - level), ...size, channels: 1 }).asMnist(),
    undefined,
  );
  assertEquals(pageOf(drawGrey()).asMnist(), undefined);
});

Deno.test("Page.isFaint looks at the whole page, reduced", () => {
  const faint = (step: number): boolean =>
    pageOf(
      greyOf(
        900,
        700,
        (x, y) => Math.abs(x - 400) < 60 && Math.abs(y - 300) < 90 ? 200 - step : 200,
      ),
    )
      .isFaint();
  assertEquals([faint(0), faint(1), faint(2), faint(4)], [false, false, true, true]);
});

Deno.test("Page.inColour gives no page for grey pixels", async () => {
  assertEquals(await pageOf(drawGrey()).inColour(), undefined);
});

Deno.test("regionAround gives the part of a page that a box in a view covers, with its margin", () => {
  const view = { region: { x: 100, y: 40, width: 403, height: 302 }, factor: 4 };
  const box = { x: 10, y: 20, width: 30, height: 15 };
  assertEquals(regionAround(box, 0, view), { x: 140, y: 120, width: 120, height: 60 });
  assertEquals(regionAround(box, 2.5, view), { x: 128, y: 108, width: 144, height: 84 });
  assertEquals(regionAround(box, -2, view), { x: 148, y: 128, width: 104, height: 44 });
  assertEquals(regionAround(box, 200, view), view.region);
  assertEquals(regionAround(box, -9, view).height, 0);
});

Deno.test("regionAround never leaves the view", () => {
  const number = fc.nat(40);
  fc.assert(
    fc.property(
      number,
      number,
      number,
      number,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: -50, max: 50 }),
      (x, y, width, height, factor, margin) => {
        const region = { x: 7, y: 3, width: 40 * factor + factor - 1, height: 40 * factor };
        const part = regionAround({ x, y, width, height }, margin / 2, { region, factor });
        assertEquals(Math.min(part.width, part.height) >= 0, true);
        if (part.width === 0 || part.height === 0) return;
        assertEquals(part.x >= region.x && part.y >= region.y, true);
        assertLessOrEqual(part.x + part.width, region.x + region.width);
        assertLessOrEqual(part.y + part.height, region.y + region.height);
      },
    ),
  );
});

Deno.test("factorFor makes the longer side 200 pixels or fewer", () => {
  const sizes = [[1, 1], [200, 3], [3, 200], [201, 9], [9, 401], [4000, 3000]];
  assertEquals(
    sizes.map(([width, height]) => factorFor({ x: 0, y: 0, width, height })),
    [1, 1, 1, 2, 3, 20],
  );
});

/** A sheet on a table, with a two on it. */
function sheetOn(
  { side = 200, left = 50, top = 40, width = 100, height = 120, table = 40, paper = 230 } = {},
): Page {
  const ink = drawInk({
    width: side,
    height: side,
    x: left + 0.3 * width,
    y: top + 0.25 * height,
    boxWidth: 0.4 * width,
    boxHeight: 0.5 * height,
    pen: 0.08 * height,
  });
  return pageOf(greyOf(side, side, (x, y) => {
    const isSheet = x >= left && x < left + width && y >= top && y < top + height;
    return isSheet ? paper + (table - paper) * ink[side * y + x] : table;
  }));
}

Deno.test("sheetsOf finds the inside of a sheet of paper on a table, of either polarity", () => {
  for (const [table, paper] of [[40, 230], [230, 40], [120, 200]]) {
    const [sheet] = sheetsOf(sheetOn({ table, paper }));
    // A twentieth of the shorter side is left out: 5 pixels.
    assertEquals(sheet, { x: 55, y: 45, width: 90, height: 110 });
  }
  const large = sheetsOf(
    pageOf(greyOf(500, 400, (x, y) => x >= 100 && x < 400 && y >= 100 && y < 300 ? 230 : 30)),
  );
  assertEquals(large, [{ x: 111, y: 111, width: 276, height: 177 }]);
});

Deno.test("sheetsOf finds sheets from a fiftieth of the page on", () => {
  // Of 40,000 pixels.
  assertEquals(sheetsOf(sheetOn({ width: 20, height: 40 })).length, 1);
  assertEquals(sheetsOf(sheetOn({ width: 20, height: 39 })).length, 0);
});

Deno.test("sheetsOf finds none on a page of fewer than 60 pixels: clothes have such parts", () => {
  const page = (side: number): Page => sheetOn({ side, left: 12, top: 10, width: 32, height: 40 });
  assertEquals(sheetsOf(page(59)).length, 0);
  assertEquals(sheetsOf(page(60)).length, 1);
});

Deno.test("sheetsOf finds what fills three quarters of its box, with what is written on it", () => {
  // A sheet of which the upper rows are narrower.
  const stepped = (rows: number): boolean =>
    sheetsOf(pageOf(greyOf(200, 200, (x, y) => {
      const isSheet = x >= 50 && x < 150 && y >= 50 && y < 150 && (y >= 50 + rows || x < 100);
      return isSheet ? 230 : 30;
    }))).length > 0;
  assertEquals([stepped(50), stepped(51)], [true, false]);
  // Writing is dark inside the sheet: as much as half of it.
  const written = (columns: number): boolean =>
    sheetsOf(pageOf(greyOf(200, 200, (x, y) => {
      const isSheet = x >= 50 && x < 150 && y >= 50 && y < 150;
      return isSheet && !(x >= 75 && x < 75 + columns && y >= 55 && y < 145) ? 230 : 30;
    }))).length > 0;
  assertEquals([written(55), written(56)], [true, false]);
});

Deno.test("sheetsOf finds the two largest sheets, and what lies on the largest", () => {
  const sizes = [[10, 10, 80, 80], [110, 10, 60, 70], [10, 110, 50, 60]];
  const several = sheetsOf(
    pageOf(
      greyOf(
        200,
        200,
        (x, y) =>
          sizes.some(([left, top, width, height]) =>
              x >= left && x < left + width && y >= top && y < top + height
            )
            ? 230
            : 30,
      ),
    ),
  );
  assertEquals(several.map(({ width }) => width), [72, 54]);
  const nested = (levels: number): number =>
    sheetsOf(pageOf(greyOf(200, 200, (x, y) => {
      const inset = Math.min(x, y, 199 - x, 199 - y);
      const depth = [20, 50, 75].filter((edge) => inset >= edge).length;
      return Math.min(depth, levels) % 2 === 0 ? 30 : 230;
    }))).length;
  // The third is as light as the first, and found with it.
  assertEquals([0, 1, 2, 3].map(nested), [0, 1, 2, 3]);
});

Deno.test("sheetsOf finds no sheet that is narrower than 8 pixels inside", () => {
  const bar = (width: number): number =>
    sheetsOf(
      pageOf(greyOf(60, 60, (x, y) => x >= 20 && x < 20 + width && y >= 5 && y < 55 ? 230 : 30)),
    )
      .length;
  assertEquals([bar(9), bar(10)], [0, 1]);
  for (const [width, height] of [[1, 91], [91, 2], [2, 120], [3, 3]]) {
    const isBar = (at: number, of: number): boolean => at >= 0.2 * of && at < 0.8 * of;
    assertEquals(
      sheetsOf(
        pageOf(greyOf(width, height, (x, y) => isBar(x, width) || isBar(y, height) ? 0 : 255)),
      ),
      [],
    );
  }
});

Deno.test("sheetsOf gives boxes that have pixels and lie in the picture, whatever its shape", () => {
  const side = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 500 }));
  const edge = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 60, max: 98 }));
  let found = 0;
  fc.assert(
    fc.property(side, side, edge, edge, (width, height, [a, b], [c, d]) => {
      fc.pre(width * height < 60_000);
      const isIn = (at: number, of: number, first: number, last: number): boolean =>
        at >= first * of / 100 && at <= last * of / 100;
      const sheets = sheetsOf(
        pageOf(
          greyOf(width, height, (x, y) => isIn(x, width, a, b) && isIn(y, height, c, d) ? 20 : 240),
        ),
      );
      for (const sheet of sheets) {
        found++;
        assertGreater(Math.min(sheet.width - 7, sheet.height - 7, sheet.x + 1, sheet.y + 1), 0);
        assertLessOrEqual(sheet.x + sheet.width, width);
        assertLessOrEqual(sheet.y + sheet.height, height);
      }
    }),
    { numRuns: 150, seed: 4 },
  );
  assertGreater(found, 10);
});

Deno.test("takes tells of every step whether it is left out", () => {
  const step = fc.constantFrom(...PREPARATION_STEPS);
  fc.assert(fc.property(fc.subarray([...PREPARATION_STEPS]), step, (without, step) => {
    assertEquals(takes({ without }, step), !without.includes(step));
    assertEquals(takes({}, step), true);
  }));
});
