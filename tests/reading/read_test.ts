import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
  assertRejects,
} from "@std/assert";
import {
  classifyDigit,
  LeNet,
  LeNetError,
  readDigits,
  type ReadDigitsOptions,
  type Reading,
  type ReadOptions,
} from "../../mod.ts";
import { createRunner, type Dispatcher } from "../../src/engine/backends.ts";
import type { Runner } from "../../src/engine/runner.ts";
import { Page } from "../../src/image/page.ts";
import type { Model } from "../../src/model/model.ts";
import { Random } from "../../src/model/random.ts";
import { read } from "../../src/read.ts";
import { resolveConstraints } from "../../src/reading/constraints.ts";
import { NO_LINES, readLines } from "../../src/reading/read.ts";
import { findWritings } from "../../src/reading/writing.ts";
import { scoreHypotheses } from "../../src/recognition.ts";
import { type Grey, greyOf } from "../image/ink/drawing.ts";
import { digitAt, DIGITS } from "../research/hard_set/digits.ts";
import { begun, digitsAt, drawn } from "./digits.ts";

/** Digits that every network for lines must read: large, apart, on plain paper. */
const TEXT = "20513";

const line = (text: string): Grey =>
  drawn(80 * text.length + 100, 180, digitsAt(text, { x: 60, y: 50, height: 80, pitch: 80 }));

const LINE = line(TEXT);

/** Three lines of different lengths. */
const LINES = drawn(
  420,
  420,
  digitsAt("205", { x: 50, y: 40, height: 70, pitch: 80 }),
  digitsAt("1382", { x: 50, y: 170, height: 70, pitch: 80 }),
  digitsAt("60", { x: 50, y: 300, height: 70, pitch: 80 }),
);

const EMPTY = greyOf(200, 100, () => 230);

using net = await LeNet.load();

const { model } = net;

const runner = await createRunner("wasm", model.architecture, model.parameters);

const pageOf = (grey: Grey): Page => new Page({ ...grey, channels: 1 });

async function sample(digit: number): Promise<Uint8Array> {
  return await Deno.readFile(new URL(`../../scripts/samples/${digit}.png`, import.meta.url));
}

/** Drawn digits as MNIST has them, twice as large, side by side, and what they are. */
function digitsInARow(count: number, random: Random): { grey: Grey; text: string } {
  const drawn = Array.from({ length: count }, () => random.integer(DIGITS.count));
  const grey = greyOf(56 * count, 64, (x, y) => {
    const row = Math.floor((y - 4) / 2);
    const pixels = digitAt(drawn[Math.floor(x / 56)]);
    return 255 - (row < 0 || row >= 28 ? 0 : pixels[28 * row + Math.floor(x % 56 / 2)]);
  });
  return { grey, text: drawn.map((n) => DIGITS.labels[n]).join("") };
}

/** Asserts all that is true of every reading. */
function assertSound({ text, reason, digits, lines }: Reading<string | null>, grey: Grey): void {
  assertEquals(reason === null, lines.length > 0);
  if (lines.length > 0) assertEquals(text, lines.map(({ text }) => text).join("\n"));
  for (const { digit, className, confidence, box, line } of digits) {
    assertEquals(className, `${digit}`);
    assertEquals([confidence >= 0 && confidence <= 1, line in lines], [true, true]);
    const { x, y, width, height } = box;
    assertEquals([x, y, width, height].every(Number.isInteger), true);
    assertEquals([x >= 0, y >= 0, width > 0, height > 0], [true, true, true, true]);
    assertLessOrEqual(x + width, grey.width);
    assertLessOrEqual(y + height, grey.height);
  }
  for (const [n, { text, confidence, box, alternatives }] of lines.entries()) {
    const own = digits.filter(({ line }) => line === n);
    assertEquals(own.map(({ className }) => className).join(""), text);
    for (const { box: { x, y, width, height } } of own) {
      assertEquals([x >= box.x, y >= box.y], [true, true]);
      assertLessOrEqual(x + width, box.x + box.width);
      assertLessOrEqual(y + height, box.y + box.height);
    }
    const readings = [{ text, confidence }, ...alternatives];
    for (const { confidence } of readings) {
      assertEquals(confidence >= 0 && confidence <= 1, true, `${confidence}`);
    }
    assertEquals(new Set(readings.map(({ text }) => text)).size, readings.length);
    assertLessOrEqual(alternatives.length, 4);
    alternatives.slice(1).forEach(({ confidence }, i) =>
      assertLessOrEqual(confidence, alternatives[i].confidence)
    );
  }
}

