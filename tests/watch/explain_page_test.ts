import {
  assertEquals,
  assertGreater,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  type Classification,
  classifyDigit,
  type DigitImage,
  type ExplainedHypothesis,
} from "../../mod.ts";
import { explainPage, shrinkStep } from "../../src/watch/answer_pages.ts";
import { makeTrial } from "../../scripts/research/hard_set/measure.ts";
import { PAGE_KINDS } from "../../scripts/research/hard_set/pictures/page/page_picture.ts";
import { colourHypotheses, furtherHypotheses, likelyHypothesis } from "../../src/image/further.ts";
import { firstHypothesis } from "../../src/image/hypotheses.ts";
import { Page } from "../../src/image/page.ts";
import { HAS_CHROMIUM, withPage } from "../chromium.ts";
import { drawGrey, greyOf } from "../image/ink/drawing.ts";
import { DIGITS } from "../research/hard_set/digits.ts";

/** The page on a picture. */
async function pageOf(image: DigitImage, file = "two.png"): Promise<string> {
  const answer = await classifyDigit(image, { explain: true });
  return explainPage([{ file, answer, text: answer.className ?? "none" }]);
}

Deno.test("explainPage shows every step in order, and says what it shows", async () => {
  const page = await pageOf(drawGrey({ pen: 1, width: 300, height: 300, boxHeight: 200 }));
  const [first] = page.split("</ol>");
  const names = [...first.matchAll(/<strong>(\d+)\. ([a-z ]+)<\/strong>: ([^<]+)/g)];
  assertEquals(
    names.map(([, number, name]) => `${number} ${name}`),
    [
      "1 grey",
      "2 working size",
      "3 threshold",
      "4 ink",
      "5 normalised strokes",
      "6 network input",
    ],
  );
  for (const [, , name, text] of names) assertMatch(text.trim(), /^[a-z].{20,}/, name);
  assertEquals(first.match(/<img /g)?.length, names.length);
  assertStringIncludes(page, "(300×300 pixels)");
  assertStringIncludes(page, "brought to the usual width");
  assertMatch(page, /Probability of each digit: \d \(/);
});

Deno.test("explainPage says of a step that it changed nothing, and of a picture like MNIST's", async () => {
  const page = await pageOf(drawGrey());
  assertStringIncludes(page, "so they are unchanged");
  const steps = (await classifyDigit(drawGrey(), { explain: true })).steps!;
  const { values } = steps[steps.length - 1];
  const like = await pageOf(values);
  assertStringIncludes(like, "so it is used unchanged");
  assertEquals(like.match(/<img /g)?.length, 2);
});

/** A hypothesis of one step that is as many pixels wide as it says. */
function hypothesis(
  name: string,
  digit: number,
  digitProbability: number | null,
  width = 1,
): ExplainedHypothesis {
  const steps = [{ name: "input", width, height: 1, values: new Float32Array(width) }];
  return { name, digit, digitProbability, steps };
}

const SEVEN: Classification = {
  digit: 7,
  className: "7",
  reason: null,
  confidence: 0.9,
  probabilities: [0, 0.1, 0, 0, 0, 0, 0, 0.9, 0, 0],
  digitProbability: 0.75,
  backend: "wasm",
};

/** The page on an answer that differs from a 7. */
function pageWith(answer: Partial<Classification>): string {
  return explainPage([{ file: "a.png", answer: { ...SEVEN, ...answer }, text: "a" }]);
}

const NONE = { digit: null, className: null, confidence: 0 };

for (
  const [reason, advice] of [
    ["too-faint", "in more light, or write with a darker pen"],
    ["too-small", "with more pixels"],
    ["not-a-digit", "does not look like one digit"],
    ["several-digits", "Use readDigits, or the command read"],
  ] as const
) {
  Deno.test(`explainPage says of the reason ${reason} what to do`, () => {
    const page = pageWith({ ...NONE, reason });
    assertStringIncludes(page, advice);
    assertStringIncludes(page, "Probability of each digit: 7 (90.00 %), 1 (10.00 %).");
    assertEquals(pageWith({}).includes(advice), false);
  });
}

Deno.test("explainPage says that there is no ink, and lists no digits then", async () => {
  const blank = await pageOf(greyOf(90, 70, () => 200));
  assertStringIncludes(blank, "nothing stands out");
  assertEquals(blank.includes("Probability of each digit"), false);
  assertEquals(blank.match(/<img /g)?.length, 1);
});

Deno.test("explainPage says how many digits there are", () => {
  const page = pageWith({ ...NONE, reason: "several-digits", count: 6 });
  assertStringIncludes(page, "Found: 6 digits.");
});

Deno.test("explainPage shows every hypothesis in plain words with its digit and steps, the chosen one first", () => {
  const hypotheses = [
    hypothesis("even", 7, 0.75, 2),
    hypothesis("own", 1, 0.25, 3),
    hypothesis("<new>", 4, null, 4),
  ];
  const page = pageWith({ hypotheses, steps: hypotheses[0].steps });
  const headings = [...page.matchAll(/<h3>(.+?)<\/h3>/g)].map(([, heading]) => heading);
  assertEquals(headings, [
    "Illumination corrected: 7, a digit with 75.00 % (chosen)",
    "Own threshold: 1, a digit with 25.00 %",
    "&lt;new&gt;: 4",
  ]);
  const widths = [...page.matchAll(/\((\d)×1 pixels\)/g)].map(([, width]) => width);
  assertEquals(widths, ["2", "3", "4"]);
});

Deno.test("explainPage says of an only hypothesis not that it was chosen", () => {
  assertEquals(pageWith({ hypotheses: [hypothesis("own", 7, 0.99)] }).includes("(chosen)"), false);
});

/** A red two on green of the same brightness. */
function redOnGreen(): { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number } {
  const { data, width, height } = drawGrey();
  const [red, green] = [[220, 60, 60, 255], [60, 142, 60, 255]];
  const colours = Array.from(data, (level) => level < 128 ? red : green).flat();
  return { data: Uint8ClampedArray.from(colours), width, height };
}

Deno.test("explainPage says in plain words how each hypothesis finds ink", async () => {
  const names = new Set<string>();
  for (const kind of PAGE_KINDS) {
    const { picture } = makeTrial(kind, 1, 50, { digits: DIGITS, clothing: undefined, seed: 1 });
    const page = new Page({ ...picture, channels: 4 });
    const all = [firstHypothesis(page), likelyHypothesis(page), ...furtherHypotheses(page)];
    for (const found of all) if (found !== undefined) names.add(found.name);
  }
  const coloured = await colourHypotheses(new Page({ ...redOnGreen(), channels: 4 }));
  for (const { name } of coloured) names.add(name);
  assertGreater(names.size, 7);
  for (const name of names) {
    const page = pageWith({ hypotheses: [hypothesis(name, 7, 0.9)] });
    assertMatch(page, /<h3>[A-Z][a-z].+: 7, a digit .*<\/h3>\s*<p>[A-Z].{30,}\.<\/p>/, name);
  }
});

Deno.test("explainPage says that a small digit in a large picture has a second pass", async () => {
  const small = { width: 900, height: 900, x: 300, y: 200, boxWidth: 42, boxHeight: 60, pen: 9 };
  assertStringIncludes(await pageOf(drawGrey(small)), "a second pass, closer to the digit");
});

Deno.test("explainPage stays small, whatever the picture, and lets no name become markup", async () => {
  const ring = greyOf(
    2000,
    1500,
    (x, y) => Math.abs(Math.hypot((x - 1000) / 0.7, y - 700) - 400) < 60 ? x % 50 : 255,
  );
  const page = await pageOf(ring, "<b>&.png");
  assertLess(page.length, 100_000);
  assertStringIncludes(page, "(2000×1500 pixels)");
  assertStringIncludes(page, "&lt;b&gt;&amp;.png");
  assertEquals(page.includes("<b>"), false);
});

Deno.test("explainPage says of a network that takes pictures whole that there are no steps", () => {
  const answer = {
    digit: 8,
    className: "ship",
    reason: null,
    confidence: 0.9,
    probabilities: [0.1, 0, 0, 0, 0, 0, 0, 0, 0.9, 0],
    digitProbability: null,
    backend: "wasm" as const,
    steps: [],
  };
  const page = explainPage([{ file: "boat.jpg", answer, text: "ship" }]);
  assertStringIncludes(page, "takes whole pictures");
  assertEquals(page.includes("Probability of each digit"), false);
});

Deno.test({
  name: "explainPage makes a page without a complaint, in which every picture can be seen",
  ignore: !HAS_CHROMIUM,
  async fn() {
    const file = await Deno.makeTempFile({ suffix: ".html" });
    await Deno.writeTextFile(
      file,
      await pageOf(drawGrey({ width: 300, height: 12, y: 3, boxHeight: 5, pen: 2 })),
    );
    await withPage(`file://${file}`, async ({ page, complaints }) => {
      const sizes = await page.locator("img").evaluateAll((images) =>
        images.map((image) => [image.clientWidth, image.clientHeight])
      );
      for (const [width, height] of sizes) {
        assertEquals([width > 0, height > 0, Math.max(width, height) <= 176], [true, true, true]);
      }
      assertEquals(complaints, []);
    });
    await Deno.remove(file);
  },
});

Deno.test("shrinkStep gives the mean of blocks, and leaves small pictures alone", () => {
  const picture = {
    name: "ink",
    width: 41,
    height: 20,
    values: Float32Array.from({ length: 820 }, (_, i) => i % 41 === 0 ? 1 : 0),
  };
  assertEquals(shrinkStep(picture, 21), picture);
  const { name, width, height, values } = shrinkStep(picture, 10);
  assertEquals([name, width, height], ["ink", 10, 5]);
  assertEquals([...values], [...values.keys()].map((i) => i % 10 === 0 ? 0.25 : 0));
  const flat = { name: "ink", width: 100, height: 1, values: new Float32Array(100).fill(0.5) };
  assertEquals(shrinkStep(flat, 10).values, new Float32Array(10).fill(0.5));
});
