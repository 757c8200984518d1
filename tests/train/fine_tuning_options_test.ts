import { assertEquals } from "@std/assert";
import { DIGIT_DISTORTIONS } from "../../src/data/augment/distort.ts";
import type { LeNetErrorCode } from "../../src/errors.ts";
import { fineTune, type FineTuneOptions } from "../../src/train/fine_tune.ts";
import {
  FINE_TUNING_OPTIONS,
  type FineTuningOptions,
  resolveFineTuning,
} from "../../src/train/fine_tuning_options.ts";
import { assertError, assertRejection } from "../assert_error.ts";
import { bars, TINY } from "./tiny.ts";
import { loadTiny, OPTIONS } from "./tiny_net.ts";

const WRONG: [what: string, options: FineTuneOptions, code: LeNetErrorCode, message: string][] = [
  ["no epochs", { epochs: 0 }, "option/invalid", "epochs is 0"],
  ["a learning rate of 0", { learningRate: 0 }, "option/invalid", "learningRate is 0"],
  ["to keep everything", { keep: 1 }, "option/invalid", "keep is 1, expected from 0 to below 1"],
  [
    "to keep old classes beside new ones",
    { keep: 0.5, classes: ["a", "b"] },
    "option/invalid",
    "keep is 0.5, expected 0 beside new classes",
  ],
  [
    "a layer that is not there",
    { train: ["fc9"] },
    "option/invalid",
    "train is fc9, expected all, head, or a list of some of conv1, fc1",
  ],
  ["to train nothing", { train: [] }, "option/invalid", "train is "],
  ["a part of a seed", { seed: 0.5 }, "option/invalid", "seed is 0.5"],
  ["to set everything aside", { validation: 12 }, "data/empty", "expected at most 11"],
  [
    "one new class",
    { classes: ["a"] },
    "option/invalid",
    'classes is ["a"], expected 2 to 256 different names',
  ],
  [
    "new classes of one name",
    { classes: ["a", "a"] },
    "option/invalid",
    "expected 2 to 256 different names",
  ],
  [
    "a new class without samples",
    { classes: ["level", "upright", "slanting", "bent"] },
    "data/mismatch",
    "there is no sample of bent",
  ],
  [
    "an unknown option",
    { epoch: 3 } as FineTuneOptions,
    "option/unknown",
    "there is no option epoch",
  ],
  ["an unknown backend", { backend: "cuda" as "wasm" }, "option/invalid", "cuda was asked for"],
];

for (const [what, options, code, message] of WRONG) {
  Deno.test(`fineTune refuses ${what}`, async () => {
    using old = await loadTiny();
    await assertRejection(() => fineTune(old, bars(12), { ...OPTIONS, ...options }), code, message);
  });
}

/** The ends of the range of each option, and values just outside. */
const RANGES: [
  option: keyof FineTuningOptions,
  inside: number[],
  outside: number[],
  expected: string,
][] = [
  ["keep", [0, Number.MIN_VALUE, 1 - 2 ** -53], [-Number.MIN_VALUE, 1, NaN], "from 0 to below 1"],
  ["epochs", [1, 2], [0, 0.5, 1.5, Infinity], "a whole number from 1"],
  ["learningRate", [Number.MIN_VALUE, 1e30], [0, -1, Infinity, NaN], "a number above 0"],
  ["validation", [0, 1], [-1, 0.5, Infinity], "a whole number from 0"],
  ["seed", [-1, 0, 2 ** 53 - 1], [0.5, 2 ** 53, NaN], "a whole number"],
];

for (const [option, inside, outside, expected] of RANGES) {
  Deno.test(`resolveFineTuning accepts ${option} in its range, and refuses it just outside`, () => {
    for (const value of inside) resolveFineTuning({ [option]: value }, TINY, false);
    for (const value of outside) {
      assertError(
        () => resolveFineTuning({ [option]: value }, TINY, false),
        "option/invalid",
        `Cannot fine-tune: ${option} is ${value}, expected ${expected}`,
      );
    }
  });
}