async function soundly(
  grey: Grey,
  options: ReadDigitsOptions = {},
): Promise<Reading<string | null>> {
  const reading = await readDigits(grey, options);
  assertSound(reading, grey);
  return reading;
}

Deno.test("readDigits reads strings of drawn digits, apart on plain paper", async () => {
  for (const text of [TEXT, "38", "1470", "66", "902584"]) {
    const { text: found, reason } = await soundly(line(text));
    assertEquals([found, reason], [text, null]);
  }
});

Deno.test("readDigits reads a thousand digits in one line", async () => {
  const text = TEXT.repeat(200);
  const strip = drawn(24_040, 48, digitsAt(text, { x: 20, y: 12, height: 24, pitch: 24 }));
  assertEquals((await soundly(strip)).text, text);
});

Deno.test("readDigits asks what is accepted for at most 300 texts, however long the line, and never for none", async () => {
  const strip = drawn(2440, 48, digitsAt(TEXT.repeat(20), { x: 20, y: 12, height: 24, pitch: 24 }));
  for (const grey of [LINE, strip, EMPTY]) {
    const asked: string[] = [];
    const accept = (text: string): boolean => asked.push(text) < 0;
    await soundly(grey, { accept });
    assertLess(asked.length, 300);
    assertEquals(asked.includes(""), false);
  }
});

Deno.test("readDigits does not read a part of a line that fits where the whole does not", async () => {
  for (const count of [4, 10, 20]) {
    const text = TEXT.repeat(count);
    const strip = drawn(
      28 * text.length + 60,
      70,
      digitsAt(text, { x: 20, y: 20, height: 28, pitch: 28 }),
    );
    for (const options of [{ length: 5 }, { length: [1, 3] as const }, { pattern: /\d{4}/ }]) {
      assertEquals((await soundly(strip, options)).reason, "no-fit");
    }
  }
});

Deno.test("readDigits says no-fit of a strip that nothing fits, and stops when accept aborts it", async () => {
  const strip = drawn(7240, 48, digitsAt(TEXT.repeat(60), { x: 20, y: 12, height: 24, pitch: 24 }));
  assertEquals((await soundly(strip, { length: 5 })).reason, "no-fit");
  const stop = new AbortController();
  const accept = (): boolean => {
    stop.abort();
    return true;
  };
  const error = await assertRejects(
    () => readDigits(LINE, { accept, signal: stop.signal }),
    LeNetError,
  );
  assertEquals(error.code, "aborted");
});

Deno.test("readDigits reads most strings of digits as MNIST has them", async () => {
  const random = new Random(7);
  let right = 0;
  for (let n = 0; n < 25; n++) {
    const { grey, text } = digitsInARow(2 + n % 6, random);
    const found = await soundly(grey);
    if (found.text === text) right++;
  }
  assertGreater(right, 18);
});

Deno.test("readDigits reads lines from the top, and tells on which each digit stands", async () => {
  const { text, lines, digits } = await soundly(LINES);
  assertEquals(text, "205\n1382\n60");
  assertEquals(lines.map(({ text }) => text), ["205", "1382", "60"]);
  assertEquals(digits.map(({ line }) => line), [0, 0, 0, 1, 1, 1, 1, 2, 2]);
});

