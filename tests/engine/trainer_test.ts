import {
  checkOptimizerOptions,
  type OptimizerName,
  type OptimizerOptions,
  OPTIMIZERS,
} from "../../src/engine/trainer.ts";
import { assertError } from "../assert_error.ts";

/** The ends of the range of each constant, and values just outside. */
const RANGES: [
  name: OptimizerName,
  constant: keyof OptimizerOptions,
  inside: number[],
  outside: number[],
  expected: string,
][] = [
  ["sgd", "momentum", [0, 1 - 2 ** -53], [-1e-9, 1, NaN], "a number from 0 to below 1"],
  ["adam", "beta1", [0, 1 - 2 ** -53], [-1e-9, 1, NaN], "a number from 0 to below 1"],
  ["adamw", "beta2", [0, 1 - 2 ** -53], [-1e-9, 1, NaN], "a number from 0 to below 1"],
  ["sgd", "weightDecay", [0, 1e9], [-1e-9, Infinity, NaN], "a number from 0"],
  ["adam", "epsilon", [0, 1e9], [-1e-9, Infinity, NaN], "a number from 0"],
];

for (const [name, constant, inside, outside, expected] of RANGES) {
  Deno.test(`checkOptimizerOptions accepts ${constant} in its range, and refuses it just outside`, () => {
    for (const value of inside) checkOptimizerOptions({ name, [constant]: value });
    for (const value of outside) {
      assertError(
        () => checkOptimizerOptions({ name, [constant]: value }),
        "option/invalid",
        `Cannot train: ${constant} is ${value}, expected ${expected}`,
      );
    }
  });
}

Deno.test("checkOptimizerOptions refuses the constants of another optimizer", () => {
  const foreign: [OptimizerName | undefined, keyof OptimizerOptions][] = [
    ["sgd", "beta1"],
    ["sgd", "beta2"],
    ["sgd", "epsilon"],
    ["adam", "momentum"],
    ["adamw", "momentum"],
    [undefined, "momentum"],
  ];
  for (const [name, constant] of foreign) {
    assertError(
      () => checkOptimizerOptions({ ...name && { name }, [constant]: 0.5 }),
      "option/invalid",
      `${constant} is 0.5, expected none with the optimizer ${name ?? "adam"}`,
    );
  }
});

Deno.test("checkOptimizerOptions knows the optimizers, and refuses any other", () => {
  for (const name of OPTIMIZERS) checkOptimizerOptions({ name });
  assertError(
    () => checkOptimizerOptions({ name: "rmsprop" as "sgd" }),
    "option/invalid",
    "Cannot train: optimizer is rmsprop, expected one of sgd, adam, adamw",
  );
});

Deno.test("checkOptimizerOptions refuses options that do not exist, and what is no object", () => {
  assertError(
    () => checkOptimizerOptions({ lr: 0.1 } as OptimizerOptions),
    "option/unknown",
    "Cannot set the optimizer: there is no option lr, expected name, momentum, weightDecay, beta1",
  );
  for (const options of [null, [], ["adam"], "adam", 1, Symbol("adam")]) {
    assertError(
      () => checkOptimizerOptions(options as OptimizerOptions),
      "option/invalid",
      'expected an object such as { name: "adam" }',
    );
  }
});

Deno.test("checkOptimizerOptions refuses constants that are no numbers, and takes undefined for left out", () => {
  for (const constant of ["beta1", "beta2", "weightDecay", "epsilon"]) {
    for (const value of ["0.5", null, [], [0.5], true, 1n, Symbol("x")]) {
      assertError(
        () => checkOptimizerOptions({ [constant]: value }),
        "option/invalid",
        `Cannot train: ${constant} is `,
      );
    }
    checkOptimizerOptions({ [constant]: undefined });
  }
});
