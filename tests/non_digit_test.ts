import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import type { Runner } from "../src/engine/runner.ts";
import {
  digitProbabilities,
  digitScores,
  nonDigitInputs,
  type NonDigitNetworks,
  NONE,
  type ReadInk,
} from "../src/non_digit.ts";

/** A network that gives every input the same logits, and keeps its inputs. */
function constant(logits: readonly number[]): Runner & { readonly seen: Float32Array[] } {
  const seen: Float32Array[] = [];
  return {
    backend: "wasm",
    seen,
    logits: (inputs, count) => {
      seen.push(inputs.slice());
      return Promise.resolve(
        Float32Array.from({ length: count * logits.length }, (_, i) => logits[i % logits.length]),
      );
    },
    [Symbol.dispose]() {},
  };
}

/** Networks that are loaded already. */
function loaded(eleven: Runner, judge: Runner): NonDigitNetworks {
  return { eleven: () => Promise.resolve(eleven), judge: () => Promise.resolve(judge) };
}

const DIGIT = 7;

/** Ink that was read as a 7 with these log-odds against all others, at temperature 1. */
function readInk(odds = 20, name = "own", isFramed = false): ReadInk {
  const logits = new Array<number>(10).fill(0);
  logits[DIGIT] = odds + Math.log(9);
  const found = new Float32Array(784);
  found[400] = 1;
  return {
    hypothesis: { found, pixels: found.slice().fill(0.5, 0, 9), name, isFramed },
    logits,
    digit: DIGIT,
  };
}

/** The score of ink where the networks have these log-odds of a digit. */
async function score(
  { ink = readInk(), eleven = 0, judge = 0, temperature = 1 }: {
    ink?: ReadInk;
    eleven?: number;
    judge?: number;
    temperature?: number;
  },
): Promise<number> {
  const ofEleven = new Array<number>(NONE + 1).fill(-99);
  ofEleven[DIGIT] = eleven + 2;
  ofEleven[NONE] = 2;
  const networks = loaded(constant(ofEleven), constant([judge + 1, 1]));
  return (await digitScores([ink], temperature, networks))[0];
}

Deno.test("digitScores adds the log-odds of one network to half of the other's", async () => {
  assertAlmostEquals(await score({ eleven: 3 }), 3, 1e-5);
  assertAlmostEquals(await score({ eleven: -3, judge: 2 }), -2, 1e-5);
});

Deno.test("digitScores clips the log-odds of both networks where they are certain", async () => {
  assertAlmostEquals(await score({ eleven: 11.9 }), 11.9, 1e-5);
  assertAlmostEquals(await score({ eleven: 12.1 }), 12, 1e-5);
  assertAlmostEquals(await score({ eleven: -12.1 }), -12, 1e-5);
  assertAlmostEquals(await score({ judge: 9.9 }), 4.95, 1e-5);
  assertAlmostEquals(await score({ judge: 10.1 }), 5, 1e-5);
  assertAlmostEquals(await score({ judge: -10.1 }), -5, 1e-5);
});

Deno.test("digitScores takes off for doubt of the reader, at its temperature", async () => {
  assertAlmostEquals(await score({ ink: readInk(8.1) }), 0, 1e-5);
  assertAlmostEquals(await score({ ink: readInk(7) }), -0.6, 1e-5);
  assertAlmostEquals(await score({ ink: readInk(0) }), -4.8, 1e-5);
  assertLess(await score({ ink: readInk(8.1), temperature: 2 }), -1);
});

Deno.test("digitScores takes off where the illumination was corrected or lines were erased, and where ink was inverted or entered", async () => {
  const penalties = {
    own: 0,
    even: 1,
    erased: 4,
    "even erased": 4,
    outline: 4,
    inverted: 4,
    colour: 4,
    sheet: 6,
    "even sheet": 6,
  };
  for (const [name, penalty] of Object.entries(penalties)) {
    assertAlmostEquals(await score({ ink: readInk(20, name) }), -penalty, 1e-5, name);
  }
});

Deno.test("digitScores counts the layout of MNIST's for ink with its own threshold", async () => {
  assertAlmostEquals(await score({ ink: readInk(20, "own", true) }), 4, 1e-5);
  assertAlmostEquals(await score({ ink: readInk(20, "even", true) }), -1, 1e-5);
});

Deno.test("digitScores asks the judge below a score of 8, and not from there on", async () => {
  assertAlmostEquals(await score({ eleven: 7.99, judge: -2 }), 6.99, 1e-5);
  assertAlmostEquals(await score({ eleven: 8, judge: -2 }), 8, 1e-5);
});

Deno.test("digitScores compares the likeliest of the ten digits with none", async () => {
  const ofEleven = new Array<number>(NONE + 1).fill(-99);
  ofEleven[DIGIT - 4] = 5;
  ofEleven[NONE] = 2;
  const networks = loaded(constant(ofEleven), constant([0, 0]));
  assertAlmostEquals((await digitScores([readInk()], 1, networks))[0], 3, 1e-5);
});

Deno.test("digitScores shows the judge the ink as found, with normalized strokes, and blurred", async () => {
  const ink = readInk();
  const [eleven, judge] = [constant(new Array(11).fill(0)), constant([0, 0])];
  await digitScores([ink, ink], 1, loaded(eleven, judge));
  const { found, pixels } = ink.hypothesis;
  const [views] = judge.seen;
  assertEquals(views.length, 2 * 3 * 784);
  for (const from of [0, 3 * 784]) {
    assertEquals(views.subarray(from, from + 784), found);
    assertEquals(views.subarray(from + 784, from + 2 * 784), pixels);
    const blurred = views.subarray(from + 2 * 784, from + 3 * 784);
    assertEquals([400, 399, 428, 429, 402].map((i) => blurred[i]), [1, 0.5, 0.5, 0.25, 0]);
  }
  assertEquals(eleven.seen[0], nonDigitInputs([ink.hypothesis, ink.hypothesis]));
});

Deno.test("nonDigitInputs puts the ink as found before that with normalized strokes", () => {
  const { hypothesis } = readInk();
  const inputs = nonDigitInputs([hypothesis]);
  assertEquals(inputs.subarray(0, 784), hypothesis.found);
  assertEquals(inputs.subarray(784), hypothesis.pixels);
});

Deno.test("digitProbabilities is nearly 0 for a speck, and empty for no ink", async () => {
  assertEquals(await digitProbabilities([], 1), []);
  const [probability] = await digitProbabilities([readInk(0)], 1);
  assertLess(probability, 0.2);
});