Deno.test("readDigits gives each digit a box around its ink, from the left", async () => {
  const { digits } = await soundly(LINE);
  assertEquals(digits.length, TEXT.length);
  for (const [n, { box }] of digits.entries()) {
    const middle = box.x + box.width / 2;
    assertEquals(middle > 60 + 80 * n && middle < 60 + 80 * n + 70, true, `${n}: ${middle}`);
    assertAlmostEquals(box.y, 47, 4);
    assertAlmostEquals(box.height, 86, 6);
  }
});

Deno.test("readDigits is sure of plain digits, and gives other readings as less likely", async () => {
  const { lines: [{ confidence, alternatives }], digits } = await soundly(LINE);
  assertGreater(confidence, 0.5);
  for (const digit of digits) assertGreater(digit.confidence, 0.5);
  assertGreater(alternatives.length, 0);
  assertGreater(confidence, alternatives[0].confidence);
});

Deno.test("readDigits takes the best reading of a length, from the least to the most", async () => {
  const textFor = async (length: number | [number, number]): Promise<string | null> =>
    (await soundly(LINE, { length })).text;
  assertEquals(await textFor(5), TEXT);
  assertEquals(await textFor([1, 5]), TEXT);
  assertEquals(await textFor([5, 1000]), TEXT);
  assertEquals((await textFor(4))?.length ?? 4, 4);
  assertEquals((await textFor([6, 7]))?.length ?? 6, 6);
});

Deno.test("readDigits takes the best reading that matches a pattern whole, or is accepted", async () => {
  assertEquals((await soundly(LINE, { pattern: /205\d{2}/ })).text, TEXT);
  // What begins or ends as the pattern does not match it.
  const { lines: short } = await soundly(LINE, { pattern: /205/ });
  for (const { text, confidence } of short) assertEquals([text, confidence < 0.01], ["205", true]);
  const { lines: [{ alternatives }] } = await readDigits(LINE);
  for (const { text } of alternatives) {
    const accepted = await soundly(LINE, { accept: (own) => own === text });
    assertEquals([accepted.text, accepted.reason], [text, null]);
    assertEquals((await soundly(LINE, { pattern: new RegExp(text) })).text, text);
    // Digits are those of the text, whatever the network of single digits finds likelier.
    assertEquals(accepted.digits.map(({ digit }) => digit).join(""), text);
  }
  const other = await soundly(LINE, { accept: (text) => text !== TEXT });
  assertEquals(other.text !== TEXT && other.text !== null, true);
  for (const { text } of other.lines[0].alternatives) assertEquals(text !== TEXT, true);
});

Deno.test("readDigits asks what is accepted for each line by itself", async () => {
  assertEquals((await soundly(LINES, { pattern: /\d*[02]/ })).lines.at(-1)!.text, "60");
  const { text, reason, lines, digits } = await soundly(LINES, { accept: (own) => own === "1382" });
  assertEquals([text, reason, lines.length], ["1382", null, 1]);
  // Lines are numbered as they are given.
  assertEquals(digits.map(({ line }) => line), [0, 0, 0, 0]);
});

Deno.test("readDigits gives no text, and why, where nothing fits or nothing is there", async () => {
  const none = { text: null, digits: [], lines: [] };
  for (const options of [{ pattern: /x/ }, { accept: () => false }, { length: 900 }]) {
    const { backend: _, ...unfit } = await soundly(LINE, options);
    assertEquals(unfit, { ...none, reason: "no-fit" });
    const { backend: __, ...nothing } = await soundly(EMPTY, options);
    assertEquals(nothing, { ...none, reason: "no-digits" });
  }
  const { backend: _, ...free } = await soundly(EMPTY);
  assertEquals(free, { ...none, text: "", reason: "no-digits" });
});

