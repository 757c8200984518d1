import { assertEquals } from "@std/assert";
import { formatDescription, parseDescription } from "../../src/weights/model_file.ts";
import { assertError } from "../assert_error.ts";
import { tinyModel } from "./tiny_model.ts";

/** The description of the tiny network, with the value at a path put in place of what is there. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const description = JSON.parse(formatDescription(tinyModel()));
  let at = description;
  for (const key of path.slice(0, -1)) at = at[key];
  at[path[path.length - 1]] = value;
  return JSON.stringify(description);
}

Deno.test("parseDescription reads what formatDescription wrote", () => {
  const { architecture, metadata } = tinyModel();
  assertEquals(parseDescription(formatDescription(tinyModel())), { architecture, metadata });
});

Deno.test("parseDescription refuses text that is not JSON of an object", () => {
  assertError(() => parseDescription("{"), "weights/malformed", "is not JSON");
  for (const text of ["null", "[]", "1", '"x"']) {
    assertError(() => parseDescription(text), "weights/malformed", "expected an object");
  }
});

Deno.test("parseDescription refuses another version", () => {
  for (const version of [0, 2, "1", null]) {
    assertError(
      () => parseDescription(changed(["version"], version)),
      "weights/malformed",
      "expected 1",
    );
  }
});

Deno.test("parseDescription refuses a value of the wrong type or out of range, and says where", () => {
  const notTexts = [null, 1, true, "", [], {}];
  const notCounts = [null, "1", true, -1, 0, 1.5, 2 ** 53, [], {}];
  const notLists = [null, 1, "x", {}];
  const notObjects = [null, 1, "x", []];
  const notNumbers = [null, "1", true, [], {}];
  const wrong: [path: (string | number)[], values: unknown[]][] = [
    [["architecture"], notObjects],
    [["architecture", "name"], notTexts],
    [["architecture", "input"], [...notLists, [1, 28], [1, 28, 28, 1]]],
    [["architecture", "input", 1], notCounts],
    [["architecture", "layers"], notLists],
    [["architecture", "layers", 0], notObjects],
    [["architecture", "layers", 0, "kind"], [...notTexts, "Conv", "lstm", "__proto__"]],
    [["architecture", "layers", 0, "name"], notTexts],
    [["architecture", "layers", 0, "filters"], notCounts],
    [["architecture", "layers", 0, "kernel"], notCounts],
    [["architecture", "layers", 0, "padding"], notCounts.filter((value) => value !== 0)],
    [["architecture", "layers", 1, "activation"], [...notTexts, "gelu", "toString"]],
    [["architecture", "layers", 2, "mode"], [...notTexts, "min"]],
    [["architecture", "layers", 4, "name"], notTexts],
    [["architecture", "layers", 4, "units"], notCounts],
    [["architecture", "classes"], notCounts],
    [["metadata"], notObjects],
    [["metadata", "classNames"], [...notLists, [], ["a"], ["a", "b", "c"]]],
    [["metadata", "classNames", 1], notTexts],
    [["metadata", "normalization"], notObjects],
    [["metadata", "normalization", "mean"], [...notLists, [], [0]]],
    [["metadata", "normalization", "mean", 0], notNumbers],
    [["metadata", "normalization", "std"], [...notLists, [1]]],
    [["metadata", "normalization", "std", 0], [...notNumbers, 0, -1]],
    [["metadata", "temperature"], [...notNumbers, 0, -1]],
    [["metadata", "accuracy"], notObjects],
    [["metadata", "accuracy", "dataset"], notTexts],
    [["metadata", "accuracy", "count"], notCounts],
    [["metadata", "accuracy", "value"], [...notNumbers, -0.1, 1.1]],
    [["metadata", "recipe"], notObjects],
    [["metadata", "dataChecksums"], notObjects],
    [["metadata", "dataChecksums", "six.gz"], [...notTexts, "abc", "0123456789ABCDEF".repeat(4)]],
  ];
  for (const [path, values] of wrong) {
    const where = path.reduce((text, key) =>
      typeof key === "number" ? `${text}[${key}]` : `${text}.${key}`
    ) as string;
    for (const value of values) {
      assertError(
        () => parseDescription(changed(path, value)),
        "weights/malformed",
        `Cannot use the weights: ${where} is `,
      );
    }
  }
});

Deno.test("parseDescription reads the standard deviations under the name of version 0.1.0, too", () => {
  const { metadata: { normalization } } = tinyModel();
  const { mean, std } = normalization;
  const path = ["metadata", "normalization"];
  const read = (value: unknown) => parseDescription(changed(path, value)).metadata.normalization;
  assertEquals(read({ mean, deviation: std }), normalization);
  assertEquals(read({ deviation: std, mean }), normalization);
  const wrong: [value: unknown, part: string][] = [
    [{ mean, std, deviation: std }, "has the key deviation, expected mean, std"],
    [{ mean }, "lacks std, expected mean, std"],
    [{ mean, deviation: [0, 1] }, "metadata.normalization.std[0] is 0, expected a number above 0"],
    [{ mean, deviation: std, more: 1 }, "has the key more, expected mean, std"],
  ];
  for (const [value, part] of wrong) {
    assertError(() => read(value), "weights/malformed", part);
  }
});

Deno.test("parseDescription refuses keys it does not know", () => {
  const paths = [
    ["extra"],
    ["architecture", "extra"],
    ["architecture", "layers", 0, "stride"],
    ["architecture", "layers", 1, "extra"],
    ["architecture", "layers", 2, "extra"],
    ["architecture", "layers", 3, "extra"],
    ["architecture", "layers", 4, "extra"],
    ["metadata", "extra"],
    ["metadata", "normalization", "extra"],
    ["metadata", "accuracy", "extra"],
  ];
  for (const path of paths) {
    assertError(
      () => parseDescription(changed(path, 1)),
      "weights/malformed",
      `has the key ${path[path.length - 1]}, expected`,
    );
  }
});

Deno.test("parseDescription refuses an object that lacks a key", () => {
  const paths = [
    ["version"],
    ["architecture", "classes"],
    ["architecture", "layers", 0, "padding"],
    ["metadata", "temperature"],
    ["metadata", "normalization", "mean"],
    ["metadata", "accuracy", "count"],
  ];
  for (const path of paths) {
    assertError(
      () => parseDescription(changed(path, undefined)),
      "weights/malformed",
      `lacks ${path[path.length - 1]}, expected`,
    );
  }
});

Deno.test("parseDescription refuses layers that do not fit", () => {
  assertError(
    () => parseDescription(changed(["architecture", "layers", 0, "kernel"], 40)),
    "architecture/invalid",
    "too large",
  );
});

Deno.test("parseDescription refuses a recipe that nests without end", () => {
  let recipe: Record<string, unknown> = {};
  for (let i = 0; i < 3000; i++) recipe = { deeper: recipe };
  assertError(
    () => parseDescription(changed(["metadata", "recipe"], recipe)),
    "weights/malformed",
    "expected at most 8 levels",
  );
});
