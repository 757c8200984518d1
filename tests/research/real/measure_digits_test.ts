import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import {
  costOf,
  type DigitFailure,
  type DigitResult,
  lostPoints,
  meanOf,
  measureDigits,
  type Reader,
  totalAgreement,
} from "../../../scripts/research/real/measure_digits.ts";
import type { Sample } from "../../../scripts/research/real/sets.ts";
import { imageError, LeNetError } from "../../../src/errors.ts";
import { wilson } from "../../../src/evaluate.ts";

/** A made-up answer: a digit or the reason that there is none, the same with nothing refused, and the text of a line. */
type Script = readonly [answer: number | string, unrefused: number | string, line?: string];

const answer = (given: number | string) =>
  typeof given === "number" ? { digit: given, reason: null } : { digit: null, reason: given };

/** Measures sevens with a reader that gives answers by the first byte of a picture. */
function measure(
  scripts: readonly Script[],
  options: { agreement?: boolean; signal?: AbortSignal; reader?: Partial<Reader> } = {},
) {
  const { signal = new AbortController().signal, reader, agreement = false } = options;
  const failures: DigitFailure[] = [];
  const progress: number[] = [];
  const samples = scripts.map((_, n): Sample => ({
    name: `${n}`,
    text: "7",
    image: new Uint8Array([n]),
  }));
  const scriptOf = (image: unknown): Script => scripts[(image as Uint8Array)[0]];
  const result = measureDigits({
    set: "sevens",
    samples,
    reader: {
      classify: (image, { reject } = {}) =>
        Promise.resolve(answer(scriptOf(image)[reject === 0 ? 1 : 0])),
      read: (image) => Promise.resolve({ text: scriptOf(image)[2] ?? "" }),
      ...reader,
    },
    agreement,
    onProgress: (done) => progress.push(done),
    onFailure: (failure) => void failures.push(failure),
    signal,
  });
  return { result, failures, progress };
}

Deno.test("measureDigits counts right, misread and refused pictures, and what is right unrefused", async () => {
  const { result, failures, progress } = measure([
    [7, 7],
    [1, 1],
    ["not-a-digit", 7],
    ["not-a-digit", 1],
    ["no-ink", "no-ink"],
    // Refusal may change which digit is read.
    [7, 2],
  ]);
  const { milliseconds, ...counts } = await result;
  assertEquals(counts, {
    set: "sevens",
    count: 6,
    right: 2,
    misread: 1,
    refused: { "not-a-digit": 2, "no-ink": 1 },
    rightUnrefused: 2,
    share: 2 / 6,
    interval: wilson(2, 6),
    shareUnrefused: 2 / 6,
  });
  assertEquals([milliseconds.mean >= 0, milliseconds.median >= 0], [true, true]);
  assertEquals(progress, [1, 2, 3, 4, 5, 6]);
  assertEquals(failures.map(({ sample }) => sample.name), ["1", "2", "3", "4"]);
  assertEquals(failures[1].answer, { digit: null, reason: "not-a-digit" });
  assertEquals(failures[1].unrefused.digit, 7);
});

Deno.test("measureDigits counts a picture that cannot be used as refused, and throws other errors on", async () => {
  const fail = (error: Error) => ({ classify: () => Promise.reject(error) });
  const unusable = measure([[7, 7]], {
    reader: fail(imageError("image/unsupported", "found nothing")),
  });
  const { refused, rightUnrefused } = await unusable.result;
  assertEquals([refused, rightUnrefused], [{ "image/unsupported": 1 }, 0]);
  const broken = new LeNetError("backend/unavailable", "no WebAssembly");
  await assertRejects(() => measure([[7, 7]], { reader: fail(broken) }).result, LeNetError);
});

Deno.test("measureDigits compares the two readers", async () => {
  const scripts: Script[] = [
    [7, 7, "7"],
    // A misread digit is the same digit to both.
    [1, 1, "1"],
    [7, 7, "1"],
    [7, 7, "77"],
    [7, 7, ""],
    ["not-a-digit", 7, "7"],
    ["not-a-digit", 7, "71"],
    ["no-ink", "no-ink", ""],
  ];
  const { agreement } = await measure(scripts, { agreement: true }).result;
  assertEquals(agreement, { classified: 5, same: 2, onlyRead: 1 });
  assertEquals((await measure(scripts).result).agreement, undefined);
});

Deno.test("measureDigits stops when the signal is aborted by an event, such as Ctrl-C", async () => {
  const controller = new AbortController();
  const scripts = new Array<Script>(100).fill([7, 7]);
  const { result, progress } = measure(scripts, { signal: controller.signal });
  setTimeout(() => controller.abort());
  assertEquals((await assertRejects(() => result, LeNetError)).code, "aborted");
  assertEquals(progress.length < 100, true);
});

function resultOf(share: number, shareUnrefused: number, count: number): DigitResult {
  return {
    set: "sevens",
    count,
    right: share * count,
    misread: 0,
    refused: {},
    rightUnrefused: shareUnrefused * count,
    share,
    interval: [0, 1],
    shareUnrefused,
    milliseconds: { mean: 1, median: 1 },
  };
}

Deno.test("meanOf counts each set once, and lostPoints gives what refusal costs", () => {
  const mean = meanOf([resultOf(1, 1, 10), resultOf(0.5, 0.75, 1000)]);
  assertEquals(mean, { sets: 2, share: 0.75, shareUnrefused: 0.875 });
  assertAlmostEquals(lostPoints(mean), 12.5);
});

Deno.test("totalAgreement adds up sets, and is undefined where one was not compared", () => {
  const agreement = { classified: 5, same: 4, onlyRead: 1 };
  const compared = { ...resultOf(1, 1, 10), agreement };
  assertEquals(totalAgreement([compared, compared]), { classified: 10, same: 8, onlyRead: 2 });
  assertEquals(totalAgreement([compared, resultOf(1, 1, 10)]), undefined);
});

Deno.test("costOf gives the mean and the median of odd and even numbers of times", () => {
  assertEquals(costOf([9, 1, 2]), { mean: 4, median: 2 });
  assertEquals(costOf([1, 12, 2, 5]), { mean: 5, median: 3.5 });
  assertEquals(costOf([3]), { mean: 3, median: 3 });
});