Deno.test("readDigits leaves out digits with less confidence than reject", async () => {
  const { digits } = await readDigits(LINE, { reject: 0 });
  const least = Math.min(...digits.map(({ confidence }) => confidence));
  assertEquals((await soundly(LINE, { reject: least })).digits.length, 5);
  const above = least + (1 - least) / 1e6;
  const kept = digits.filter(({ confidence }) => confidence >= above);
  assertEquals(kept.length < 5, true);
  const { text, digits: others } = await readDigits(LINE, { reject: above });
  assertEquals(others, kept);
  assertEquals(text, kept.map(({ className }) => className).join(""));
  const { text: nothing, reason } = await soundly(LINE, { reject: 1 });
  assertEquals([nothing, reason], ["", "rejected"]);
});

Deno.test("readDigits leaves out a line that has to fit with a digit below reject", async () => {
  const { digits } = await readDigits(LINE);
  const least = Math.min(...digits.map(({ confidence }) => confidence));
  const above = least + (1 - least) / 1e6;
  for (const options of [{ length: 5 }, { pattern: /\d+/ }, { accept: () => true }]) {
    assertEquals((await soundly(LINE, { ...options, reject: least })).text, TEXT);
    const { text, reason } = await soundly(LINE, { ...options, reject: above });
    assertEquals([text, reason], [null, "rejected"]);
  }
});

Deno.test("readDigits is sure of no text that it would never have read, and tells what it cost", async () => {
  // The network of single digits may find a digit in the part of a line where there is none for that of lines.
  const random = new Random(9);
  let forced = 0;
  for (let n = 0; n < 40; n++) {
    const { grey, text } = digitsInARow(3, random);
    for (const length of [2, 4, 5]) {
      const { lines } = await soundly(grey, { length });
      for (const { confidence, cost } of lines.filter(({ cost }) => cost > 4)) {
        forced++;
        assertLess(confidence, 0.3, `${text} with ${length} digits, at ${cost}`);
      }
    }
  }
  assertGreater(forced, 10);
});

Deno.test("readDigits reads groups of digits far apart as one number where only that fits", async () => {
  const groups = drawn(
    900,
    160,
    ...["205", "138", "64"].map((text, n) =>
      digitsAt(text, { x: 40 + 300 * n, y: 50, height: 60, pitch: 50 })
    ),
  );
  assertEquals((await soundly(groups)).text, "205\n138\n64");
  assertEquals((await soundly(groups, { length: 8 })).text, "20513864");
  assertEquals((await soundly(groups, { length: 3 })).text, "205\n138");
  assertEquals((await soundly(groups, { pattern: /1\d\d/ })).text, "138");
});

Deno.test("read leaves out digits below 0.05, and none where the text has to fit", async () => {
  // Of so many classes the likeliest may be as unlikely.
  const classNames = Array.from({ length: 40 }, (_, n) => String.fromCharCode(97 + n));
  const many: Model = {
    ...model,
    architecture: { ...model.architecture, classes: 40 },
    metadata: { ...model.metadata, classNames, temperature: 1 },
  };
  const kept = async (probability: number, options?: ReadOptions): Promise<number> => {
    const logit = Math.log(39 * probability / (1 - probability));
    const unsure: Runner = {
      ...runner,
      logits: (_, count) =>
        Promise.resolve(
          Float32Array.from({ length: 40 * count }, (_, i) => i % 40 === 3 ? logit : 0),
        ),
    };
    return (await read(many, LINE, dispatcherOf(unsure), options)).digits.length;
  };
  assertEquals([await kept(0.053), await kept(0.0495)], [5, 0]);
  assertEquals([await kept(0.0495, { length: 5 }), await kept(0.03, { pattern: /d*/ })], [5, 5]);
  assertEquals(await kept(0.0495, { reject: 0.04 }), 5);
  assertEquals(await kept(0.0495, { length: 5, reject: 0.05 }), 0);
});

