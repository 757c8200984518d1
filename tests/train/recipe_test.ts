import type { OptimizerOptions } from "../../src/engine/trainer.ts";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { DIGIT_DISTORTIONS } from "../../src/data/augment/distort.ts";
import {
  distortionsAt,
  learningRateFactor,
  RECIPE_OPTIONS,
  type RecipeOptions,
  resolveRecipe,
} from "../../src/train/recipe.ts";
import { assertError } from "../assert_error.ts";

Deno.test("learningRateFactor of constant never changes", () => {
  assertEquals([0, 0.5, 1].map((at) => learningRateFactor("constant", at)), [1, 1, 1]);
});

Deno.test("learningRateFactor of cosine falls from 1 over one half to 0", () => {
  const factors = [0, 0.5, 1].map((at) => learningRateFactor("cosine", at));
  [1, 0.5, 0].forEach((expected, i) => assertAlmostEquals(factors[i], expected, 1e-12));
});

Deno.test("learningRateFactor of one-cycle rises for 15 % of the run, then falls", () => {
  assertAlmostEquals(learningRateFactor("one-cycle", 0), 0.04, 1e-12);
  assertAlmostEquals(learningRateFactor("one-cycle", 0.15), 1, 1e-12);
  assertAlmostEquals(learningRateFactor("one-cycle", 1), 1e-4, 1e-12);
  let last = 0;
  for (let i = 0; i <= 100; i++) {
    const factor = learningRateFactor("one-cycle", i / 100);
    assertEquals(i <= 15 ? factor > last : factor < last, true, `at ${i} %`);
    last = factor;
  }
});

Deno.test("learningRateFactor refuses a schedule it does not know", () => {
  assertError(
    () => learningRateFactor("step" as "cosine", 0),
    "option/invalid",
    "Cannot train: schedule is step, expected one of constant, cosine, one-cycle",
  );
});

Deno.test("distortionsAt weakens distortions to 40 % for the last 15 % of the run", () => {
  const strengthAt = (progress: number): number =>
    distortionsAt({ ...DIGIT_DISTORTIONS, strength: 0.5 }, progress)!.strength;
  assertEquals([0, 0.5, 0.85 - 2 ** -53].map(strengthAt), [0.5, 0.5, 0.5]);
  assertEquals([0.85, 1].map(strengthAt), [0.2, 0.2]);
  const { strength: _, ...limits } = distortionsAt(DIGIT_DISTORTIONS, 1)!;
  const { strength: __, ...expected } = DIGIT_DISTORTIONS;
  assertEquals(limits, expected);
  assertEquals([0, 0.85, 1].map((at) => distortionsAt(null, at)), [null, null, null]);
});

/** The ends of the range of each option for 12 images, and values just outside. */
const RANGES: [
  option: keyof RecipeOptions,
  inside: number[],
  outside: number[],
  expected: string,
][] = [
  ["epochs", [1, 2], [0, 0.5, 1.5, Infinity], "a whole number from 1"],
  ["batchSize", [1, 1000], [0, -1, 1.5, Infinity], "a whole number from 1"],
  ["learningRate", [Number.MIN_VALUE, 1e30], [0, -1, Infinity, NaN], "a number above 0"],
  ["averaging", [0, 1 - 2 ** -53], [-Number.MIN_VALUE, 1, NaN], "from 0 to below 1"],
  ["seed", [-1, 0, 2 ** 53 - 1], [0.5, 2 ** 53, NaN], "a whole number"],
  ["validation", [0, 1, 11], [-1, 0.5, 12, NaN], "a whole number from 0 to 11"],
];

for (const [option, inside, outside, expected] of RANGES) {
  Deno.test(`resolveRecipe accepts ${option} in its range, and refuses it just outside`, () => {
    for (const value of inside) {
      assertEquals(resolveRecipe({ [option]: value }, 12, 1)[option], value);
    }
    for (const value of outside) {
      assertError(
        () => resolveRecipe({ [option]: value }, 12, 1),
        "option/invalid",
        `Cannot train: ${option} is ${value}, expected ${expected}`,
      );
    }
  });
}

Deno.test("resolveRecipe fills in its defaults, and holds a twelfth of the images out", () => {
  assertEquals(resolveRecipe({}, 60_000, 3), {
    epochs: 10,
    batchSize: 128,
    learningRate: 3e-3,
    schedule: "one-cycle",
    optimizer: { name: "adamw", weightDecay: 1e-4 },
    averaging: 0,
    augment: null,
    initialization: "he-uniform",
    seed: 0,
    validation: 5000,
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
  });
  const held = [1, 11, 12, 23, 24].map((count) => resolveRecipe({}, count, 1).validation);
  assertEquals(held, [0, 0, 1, 1, 2]);
});

