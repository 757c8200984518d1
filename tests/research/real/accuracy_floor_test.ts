import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { measureDigits } from "../../../scripts/research/real/measure_digits.ts";
import { measureStrings } from "../../../scripts/research/real/measure_strings.ts";
import {
  DIGIT_SETS,
  readSet,
  REAL_SETS,
  STRING_SETS,
} from "../../../scripts/research/real/sets.ts";
import { LeNet } from "../../../src/lenet.ts";

/** Most pictures of a set that are read, spread evenly over it. */
const COUNT = 30;

/** The folder that may lie beside the project. */
const FOLDER = new URL("../../../../shared/real", import.meta.url).pathname;

/** Bounds on a set of single digits: the measured numbers, with one picture to spare. */
interface DigitFloor {
  /** The least number of right answers with the default threshold. */
  readonly right: number;
  /** The largest number of digits by `classifyDigit` that `readDigits` reads otherwise. */
  readonly differing: number;
}

const DIGIT_FLOORS: Readonly<Record<typeof DIGIT_SETS[number], DigitFloor>> = {
  photo: { right: 15, differing: 2 },
  canvas: { right: 27, differing: 3 },
  paint28: { right: 28, differing: 3 },
  scan28: { right: 9, differing: 1 },
  form_in: { right: 25, differing: 3 },
  form_box: { right: 21, differing: 9 },
  dida: { right: 19, differing: 11 },
  usps16: { right: 29, differing: 3 },
  optdigits32: { right: 25, differing: 3 },
};

/** Bounds on a set of strings: the measured numbers, with one picture and a tenth of the edits to spare. */
interface StringFloor {
  /** The least number of pictures read without a mistake. */
  readonly right: number;
  /** The largest mean edit distance. */
  readonly edits: number;
}

const STRING_FLOORS: Readonly<Record<typeof STRING_SETS[number], StringFloor>> = {
  strings_cheque: { right: 6, edits: 1.9 },
  strings_photo: { right: 9, edits: 0.9 },
  strings_form: { right: 0, edits: 7.3 },
};

function isThere(): boolean {
  try {
    return Deno.statSync(FOLDER).isDirectory;
  } catch {
    return false;
  }
}

async function optionsFor(set: string, reader: LeNet) {
  const samples = await readSet(FOLDER, set, COUNT);
  const { signal } = new AbortController();
  return { set, samples, reader, onProgress: () => {}, onFailure: () => {}, signal };
}

Deno.test("REAL_SETS have a floor each", () => {
  assertEquals([...Object.keys(DIGIT_FLOORS), ...Object.keys(STRING_FLOORS)], REAL_SETS);
});

for (const set of DIGIT_SETS) {
  const { right, differing } = DIGIT_FLOORS[set];
  Deno.test({
    name: `classifyDigit reads at least ${right} of ${COUNT} pictures of ${set}, and readDigits ` +
      `reads at most ${differing} otherwise`,
    ignore: !isThere(),
    async fn() {
      using net = await LeNet.load("digits", { backend: "wasm" });
      const result = await measureDigits({ ...await optionsFor(set, net), agreement: true });
      assertGreaterOrEqual(result.right, right);
      const { classified = NaN, same = NaN } = result.agreement ?? {};
      assertLessOrEqual(classified - same, differing);
    },
  });
}

for (const set of STRING_SETS) {
  const { right, edits } = STRING_FLOORS[set];
  Deno.test({
    name: `readDigits reads at least ${right} of ${COUNT} pictures of ${set} without a mistake, ` +
      `and makes at most ${edits} edits in the mean`,
    ignore: !isThere(),
    async fn() {
      using net = await LeNet.load("digits", { backend: "wasm" });
      const result = await measureStrings(await optionsFor(set, net));
      assertGreaterOrEqual(result.right, right);
      assertLessOrEqual(result.edits, edits);
    },
  });
}
