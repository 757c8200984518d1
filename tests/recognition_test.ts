import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { classifyDigit, LeNet } from "../mod.ts";
import { createRunner } from "../src/engine/backends.ts";
import { argMax, type Runner } from "../src/engine/runner.ts";
import { firstHypothesis } from "../src/image/hypotheses.ts";
import { Page } from "../src/image/page.ts";
import {
  preparePictureFor,
  recognizeLines,
  recognizePages,
  scoreHypotheses,
} from "../src/recognition.ts";
import { begun, digitsAt, drawn } from "./reading/digits.ts";
import {
  difference,
  drawGrey,
  drawInk,
  type Grey,
  greyOf,
  pageOf,
  rgba,
  shadedTwo,
  twoOf,
  within,
} from "./image/ink/drawing.ts";

using net = await LeNet.load();

const { model } = net;

const runner = await createRunner("wasm", model.architecture, model.parameters);

/** A line of two parts of a 7, and how long it is. */
function smallDigit(side: number, paper = 255, ink = 0): Grey {
  return greyOf(40, 40, (x, y) => {
    const [u, v] = [x - 16, y - 16];
    const isBar = v === 0 && u >= 0 && u < side - 1;
    const isStem = u === Math.floor((side - 1) / 2) && v >= 0 && v < side;
    return isBar || isStem ? ink : paper;
  });
}

Deno.test("recognizePages finds ink of five pixels too small, and reads what is six long", async () => {
  const reasonOf = async (side: number, reject = 0.5): Promise<string | null> =>
    (await recognizePages(model, runner, [pageOf(smallDigit(side))], { reject }))[0].reason;
  assertEquals(await reasonOf(5), "too-small");
  assertEquals(await reasonOf(6) === "too-small", false);
  assertEquals(await reasonOf(5, 0), null);
});

Deno.test("recognizePages finds ink too faint that differs by less than 5 of 255", async () => {
  const reasonOf = async (paper: number, ink: number): Promise<string | null> =>
    (await classifyDigit(drawGrey({ paper, ink }))).reason;
  assertEquals(await reasonOf(200, 200), "no-ink");
  assertEquals(await reasonOf(200, 199), "no-ink");
  for (const step of [2, 4]) assertEquals(await reasonOf(200, 200 - step), "too-faint");
  for (const [paper, ink] of [[200, 195], [195, 200], [255, 250], [0, 5]]) {
    const { digit, reason } = await classifyDigit(drawGrey({ paper, ink }));
    assertEquals([digit, reason], [2, null], `${ink} on ${paper}`);
  }
});

Deno.test("recognizePages counts several digits, and answers for the one on each other page", async () => {
  const two = within(twoOf(60), 260, 40, 90);
  const other = within(twoOf(60), 260, 150, 90);
  const both = greyOf(260, 260, (x, y) => Math.min(two.data[260 * y + x], other.data[260 * y + x]));
  const pages = [two, both, greyOf(90, 90, () => 180), other].map(pageOf);
  const recognitions = await recognizePages(model, runner, pages, { reject: 0.5 });
  assertEquals(
    recognitions.map(({ reason, count }) => [reason, count]),
    [[null, undefined], ["several-digits", 2], ["no-ink", undefined], [null, undefined]],
  );
  assertEquals(recognitions[1].read?.digits.map(({ digit }) => digit), [2, 2]);
  assertEquals(recognitions[2].hypotheses, []);
  // Whoever accepts all ink gets the one in the middle.
  const [accepted] = await recognizePages(model, runner, [pageOf(both)], { reject: 0 });
  assertEquals(accepted.reason, null);
});

Deno.test("scoreHypotheses has one hypothesis of an enlarged picture of MNIST, which is likely a digit", async () => {
  const digit = firstHypothesis(pageOf(twoOf(100)))!.pixels;
  const framed = greyOf(
    280,
    280,
    (x, y) => 255 * digit[28 * Math.floor(y / 10) + Math.floor(x / 10)],
  );
  const moved = within(framed, 400, 20, 50);
  const [[one, ...more], [other]] = await scoreHypotheses(
    model,
    runner,
    [framed, moved].map(pageOf),
  );
  assertEquals([one.digit, other.digit, more.length], [2, 2, 0]);
  assertEquals([one.hypothesis.isFramed, other.hypothesis.isFramed], [true, false]);
  assertGreater(one.digitProbability!, 0.9);
  // The layout speaks for a digit.
  assertGreater(one.digitProbability!, other.digitProbability!);
});