for (const [option] of RANGES) {
  Deno.test(`resolveRecipe refuses ${option} that is no number`, () => {
    for (const value of [null, [], [0.5], "0.5", "", true, 1n, Symbol("x"), {}]) {
      assertError(
        () => resolveRecipe({ [option]: value }, 12, 1),
        "option/invalid",
        `Cannot train: ${option} is `,
      );
    }
  });
}

Deno.test("resolveRecipe takes options that are undefined for left out", () => {
  for (const option of RECIPE_OPTIONS) {
    assertEquals(resolveRecipe({ [option]: undefined }, 12, 1), resolveRecipe({}, 12, 1), option);
  }
});

Deno.test("resolveRecipe refuses a normalization that is not one mean and one std for each channel", () => {
  const wrong: [normalization: unknown, part: string][] = [
    ["x", "normalization is x, expected mean and std of 2 finite numbers each, std above 0"],
    [null, "normalization is null, expected"],
    [[], "normalization is an empty array, expected"],
    [Symbol("x"), "normalization is a symbol, expected"],
    [{}, "normalization is { mean: undefined, std: undefined }, expected"],
    [{ mean: [0, 0], std: null }, "normalization is { mean: [0,0], std: null }, expected"],
    [{ mean: [0, 0], std: [1] }, "normalization is { mean: [0,0], std: [1] }, expected"],
    [{ mean: [0], std: [1, 1] }, "{ mean: [0], std: [1,1] }, expected"],
    [{ mean: [, 0], std: [1, 1] }, "{ mean: [undefined,0], std: [1,1] }, expected"],
    [{ mean: [0, 0], std: [, 1] }, "{ mean: [0,0], std: [undefined,1] }, expected"],
    [{ mean: [0, NaN], std: [1, 1] }, "{ mean: [0,NaN], std: [1,1] }, expected"],
    [{ mean: [0, 0], std: [1, 0] }, "{ mean: [0,0], std: [1,0] }, expected"],
    [{ mean: [0, 0], std: [1, Symbol("x")] }, "std: [1,a symbol] }, expected"],
    [{ mean: ["0", 0], std: [1, 1] }, "{ mean: [0,0], std: [1,1] }, expected"],
  ];
  for (const [normalization, part] of wrong) {
    const options = { normalization } as RecipeOptions;
    assertError(() => resolveRecipe(options, 12, 2), "option/invalid", part);
  }
  const more = { mean: [0], std: [1], scale: 1 };
  assertError(
    () => resolveRecipe({ normalization: more }, 12, 1),
    "option/unknown",
    "there is no option scale, expected mean, std",
  );
});

Deno.test("resolveRecipe refuses distortions that are no object, or have values that are no numbers", () => {
  for (const augment of [0, "", "x", [], NaN, Symbol("x")]) {
    assertError(
      () => resolveRecipe({ augment } as unknown as RecipeOptions, 12, 1),
      "option/invalid",
      "Cannot distort images: the options are ",
    );
  }
  for (const strength of [null, "1", [], [1], true, Symbol("x")]) {
    const augment = { ...DIGIT_DISTORTIONS, strength } as unknown as typeof DIGIT_DISTORTIONS;
    assertError(
      () => resolveRecipe({ augment }, 12, 1),
      "option/invalid",
      "Cannot distort images: strength is ",
    );
  }
});

Deno.test("resolveRecipe takes true for the distortions of digits, false or null for none", () => {
  const augmentOf = (augment: RecipeOptions["augment"]): unknown =>
    resolveRecipe({ augment: augment! }, 12, 1).augment;
  assertEquals(augmentOf(true), DIGIT_DISTORTIONS);
  assertEquals([augmentOf(false), augmentOf(null)], [null, null]);
});

Deno.test("resolveRecipe takes adamw with its weight decay for what an optimizer leaves out", () => {
  const optimizerOf = (optimizer: OptimizerOptions): OptimizerOptions =>
    resolveRecipe({ optimizer }, 100, 1).optimizer;
  assertEquals(optimizerOf({}), { name: "adamw", weightDecay: 1e-4 });
  assertEquals(optimizerOf({ name: "adamw" }), { name: "adamw", weightDecay: 1e-4 });
  assertEquals(optimizerOf({ weightDecay: 0.1 }), { name: "adamw", weightDecay: 0.1 });
  assertEquals(optimizerOf({ name: "adam" }), { name: "adam" });
  assertEquals(optimizerOf({ name: "sgd", momentum: 0.9 }), { name: "sgd", momentum: 0.9 });
});
