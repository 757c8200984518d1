import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import { CLOTHING_KINDS, KINDS, TIMED_KINDS } from "../../../scripts/research/hard_set/kinds.ts";
import {
  makeTrial,
  measureKind,
  readerOf,
  type Sources,
} from "../../../scripts/research/hard_set/measure.ts";
import { NOT_ONE_DIGIT_KINDS } from "../../../scripts/research/hard_set/pictures/page/digit_pieces.ts";
import { NO_DIGIT_KINDS } from "../../../scripts/research/hard_set/pictures/no_digit.ts";
import { solidPicture } from "../../../scripts/research/hard_set/pictures/objects.ts";
import { PAGE_KINDS } from "../../../scripts/research/hard_set/pictures/page/page_picture.ts";
import { STRING_KINDS } from "../../../scripts/research/hard_set/pictures/strings.ts";
import { loadPart } from "../../../src/cli/sources.ts";
import type { Dataset } from "../../../src/data/dataset.ts";
import { syntheticDigits } from "../../../src/data/synthetic/digits.ts";
import { LeNet } from "../../../src/lenet.ts";
import { Random } from "../../../src/model/random.ts";
import { hasSharedData, sharedData } from "../../data/shared_data.ts";

/**
 * Lowest accuracy on each kind of picture, in percent: the measured one less about one point, two for strings of
 * digits. Pictures and logits are the same in every run, so that only a change of the reader moves the accuracy.
 *
 * `mnist` is for 300 pictures of the last 10,000 training images of MNIST and Fashion-MNIST, less of
 * {@linkcode FEWER}. `drawn` is for 60 pictures of digits and solid shapes drawn by the library, where the datasets are
 * not at hand; one more mistake is allowed.
 */
const FLOORS: Readonly<Record<string, { readonly mnist: number; readonly drawn: number }>> = {
  plain: { mnist: 99, drawn: 98 },
  "plain-png": { mnist: 99, drawn: 98 },
  enlarged: { mnist: 99, drawn: 98 },
  size: { mnist: 98.5, drawn: 98 },
  position: { mnist: 98.5, drawn: 98 },
  polarity: { mnist: 98.5, drawn: 98 },
  colour: { mnist: 99, drawn: 98 },
  gradient: { mnist: 98.5, drawn: 98 },
  shadow: { mnist: 96, drawn: 92 },
  ruled: { mnist: 99, drawn: 98 },
  squared: { mnist: 98.5, drawn: 98 },
  blur: { mnist: 98.5, drawn: 95 },
  noise: { mnist: 98.5, drawn: 98 },
  jpeg: { mnist: 99, drawn: 98 },
  thin: { mnist: 95.5, drawn: 98 },
  thick: { mnist: 96, drawn: 98 },
  rotation: { mnist: 98.5, drawn: 98 },
  perspective: { mnist: 98, drawn: 98 },
  mixed: { mnist: 96.5, drawn: 93 },
  "one-pixel": { mnist: 98.5, drawn: 98 },
  marker: { mnist: 99, drawn: 98 },
  underlined: { mnist: 95, drawn: 42 },
  boxed: { mnist: 93, drawn: 69 },
  circled: { mnist: 97, drawn: 27 },
  combed: { mnist: 90, drawn: 65 },
  tiny: { mnist: 93, drawn: 78 },
  screenshot: { mnist: 93, drawn: 52 },
  "standing-on-rule": { mnist: 98, drawn: 85 },
  separated: { mnist: 95, drawn: 98 },
  touching: { mnist: 79, drawn: 80 },
  lines: { mnist: 93, drawn: 91 },
  "touching-known": { mnist: 90, drawn: 90 },
  "nothing-read": { mnist: 95, drawn: 95 },
  fashion: { mnist: 96, drawn: 98 },
  "fashion-enlarged": { mnist: 85, drawn: 95 },
  letters: { mnist: 96, drawn: 98 },
  symbols: { mnist: 97, drawn: 95 },
  scribbles: { mnist: 93, drawn: 93 },
  static: { mnist: 99, drawn: 98 },
  blank: { mnist: 99, drawn: 98 },
  cells: { mnist: 98, drawn: 85 },
  punctuation: { mnist: 90, drawn: 59 },
  text: { mnist: 98, drawn: 97 },
  several: { mnist: 95, drawn: 69 },
  parts: { mnist: 70, drawn: 49 },
};