Deno.test("scoreHypotheses has one hypothesis of what leaves no doubt, and sorts those of what does", async () => {
  const plain = within(twoOf(90), 180, 50, 40);
  const shaded = shadedTwo();
  const scored = await scoreHypotheses(
    model,
    runner,
    [plain, shaded, greyOf(50, 50, () => 0)].map(pageOf),
  );
  assertEquals([scored[0].length, scored[2].length], [1, 0]);
  assertGreater(scored[1].length, 2);
  const probabilities = scored[1].map(({ digitProbability }) => digitProbability!);
  assertEquals(probabilities, [...probabilities].sort((a, b) => b - a));
  assertEquals(scored.slice(0, 2).map(([{ digit }]) => digit), [2, 2]);
});

Deno.test("classifyDigit reads the same digit in every light, on every paper, in every size", async () => {
  const ink = drawInk({
    width: 200,
    height: 200,
    x: 70,
    y: 55,
    boxWidth: 70,
    boxHeight: 100,
    pen: 13,
  });
  const lit = (level: (x: number, y: number, ink: number) => number): Grey =>
    greyOf(200, 200, (x, y) => level(x, y, ink[200 * y + x]));
  const pictures: Readonly<Record<string, Grey>> = {
    "dark on light": lit((_x, _y, ink) => 240 - 220 * ink),
    "light on dark": lit((_x, _y, ink) => 20 + 220 * ink),
    "faint": lit((_x, _y, ink) => 200 - 8 * ink),
    "darker to a side": lit((x, _y, ink) => (230 - 170 * ink) * (1 - 0.003 * x)),
    "in a shadow": lit((x, _y, ink) => (230 - 170 * ink) * (x < 60 ? 0.5 : 1)),
    "under a lamp": lit((x, y, ink) =>
      (230 - 170 * ink) * (1 - 0.003 * Math.hypot(x - 40, y - 40))
    ),
    "on ruled paper": lit((_x, y, ink) => y % 30 < 2 ? 90 : 240 - 200 * ink),
    "on squared paper": lit((x, y, ink) => x % 24 === 0 || y % 24 === 0 ? 120 : 240 - 200 * ink),
    "in a frame": lit((x, y, ink) =>
      Math.max(Math.abs(x - 105) - 60, Math.abs(y - 105) - 75) >> 1 === 0 ? 20 : 240 - 220 * ink
    ),
    "in a circle": lit((x, y, ink) =>
      Math.abs(Math.hypot(x - 105, y - 105) - 82) < 2 ? 20 : 240 - 220 * ink
    ),
    "underlined": lit((x, y, ink) =>
      x > 50 && x < 160 && y >= 170 && y < 174 ? 20 : 240 - 220 * ink
    ),
    "among specks": lit((x, y, ink) => x % 37 < 2 && y % 41 < 2 ? 30 : 240 - 220 * ink),
    "on a table": greyOf(300, 300, (x, y) => {
      const isSheet = x >= 50 && x < 250 && y >= 50 && y < 250;
      return isSheet ? 235 - 200 * ink[200 * (y - 50) + x - 50] : 50;
    }),
    "small in a large picture": within(twoOf(50), 1200, 900, 300),
  };
  for (const [what, picture] of Object.entries(pictures)) {
    const { digit, reason } = await classifyDigit(picture);
    assertEquals([digit, reason], [2, null], what);
  }
});

Deno.test("classifyDigit reads what is transparent around ink, and ink in its own colour", async () => {
  const ink = drawInk();
  const size = { width: 100, height: 100 };
  for (const [r, g, b] of [[0, 0, 0], [255, 255, 255], [200, 0, 0]]) {
    const data = rgba(ink, (share) => [r, g, b, Math.round(255 * share)]);
    assertEquals((await classifyDigit({ data, ...size })).digit, 2);
  }
  // As bright as the paper.
  const mix = (share: number, from: number, to: number): number =>
    Math.round(from + share * (to - from));
  const data = rgba(
    ink,
    (share) => [mix(share, 225, 60), mix(share, 92, 155), mix(share, 60, 140), 255],
  );
  assertEquals((await classifyDigit({ data, ...size })).digit, 2);
});