for (const [option] of RANGES) {
  Deno.test(`resolveFineTuning refuses ${option} that is no number`, () => {
    for (const value of [null, [], [0.5], "0.5", "", true, 1n, Symbol("x"), {}]) {
      assertError(
        () => resolveFineTuning({ [option]: value }, TINY, false),
        "option/invalid",
        `Cannot fine-tune: ${option} is `,
      );
    }
  });
}

Deno.test("resolveFineTuning takes options that are undefined for left out", () => {
  for (const option of FINE_TUNING_OPTIONS) {
    for (const isNew of [false, true]) {
      const { epochsFor, ...tuning } = resolveFineTuning({ [option]: undefined }, TINY, isNew);
      const { epochsFor: expectedFor, ...expected } = resolveFineTuning({}, TINY, isNew);
      assertEquals(tuning, expected, option);
      assertEquals(epochsFor(7), expectedFor(7), option);
    }
  }
});

Deno.test("resolveFineTuning refuses layers and distortions of another kind", () => {
  for (const train of [null, [, "fc1"], [Symbol("x")], Object.create(null), 1, "fc1"]) {
    assertError(
      () => resolveFineTuning({ train } as FineTuningOptions, TINY, false),
      "option/invalid",
      "expected all, head, or a list of some of conv1, fc1",
    );
  }
  for (const augment of [0, "", [], "x"]) {
    assertError(
      () => resolveFineTuning({ augment } as unknown as FineTuningOptions, TINY, false),
      "option/invalid",
      "Cannot distort images: the options are ",
    );
  }
});

Deno.test("resolveFineTuning keeps nothing of the old weights beside new classes", () => {
  assertEquals(resolveFineTuning({ keep: 0 }, TINY, true).keep, 0);
  for (const keep of [Number.MIN_VALUE, -Number.MIN_VALUE, 1]) {
    assertError(
      () => resolveFineTuning({ keep }, TINY, true),
      "option/invalid",
      `keep is ${keep}, expected 0 beside new classes`,
    );
  }
});

Deno.test("resolveFineTuning fills in the defaults of known and of new classes", () => {
  const { epochsFor, ...known } = resolveFineTuning({}, TINY, false);
  const common = {
    learningRate: 3e-3,
    train: "all" as const,
    validation: 0,
    seed: 0,
  };
  assertEquals(known, { ...common, keep: 0.3, augment: DIGIT_DISTORTIONS });
  // At least 50 steps, and at least 12 epochs.
  assertEquals([1, 4, 5, 100].map(epochsFor), [50, 13, 12, 12]);
  const { epochsFor: epochsForNew, ...fresh } = resolveFineTuning({}, TINY, true);
  assertEquals(fresh, { ...common, keep: 0, augment: { ...DIGIT_DISTORTIONS, strength: 0.5 } });
  // At least 100 steps, and at least 30 epochs.
  assertEquals([1, 3, 4, 100].map(epochsForNew), [100, 34, 30, 30]);
});

Deno.test("resolveFineTuning takes the epochs that it is given, however many steps they have", () => {
  for (const epochs of [1, 500]) {
    const { epochsFor } = resolveFineTuning({ epochs }, TINY, false);
    assertEquals([1, 100].map(epochsFor), [epochs, epochs]);
  }
});

Deno.test("resolveFineTuning takes distortions, true for the default ones, false or null for none", () => {
  const augmentOf = (augment: FineTuningOptions["augment"]): unknown =>
    resolveFineTuning({ augment: augment! }, TINY, false).augment;
  const weak = { ...DIGIT_DISTORTIONS, strength: 0.5 };
  assertEquals(augmentOf(weak), weak);
  assertEquals(augmentOf(true), DIGIT_DISTORTIONS);
  assertEquals([augmentOf(false), augmentOf(null)], [null, null]);
});