/** `LENET_FLOORS=drawn` measures drawn digits although the datasets are at hand. */
const digits: "mnist" | "drawn" = Deno.env.get("LENET_FLOORS") !== "drawn" &&
    hasSharedData("mnist") && hasSharedData("fashion-mnist")
  ? "mnist"
  : "drawn";

const COUNT = { mnist: 300, drawn: 60 }[digits];

/** Pages and pieces of digits, of which fewer are measured: they are larger, or further from their floors. */
const FEWER: readonly string[] = [
  ...PAGE_KINDS,
  ...NOT_ONE_DIGIT_KINDS,
  "cells",
  "punctuation",
  "text",
];

function countOf(kind: string): number {
  return Math.min(COUNT, kind === "tiny" ? 30 : FEWER.includes(kind) ? 100 : COUNT);
}

/** Loaded by the first test, and kept for the others. */
let loading: Promise<Sources> | undefined;

async function loadSources(): Promise<Sources> {
  if (digits === "drawn") {
    return { digits: syntheticDigits({ count: 1000, seed: 1 }), clothing: drawnSolids(), seed: 0 };
  }
  const { signal } = new AbortController();
  return {
    digits: await loadPart("mnist", "train-tail", sharedData("mnist"), signal),
    clothing: await loadPart("fashion-mnist", "train-tail", sharedData("fashion-mnist"), signal),
    seed: 0,
  };
}

/** Solid shapes, which stand for clothing. */
function drawnSolids(): Dataset {
  const random = new Random(1);
  const images = new Uint8Array(COUNT * 784);
  for (let n = 0; n < COUNT; n++) images.set(solidPicture(random), n * 784);
  return {
    name: "solid shapes",
    images,
    labels: new Uint8Array(COUNT),
    shape: [1, 28, 28],
    count: COUNT,
    classNames: ["solid shape"],
  };
}

/** The promise about a kind, which names its test. */
function promise(kind: string, percent: number): string {
  const isOneOf = (kinds: readonly string[]): boolean => kinds.includes(kind);
  if (isOneOf(STRING_KINDS)) {
    return `readDigits reads at least ${percent} % of pictures of kind ${kind} without a mistake`;
  }
  if (kind === "touching-known") {
    return `readDigits given the length reads at least ${percent} % of pictures of kind touching`;
  }
  if (kind === "nothing-read") {
    return `readDigits reads nothing in at least ${percent} % of pictures of nothing`;
  }
  const isRefused = isOneOf(CLOTHING_KINDS) || isOneOf(NO_DIGIT_KINDS) ||
    isOneOf(NOT_ONE_DIGIT_KINDS);
  const verb = isRefused ? "refuses" : "reads";
  return `classifyDigit ${verb} at least ${percent} % of pictures of kind ${kind}`;
}

Deno.test("KINDS have a floor each, but for those that are timed", () => {
  const counted = KINDS.filter((kind) => !TIMED_KINDS.some((name) => name === kind));
  assertEquals(Object.keys(FLOORS), counted);
});

for (const [kind, { [digits]: floor }] of Object.entries(FLOORS)) {
  Deno.test(promise(kind, floor), async () => {
    const sources = await (loading ??= loadSources());
    using net = await LeNet.load("digits", { backend: "wasm" });
    const count = countOf(kind);
    const { share } = await measureKind({
      kind,
      count,
      make: (number) => makeTrial(kind, number, count, sources),
      read: readerOf(kind, net),
      onProgress: () => {},
      onMistake: () => {},
      signal: new AbortController().signal,
    });
    assertGreaterOrEqual(100 * share, floor);
  });
}