Deno.test("preparePictureFor prepares the hypothesis that is most likely a digit", async () => {
  const { data, width, height } = within(twoOf(90), 180, 50, 40);
  const prepared = await preparePictureFor(model, runner, { data, width, height });
  assertLess(difference(prepared!, firstHypothesis(pageOf({ data, width, height }))!.pixels), 1e-9);
  assertEquals(await preparePictureFor(model, runner, new Uint8Array(784)), undefined);
  const digit = prepared!.slice();
  assertEquals(await preparePictureFor(model, runner, digit), digit);
});

/** A bold 3, and another digit of a height, in heights of the 3, and with a thinner pen beside it. */
function besideBold(digit: string, pen: number, share: number): Page {
  return pageOf(drawn(
    200,
    200,
    digitsAt("3", { x: 35, y: 70, height: 60, pen: 12 }),
    digitsAt(digit, { x: 110, y: 130 - 60 * share, height: 60 * share, pen }),
  ));
}

/** What is read beside a bold 3, and whether it counts as one of several digits. */
interface Beside {
  /** The lower confidence of both. */
  readonly confidence: number;
  /** In heights of the 3. */
  readonly height: number;
  readonly hasNeighbours: boolean;
  readonly isCounted: boolean;
}

/** The network of single digits, less sure of the digits of a line of two, by so much in their logits. */
function doubting(doubt: number): Runner {
  return {
    ...runner,
    async logits(inputs, count) {
      const logits = await runner.logits(inputs, count);
      for (let n = 0; count === 2 && n < count; n++) {
        const own = logits.subarray(10 * n, 10 * n + 10);
        own[argMax(own)] -= doubt;
      }
      return logits;
    },
  };
}

/**
 * Reads digits of some heights beside a bold 3, by networks of single digits that are ever less sure. What is not read as
 * two digits is left out.
 */
async function readBeside(
  digit: string,
  pen: number,
  from: number,
  to: number,
  doubts: readonly number[] = [0],
): Promise<Beside[]> {
  const pages = Array.from(
    { length: 13 },
    (_, n) => besideBold(digit, pen, from + (to - from) * n / 12),
  );
  const all: Beside[] = [];
  // Lines are read whatever the hypotheses are.
  const options = { reject: 0.5, lines: {} };
  for (const doubt of doubts) {
    for (const page of pages) {
      const [recognition] = await recognizePages(model, doubting(doubt), [page], options);
      const { hypotheses, read, reason } = recognition;
      if (read?.digits.length !== 2) continue;
      const [three, beside] = read.digits;
      all.push({
        confidence: Math.min(three.confidence, beside.confidence),
        height: beside.box.height / hypotheses[0].hypothesis.box.height,
        hasNeighbours: hypotheses.some(({ hypothesis }) => hypothesis.hasNeighbours),
        isCounted: reason === "several-digits",
      });
    }
  }
  return all;
}

/** From as sure as the network is to surely another digit. */
const DOUBTS = Array.from({ length: 16 }, (_, n) => 2 * n);

/** Checks that a limit decides, with values on both sides of it that are less than twice or half as large. */
function assertLimit<T>(
  all: readonly T[],
  limit: number,
  value: (one: T) => number,
  isAbove: (one: T) => boolean,
): void {
  for (const one of all) assertEquals(isAbove(one), value(one) >= limit, JSON.stringify(one));
  const near = all.map(value).filter((value) => value > limit / 2 && value < limit * 2);
  assertEquals(near.some((value) => value < limit), true, `nothing just below ${limit}`);
  assertEquals(near.some((value) => value >= limit), true, `nothing just above ${limit}`);
}

Deno.test("recognizePages counts a neighbour as one of several digits from a confidence of 0.5 on", async () => {
  const read = [
    ...await readBeside("1", 10, 0.5, 0.6, DOUBTS),
    ...await readBeside("8", 6, 0.5, 0.58, DOUBTS),
  ];
  const beside = read.filter(({ hasNeighbours, height }) => hasNeighbours && height >= 0.5);
  assertLimit(beside, 0.5, ({ confidence }) => confidence, ({ isCounted }) => isCounted);
});

Deno.test("recognizePages counts what is no neighbour from a confidence of 0.9 on", async () => {
  const read = [
    ...await readBeside("7", 3, 0.52, 0.75, DOUBTS),
    ...await readBeside("1", 4, 0.52, 0.9, DOUBTS),
  ];
  const beside = read.filter(({ hasNeighbours, height }) => !hasNeighbours && height >= 0.5);
  assertLimit(beside, 0.9, ({ confidence }) => confidence, ({ isCounted }) => isCounted);
});