Deno.test("readDigits leaves out lines with less confidence than rejectLine", async () => {
  const { lines } = await readDigits(LINES);
  const least = Math.min(...lines.map(({ confidence }) => confidence));
  assertEquals((await soundly(LINES, { rejectLine: least })).lines.length, 3);
  const above = least + (1 - least) / 1e6;
  const kept = lines.filter(({ confidence }) => confidence >= above);
  assertEquals(kept.length < 3, true);
  assertEquals((await soundly(LINES, { rejectLine: above })).lines, kept);
  const { text, reason } = await soundly(LINES, { rejectLine: 1 });
  assertEquals([text, reason], ["", "rejected"]);
  const fitting = await soundly(LINES, { rejectLine: 1, length: [1, 9] });
  assertEquals([fitting.text, fitting.reason], [null, "rejected"]);
});

Deno.test("readDigits reads one digit by itself as classifyDigit does, if it fits", async () => {
  const png = await sample(7);
  const { digit, probabilities } = await classifyDigit(png);
  const { text, lines: [{ confidence, alternatives }], digits } = await readDigits(png);
  assertEquals([text, digits.length], [`${digit}`, 1]);
  assertEquals(confidence, probabilities[7]);
  const ranked = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  assertEquals(
    alternatives,
    ranked.slice(1, 5).map((k) => ({ text: `${k}`, confidence: probabilities[k] })),
  );
  assertEquals((await readDigits(png, { length: 1 })).text, "7");
  assertEquals(
    (await readDigits(png, { pattern: /[1-6]/ })).text,
    `${ranked.find((k) => k > 0 && k < 7)}`,
  );
  const { text: none, reason } = await readDigits(png, { accept: () => false });
  assertEquals([none, reason], [null, "no-fit"]);
});

Deno.test("readDigits refuses options that are none", async () => {
  const refused: Record<string, unknown>[] = [
    ...[0, 1001, 1.5, NaN, [4, 2], [1, 2, 3], "5", null].map((length) => ({ length })),
    ...["4", /4/g, /4/y, null].map((pattern) => ({ pattern })),
    ...["4", null].map((accept) => ({ accept })),
    { accept: () => 1 },
    { accept: () => Promise.resolve(true) },
    { accept: () => JSON.parse("") },
    ...[-0.01, 1.01, NaN, "1", null].flatMap((value) => [{ reject: value }, { rejectLine: value }]),
    ...[null, {}, 4, "stop"].map((signal) => ({ signal })),
  ];
  for (const options of refused) {
    const { code } = await assertRejects(
      () => readDigits(LINE, options as ReadDigitsOptions),
      LeNetError,
    );
    assertEquals([Object.keys(options), code], [Object.keys(options), "option/invalid"]);
  }
  for (const options of [{ reject: 0 }, { reject: 1 }, { rejectLine: 0 }, { rejectLine: 1 }]) {
    await readDigits(LINE, options);
  }
  const unknown = { lenght: 5 } as ReadDigitsOptions;
  assertEquals(
    (await assertRejects(() => readDigits(LINE, unknown), LeNetError)).code,
    "option/unknown",
  );
});

Deno.test("readDigits takes an option that is undefined for one that is left out", async () => {
  const options = { length: undefined, pattern: undefined, accept: undefined };
  const undefinedOnes = { ...options, reject: undefined, rejectLine: undefined, signal: undefined };
  assertEquals(
    await readDigits(LINE, undefinedOnes as unknown as ReadDigitsOptions),
    await readDigits(LINE),
  );
});

Deno.test("readDigits stops when the signal says so", async () => {
  // A picture of nothing, and one digit, are not read as lines.
  for (const image of [LINE, EMPTY, await sample(7)]) {
    const { code } = await assertRejects(
      () => readDigits(image, { signal: AbortSignal.abort() }),
      LeNetError,
    );
    assertEquals(code, "aborted");
  }
  assertEquals((await readDigits(LINE, { signal: new AbortController().signal })).text, TEXT);
});

