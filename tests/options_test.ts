import { assertEquals } from "@std/assert";
import { classifyDigit, classifyDigits, type ClassifyOptions, readDigits } from "../mod.ts";
import {
  checkNumber,
  checkOptionNames,
  COUNT,
  definedOptions,
  invalidOption,
  luhn,
  type NumberRange,
  POSITIVE,
  PROBABILITY,
  resolveLimits,
} from "../src/options.ts";
import { assertError, assertRejection } from "./assert_error.ts";

Deno.test("checkOptionNames refuses the first option that does not exist, and what is no object", () => {
  checkOptionNames("draw", {}, []);
  checkOptionNames("draw", { size: 1 }, ["size", "colour"]);
  assertError(
    () => checkOptionNames("draw", { size: 1, color: 2, width: 3 }, ["size", "colour"]),
    "option/unknown",
    "Cannot draw: there is no option color, expected size, colour",
  );
  for (const options of [null, "size", 1]) {
    assertError(
      () => checkOptionNames("draw", options as unknown as object, ["size"]),
      "option/invalid",
      `the options are ${options}, expected an object`,
    );
  }
});

Deno.test("checkOptionNames, checkNumber and invalidOption have short messages for values that are no text", () => {
  const act = (options: unknown) => () => checkOptionNames("draw", options as object, ["size"]);
  const refused: [options: unknown, found: string][] = [
    [[], "an empty array"],
    [[1, 2], "1,2"],
    [Symbol("x"), "a symbol"],
    [() => {}, "a function"],
  ];
  for (const [options, found] of refused) {
    assertError(act(options), "option/invalid", `the options are ${found}, expected an object`);
  }
  const long = "x".repeat(1e6);
  assertError(act({ [long]: 1 }), "option/unknown", `no option ${long.slice(0, 40)}…, expected`);
  for (
    const value of [Symbol("x"), Object.create(null), [Symbol("x")], [Object.create(null)], long]
  ) {
    const { message } = invalidOption("draw", "size", value, "a size");
    assertEquals(message.length < 100, true, message.slice(0, 100));
    assertError(
      () => checkNumber("draw", "size", value, COUNT),
      "option/invalid",
      "Cannot draw: size is ",
    );
  }
});

Deno.test("definedOptions leaves out what is undefined, and keeps null", () => {
  const options: Record<string, unknown> = { a: 1, b: undefined, c: null };
  assertEquals(Object.keys(definedOptions(options)), ["a", "c"]);
});

Deno.test("checkNumber accepts the numbers of a range, up to its bounds", () => {
  const ranges: [range: NumberRange, inside: number[], outside: unknown[]][] = [
    [PROBABILITY, [0, -0, 0.5, 1], [-Number.MIN_VALUE, 1 + Number.EPSILON, NaN, Infinity]],
    [POSITIVE, [Number.MIN_VALUE, 1, Infinity], [0, -1, NaN]],
    [COUNT, [1, 2, Number.MAX_SAFE_INTEGER], [0, 0.5, 1.5, -1, 2 ** 53, Infinity, NaN]],
  ];
  for (const [range, inside, outside] of ranges) {
    for (const value of inside) assertEquals(checkNumber("draw", "size", value, range), value);
    for (const value of [...outside, "1", null, undefined, [1], 1n]) {
      assertError(
        () => checkNumber("draw", "size", value, range),
        "option/invalid",
        `Cannot draw: size is ${value}, expected ${range.name}`,
      );
    }
  }
});

Deno.test("resolveLimits allows 32 MiB and 50 megapixels by default", () => {
  assertEquals(resolveLimits(), { maxBytes: 33_554_432, maxPixels: 50_000_000 });
  assertEquals(resolveLimits({ maxBytes: 5 }), { maxBytes: 5, maxPixels: 50_000_000 });
  assertEquals(resolveLimits({ maxPixels: Infinity }).maxPixels, Infinity);
});

Deno.test("resolveLimits refuses limits that are no numbers above 0", () => {
  for (const name of ["maxBytes", "maxPixels"]) {
    for (const value of [0, -1, NaN, "5", null]) {
      assertError(
        () => resolveLimits({ [name]: value }),
        "option/invalid",
        `Cannot read the image: ${name} is ${value}, expected a number above 0`,
      );
    }
  }
  assertError(() => resolveLimits({ maxByte: 1 } as object), "option/unknown", "maxByte");
});

Deno.test("classifyDigit and readDigits check their options before they look at the image", async () => {
  const nothing = null as unknown as Uint8Array;
  const wrong: [ClassifyOptions, string][] = [
    [{ reject: -0.001 }, "reject is -0.001, expected a number from 0 to 1"],
    [{ reject: 1.001 }, "reject is 1.001, expected a number from 0 to 1"],
    [{ reject: "0.5" as unknown as number }, "reject is 0.5, expected a number from 0 to 1"],
    [{ maxBytes: 0 }, "maxBytes is 0, expected a number above 0"],
    [{ maxPixels: NaN }, "maxPixels is NaN, expected a number above 0"],
  ];
  for (const [options, part] of wrong) {
    await assertRejection(() => classifyDigit(nothing, options), "option/invalid", part);
    await assertRejection(() => classifyDigits([], options), "option/invalid", part);
    await assertRejection(() => readDigits(nothing, options), "option/invalid", part);
  }
});

Deno.test("luhn accepts a number whose last digit is its check digit, and no other text", () => {
  for (const text of ["79927398713", "4111111111111111", "18", "00"]) {
    assertEquals([text, luhn(text)], [text, true]);
  }
  for (const text of ["79927398710", "4111111111111112", "97927398713", "0", "", "1 8", "a8"]) {
    assertEquals([text, luhn(text)], [text, false]);
  }
});

Deno.test("luhn accepts one check digit for each number, and notices a digit that is wrong", () => {
  for (const number of ["1", "42", "799273987", "123456789012345"]) {
    const fitting = [..."0123456789"].filter((digit) => luhn(number + digit));
    assertEquals([number, fitting.length], [number, 1]);
    for (let at = 0; at < number.length; at++) {
      const other = (Number(number[at]) + 3) % 10;
      assertEquals(luhn(number.slice(0, at) + other + number.slice(at + 1) + fitting[0]), false);
    }
  }
});