Deno.test("recognizePages counts what is half to nearly twice as high as the digit", async () => {
  const isSure = ({ confidence }: Beside): boolean => confidence >= 0.9;
  const low = [...await readBeside("6", 6, 0.44, 0.6), ...await readBeside("9", 6, 0.44, 0.6)];
  assertLimit(low.filter(isSure), 0.5, ({ height }) => height, ({ isCounted }) => isCounted);
  const high = [...await readBeside("4", 8, 1.6, 2.1), ...await readBeside("7", 6, 1.6, 2.1)]
    .filter(isSure);
  assertLimit(high, 1.8 + 1e-9, ({ height }) => height, ({ isCounted }) => !isCounted);
});

Deno.test("recognizeLines asks for no other hypothesis where two digits are read with 0.9 or more", async () => {
  const { data } = drawn(260, 150, digitsAt("23", { x: 40, y: 40, height: 70, pitch: 100 }));
  // In a shadow that is dark as ink at the right, which another hypothesis takes away.
  const page = pageOf(greyOf(260, 150, (x, y) => data[260 * y + x] * (1 - x / 600)));
  const all: { confidence: number; hypotheses: number }[] = [];
  for (let doubt = 20; doubt < 50; doubt++) {
    const { hypotheses, read } = await recognizeLines(model, doubting(doubt), page, {
      reject: 0.5,
      lines: {},
    });
    if (read?.digits.length !== 2) continue;
    const confidence = Math.min(...read.digits.map(({ confidence }) => confidence));
    all.push({ confidence, hypotheses: hypotheses.length });
  }
  assertLimit(all, 0.9, ({ confidence }) => confidence, ({ hypotheses }) => hypotheses === 1);
});

Deno.test("recognizePages reads lines on strips 24 times as long as high, where no one digit is found", async () => {
  // Digits from end to end, which are one bar where one digit is looked for.
  const digits = digitsAt("20513".repeat(7), { x: 10, y: 8, height: 104, pitch: 78 });
  const reasonOf = async (width: number): Promise<[number, string | null]> => {
    const [{ hypotheses, reason }] = await recognizePages(
      model,
      runner,
      [pageOf(drawn(width, 120, digits))],
      { reject: 0.5 },
    );
    return [hypotheses.length, reason];
  };
  assertEquals(await reasonOf(24 * 120), [0, "several-digits"]);
  assertEquals(await reasonOf(24 * 120 - 1), [0, "no-ink"]);
});

Deno.test("recognizeLines finds what recognizePages finds", async () => {
  const pages = [
    drawn(260, 150, digitsAt("25", { x: 40, y: 40, height: 70, pitch: 100 })),
    drawn(140, 140, begun("2", 0.5)),
    drawn(140, 140, begun("3", 1)),
    greyOf(60, 60, () => 230),
    smallDigit(5),
  ];
  for (const grey of pages) {
    const options = { reject: 0.5, lines: {} };
    const one = await recognizeLines(model, runner, pageOf(grey), options);
    const [other] = await recognizePages(model, runner, [pageOf(grey)], options);
    assertEquals([one.reason, one.count, one.read], [other.reason, other.count, other.read]);
  }
});

/** Digits of which a third to all is written. */
const BEGUN = [..."2356"].flatMap((digit) =>
  Array.from({ length: 15 }, (_, n) => drawn(140, 140, begun(digit, 0.3 + 0.05 * n)))
);

Deno.test("scoreHypotheses makes one hypothesis of what is a digit with 0.99 or more", async () => {
  const scored = await scoreHypotheses(model, runner, BEGUN.map(pageOf));
  const probabilityOf = (some: typeof scored[number]): number =>
    some.find(({ hypothesis }) => hypothesis.name === "own")!.digitProbability!;
  assertLimit(scored, 0.99, probabilityOf, ({ length }) => length === 1);
});

Deno.test("scoreHypotheses looks at colours where nothing is a digit with 0.5 or more", async () => {
  const pages = BEGUN.map(({ data, width, height }) => {
    const red = rgba(data, (level) => [255, level, level, 255]);
    return new Page({ data: red, width, height, channels: 4 });
  });
  const scored = await scoreHypotheses(model, runner, pages);
  const isColour = ({ hypothesis: { name } }: typeof scored[number][number]): boolean =>
    name === "colour";
  const bestOf = (some: typeof scored[number]): number =>
    Math.max(...some.filter((one) => !isColour(one)).map((one) => one.digitProbability!));
  assertLimit(scored, 0.5, bestOf, (some) => !some.some(isColour));
});
