import { assertEquals, assertMatch } from "@std/assert";
import {
  checkAborted,
  excerpt,
  imageError,
  LeNetError,
  malformedWeights,
  oneLine,
  reasonOf,
  shown,
  shownItems,
} from "../src/errors.ts";
import { assertError } from "./assert_error.ts";

const SOURCE = Deno.readTextFileSync(new URL("../src/errors.ts", import.meta.url));

Deno.test("LeNetErrorCode says the meaning of every code, in the same order", () => {
  const rows = [...SOURCE.matchAll(/^ \* \| `(\S+)` \| (.*) \|$/gm)];
  const codes = [...SOURCE.matchAll(/^ {2}\| "(\S+)";?$/gm)];
  assertEquals(rows.map(([, code]) => code), codes.map(([, code]) => code));
  for (const [, , meaning] of rows) assertMatch(meaning, /^[A-Z].{10,90}\.$/);
});

Deno.test("LeNetError has a name, a code, a message and the cause", () => {
  const cause = new TypeError("no bytes");
  const error = new LeNetError("image/unreadable", "Cannot read the image", { cause });
  assertEquals(
    [error.name, error.code, error.message, error.cause],
    ["LeNetError", "image/unreadable", "Cannot read the image", cause],
  );
  assertEquals(String(error), "LeNetError: Cannot read the image");
});

Deno.test("imageError and malformedWeights say what was done, and keep the cause", () => {
  const cause = new Error("why");
  const image = imageError("image/invalid", "it has 2 values", cause);
  assertEquals([image.code, image.message, image.cause], [
    "image/invalid",
    "Cannot read the image: it has 2 values",
    cause,
  ]);
  const weights = malformedWeights("write", "tensor a\nb", cause);
  assertEquals([weights.code, weights.message, weights.cause], [
    "weights/malformed",
    "Cannot write the weights: tensor a\ufffdb",
    cause,
  ]);
});

Deno.test("checkAborted throws once the signal is aborted, with its reason as the cause", () => {
  const controller = new AbortController();
  checkAborted(undefined, "count");
  checkAborted(controller.signal, "count");
  controller.abort("enough");
  const act = () => checkAborted(controller.signal, "count");
  assertError(act, "aborted", "Cannot count: the caller aborted it");
  try {
    act();
  } catch (error) {
    assertEquals((error as Error).cause, "enough");
  }
});

Deno.test("oneLine keeps 300 characters and replaces control characters", () => {
  assertEquals(oneLine("x".repeat(300)), "x".repeat(300));
  assertEquals(oneLine("x".repeat(301)), `${"x".repeat(300)}…`);
  assertEquals(oneLine("a\nb\x00c\x7fd\u2028e\x9f"), "a\ufffdb\ufffdc\ufffdd\ufffde\ufffd");
});

Deno.test("excerpt quotes the first 40 characters", () => {
  assertEquals(excerpt("x".repeat(40)), `"${"x".repeat(40)}"`);
  assertEquals(excerpt("x".repeat(41)), `"${"x".repeat(40)}…"`);
});

Deno.test("reasonOf gives the first line of a message, or of whatever was thrown", () => {
  assertEquals(reasonOf(new Error("first\nsecond")), "first");
  assertEquals(reasonOf("text"), "text");
  assertEquals(reasonOf(undefined), "undefined");
});

/** Values that no message can hold as they are, with their words. */
const STRANGE: [value: unknown, words: string][] = [
  [Symbol("x"), "a symbol"],
  [10n ** 100n, `1${"0".repeat(39)}…`],
  [Object.create(null), "an object"],
  [{ toString: () => "x" }, "an object"],
  [() => 1, "a function"],
  ["x".repeat(1e6), `${"x".repeat(40)}…`],
  ["a\nb", "a\ufffdb"],
  ["", "an empty text"],
  [[], "an empty array"],
  [[1, , Symbol("x"), [[]]], "1,undefined,a symbol,an array"],
  [Array(1e9), `${"undefined,".repeat(8)}…`],
  [null, "null"],
  [undefined, "undefined"],
  [NaN, "NaN"],
];

Deno.test("shown puts any value in a few words, and never throws", () => {
  for (const [value, words] of STRANGE) assertEquals(shown(value), words);
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  assertEquals(shown(proxy), "an object");
  const self: unknown[] = [];
  self.push(self);
  assertEquals(shown(self), "an array");
  const hostile = new Proxy([1], {
    get() {
      throw new Error("no");
    },
  });
  assertEquals(shown(hostile), "unreadable items");
});

Deno.test("shownItems leaves an empty array empty, for the brackets around it", () => {
  assertEquals(`[${shownItems([])}] [${shownItems([1, 28, 28])}]`, "[] [1,28,28]");
});