/** The same network with names of its own. */
function named(classNames: readonly string[]): Model {
  return { ...model, metadata: { ...model.metadata, classNames } };
}

/** What gives a network to {@linkcode read}. */
function dispatcherOf(runner: Runner): Dispatcher {
  return { runnerFor: () => Promise.resolve(runner) } as unknown as Dispatcher;
}

const dispatcher = dispatcherOf(runner);

const LETTERS = [..."abcdefghij"];

const PLANES = ["plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

Deno.test("read gives names of other classes as the network of the classes finds them", async () => {
  for (const names of [LETTERS, PLANES]) {
    const { text, digits, lines } = await read(named(names), LINE, dispatcher);
    assertEquals(digits.map(({ digit }) => `${digit}`).join(""), TEXT);
    assertEquals(digits.map(({ className }) => className), [...TEXT].map((k) => names[Number(k)]));
    assertEquals(text, [...TEXT].map((k) => names[Number(k)]).join(""));
    assertEquals(lines.map(({ alternatives }) => alternatives), [[]]);
  }
});

Deno.test("read fits names of other classes, and counts classes and not letters", async () => {
  const fit = async (names: readonly string[], options: ReadOptions) => {
    const { text, reason } = await read(named(names), LINE, dispatcher, options);
    return [text, reason];
  };
  assertEquals(await fit(LETTERS, { pattern: /cafbd/ }), ["cafbd", null]);
  assertEquals(await fit(LETTERS, { pattern: /[a-j]+/, length: 5 }), ["cafbd", null]);
  assertEquals(await fit(LETTERS, { pattern: /\d+/ }), [null, "no-fit"]);
  assertEquals(await fit(LETTERS, { accept: () => false }), [null, "no-fit"]);
  assertEquals(await fit(LETTERS, { length: 900 }), [null, "no-fit"]);
  assertEquals(await fit(PLANES, { length: 5 }), ["birdplanedogcarcat", null]);
});

/** A network of single digits that finds all digits equally likely, or surely each of a text in turn. */
function votingFor(text?: string): Runner {
  return {
    ...runner,
    backend: "wasm",
    logits: (_, count) =>
      Promise.resolve(Float32Array.from(
        { length: 10 * count },
        (_, i) => text !== undefined && Number(text[Math.floor(i / 10)]) === i % 10 ? 40 : 0,
      )),
    [Symbol.dispose]() {},
  };
}

Deno.test("readLines is surer of digits that both networks find likely", async () => {
  const page = pageOf(LINE);
  const [agreed, undecided] = [
    await readLines(model, votingFor(TEXT), page),
    await readLines(model, votingFor(), page),
  ];
  assertEquals([agreed.lines[0].text, undecided.lines[0].text], [TEXT, TEXT]);
  assertGreater(agreed.lines[0].confidence, undecided.lines[0].confidence);
  agreed.digits.forEach(({ confidence }, n) =>
    assertGreater(confidence, undecided.digits[n].confidence)
  );
});

Deno.test("readLines takes no text that does not fit from the network of single digits", async () => {
  const constraints = resolveConstraints({ accept: (text) => text.startsWith("205") });
  const { lines, digits } = await readLines(model, votingFor("99999"), pageOf(LINE), {
    constraints,
  });
  assertEquals(lines[0].text.startsWith("205"), true);
  assertEquals(digits.map(({ digit }) => digit).join(""), lines[0].text);
  for (const { text } of lines[0].alternatives) assertEquals(text.startsWith("205"), true);
});

Deno.test("readLines finds nothing on empty paper, and leaves out what is lower than six pixels", async () => {
  assertEquals(await readLines(model, runner, pageOf(EMPTY)), NO_LINES);
  const low = (height: number): Page =>
    pageOf(drawn(200, 60, digitsAt("205", { x: 20, y: 20, height, pitch: 1.2 * height })));
  assertEquals((await readLines(model, runner, low(4))).lines, []);
  assertGreaterOrEqual((await readLines(model, runner, low(20))).lines.length, 1);
});

Deno.test("readLines leaves out a line of one digit that is none by itself, unless something is known of it", async () => {
  const found = { read: 0, left: 0 };
  for (const digit of "0123456789") {
    for (let share = 0.3; share <= 1; share += 0.05) {
      const figure = begun(digit, share);
      const lines = drawn(
        420,
        300,
        digitsAt("205", { x: 50, y: 40, height: 70, pitch: 80 }),
        figure.map(([from, to, pen]) =>
          [[from[0] + 130, from[1] + 170], [to[0] + 130, to[1] + 170], pen] as const
        ),
      );
      const all = { constraints: resolveConstraints({ length: [1, 9] }) };
      // Only what the line network sees as one digit by itself.
      const known = (await readLines(model, runner, pageOf(lines), all)).lines;
      if (known.length !== 2 || known[1].text?.length !== 1) continue;
      const [scored] = await scoreHypotheses(model, runner, [pageOf(drawn(300, 160, figure))]);
      const own = scored.find(({ hypothesis: { name } }) => name === "own")!;
      // How the ink is found differs a little.
      if (Math.abs(own.digitProbability! - 0.5) < 0.2) continue;
      const { length } = (await readLines(model, runner, pageOf(lines))).lines;
      assertEquals(length, own.digitProbability! < 0.5 ? 1 : 2, `${digit} ${share}`);
      found[length === 2 ? "read" : "left"]++;
    }
  }
  assertGreater(found.read, 3);
  assertGreater(found.left, 3);
});

Deno.test("readLines takes more than 4,000 pieces of ink for a texture", async () => {
  // A line of digits above dots that are as high as they are wide.
  const dots = (count: number): Grey =>
    greyOf(1600, 800, (x, y) => {
      const [column, row] = [Math.floor(x / 16), Math.floor(y / 16)];
      const isDot = row * 100 + column < count && x % 16 < 9 && y % 16 < 9;
      return isDot ? 30 : 230;
    });
  const pieces = (count: number): number => findWritings(pageOf(dots(count)))[0].pieces.length;
  assertEquals([pieces(4000), pieces(4001)], [4000, 4001]);
  const reads = async (count: number): Promise<boolean> => {
    let isAsked = false;
    const signal = {
      get aborted(): boolean {
        isAsked = true;
        return false;
      },
    } as AbortSignal;
    await readLines(model, runner, pageOf(dots(count)), { signal });
    return isAsked;
  };
  assertEquals([await reads(4000), await reads(4001)], [true, false]);
});

Deno.test("readLines reads a sheet of paper on a table where that reads better", async () => {
  const sheet = LINE;
  const table = greyOf(620, 300, (x, y) => {
    const [u, v] = [x - 60, y - 60];
    if (u >= 0 && v >= 0 && u < sheet.width && v < sheet.height) {
      return sheet.data[v * sheet.width + u];
    }
    return 90;
  });
  const { text, digits } = await soundly(table);
  assertEquals(text, TEXT);
  for (const { box } of digits) assertEquals(box.x >= 60 && box.y >= 60, true);
});

Deno.test("readLines reads lines that lean, with boxes in the picture", async () => {
  const strokes = digitsAt(TEXT, { x: 60, y: 60, height: 80, pitch: 80 });
  const lean = 0.07;
  const leaning = strokes.map(([[ax, ay], [bx, by], pen]) =>
    [[ax, ay + lean * ax], [bx, by + lean * bx], pen] as const
  );
  const grey = drawn(500, 240, leaning);
  const { text, digits } = await soundly(grey);
  assertEquals(text, TEXT);
  const [first, last] = [digits[0].box, digits[4].box];
  assertGreater(last.y - first.y, 10);
});
