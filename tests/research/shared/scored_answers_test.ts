import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  acceptedShare,
  calibrationOf,
  type ScoredAnswer,
  scoredAnswer,
  scoredInk,
  THRESHOLDS,
} from "../../../scripts/research/shared/scored_answers.ts";
import { makeTrial } from "../../../scripts/research/hard_set/measure.ts";
import { type Classification, LeNet } from "../../../mod.ts";
import { greyOf, twoOf, within } from "../../image/ink/drawing.ts";
import { DIGITS } from "../hard_set/digits.ts";

const SOURCES = { digits: DIGITS, clothing: undefined, seed: 0 };

function answer(change: Partial<Classification>): Classification {
  return {
    digit: 7,
    className: "7",
    reason: null,
    confidence: 1,
    probabilities: [0, 0, 0, 0, 0, 0, 0, 0.8, 0.2, 0],
    digitProbability: 0.75,
    backend: "wasm",
    ...change,
  };
}

Deno.test("THRESHOLDS rise from 0, by at most a tenth, and stay below 1", () => {
  assertEquals(THRESHOLDS[0], 0);
  THRESHOLDS.slice(1).forEach((threshold, n) => {
    assertGreater(threshold, THRESHOLDS[n]);
    assertLess(threshold - THRESHOLDS[n], 0.1001);
  });
  assertLess(THRESHOLDS[THRESHOLDS.length - 1], 1);
});

Deno.test("scoredInk has what was read, accepted or not, and nothing where digitProbability decides nothing", () => {
  const refused = { digit: null, className: null, confidence: 0 };
  assertEquals(scoredInk(answer({}), "7"), { isRight: true, digitProbability: 0.75 });
  assertEquals(scoredInk(answer({}), "8")?.isRight, false);
  assertEquals(scoredInk(answer({}), "")?.isRight, false);
  const none = answer({ ...refused, reason: "not-a-digit", digitProbability: 0.25 });
  assertEquals(scoredInk(none, "7"), { isRight: true, digitProbability: 0.25 });
  assertEquals(scoredInk(answer({ digitProbability: null }), "7"), undefined);
  for (const reason of ["several-digits", "too-small"] as const) {
    assertEquals(scoredInk(answer({ ...refused, reason }), "7"), undefined);
  }
});

Deno.test("scoredAnswer gives the largest threshold with which there is a digit", async () => {
  using net = await LeNet.load("digits", { backend: "wasm" });
  for (const kind of ["enlarged", "boxed", "symbols", "scribbles", "letters"]) {
    const trial = makeTrial(kind, 1, 3, SOURCES);
    const { isRight, acceptedTo, ink } = await scoredAnswer(net, trial);
    const { digit } = await net.classify(trial.image, { reject: 0 });
    assertEquals([isRight, ink?.isRight], [`${digit}` === trial.text, isRight], kind);
    assertEquals(acceptedTo, ink?.digitProbability, kind);
    const at = async (reject: number): Promise<number | null> =>
      (await net.classify(trial.image, { reject })).digit;
    assertEquals(await at(acceptedTo) === null, false, kind);
    assertEquals(await at(acceptedTo + 1e-9), null, kind);
  }
});

Deno.test("scoredAnswer accepts several digits and tiny ones with 0 alone, and no ink with nothing", async () => {
  using net = await LeNet.load("digits", { backend: "wasm" });
  const read = (image: Parameters<LeNet["classify"]>[0], text = "0"): Promise<ScoredAnswer> =>
    scoredAnswer(net, { image, text });
  const [left, right] = [40, 150].map((x) => within(twoOf(60), 260, x, 90).data);
  const both = greyOf(260, 260, (x, y) => Math.min(left[260 * y + x], right[260 * y + x]));
  assertEquals((await read(both, "2")).acceptedTo, 0);
  const small = greyOf(40, 40, (x, y) => x > 18 && x < 21 && y > 15 && y < 21 ? 0 : 255);
  assertEquals((await read(small, "1")).acceptedTo, 0);
  for (const image of [greyOf(50, 50, () => 200), greyOf(50, 50, (x) => x < 20 ? 200 : 202)]) {
    assertEquals(await read(image), { isRight: false, acceptedTo: -1 });
  }
  assertEquals(await read(new Uint8Array([1, 2, 3])), { isRight: false, acceptedTo: -1 });
});

Deno.test("acceptedShare counts what is accepted at a threshold, its own value included", () => {
  const answers = [-1, 0, 0.3, 0.6].map((acceptedTo) => ({ isRight: true, acceptedTo }));
  assertEquals([0, 0.3, 0.31, 1].map((reject) => acceptedShare(answers, reject)), [
    0.75,
    0.5,
    0.25,
    0,
  ]);
});

Deno.test("calibrationOf compares probabilities with the share of right readings", () => {
  const inks = (probability: number, right: number, count: number) =>
    Array.from({ length: count }, (_, n) => ({
      digitProbability: probability,
      isRight: n < right,
    }));
  assertEquals(calibrationOf([]), undefined);
  assertEquals(calibrationOf(inks(0.75, 75, 100))?.count, 100);
  assertAlmostEquals(calibrationOf(inks(0.75, 75, 100))!.error, 0, 1e-9);
  assertAlmostEquals(calibrationOf(inks(0.75, 65, 100))!.error, 0.1, 1e-9);
  // Errors of two bins do not make up for each other.
  assertAlmostEquals(
    calibrationOf([...inks(0.75, 65, 100), ...inks(0.25, 35, 100)])!.error,
    0.1,
    1e-9,
  );
});
