import { assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { classifyDigit, type DigitImage } from "../../mod.ts";
import { explainPage, shrinkStep } from "../../src/watch/explain_page.ts";
import { HAS_CHROMIUM, withPage } from "../chromium.ts";
import { drawGrey, greyOf } from "../image/ink/drawing.ts";

/** The page on a picture. */
async function pageOf(image: DigitImage, file = "two.png"): Promise<string> {
  const answer = await classifyDigit(image, { explain: true });
  return explainPage([{ file, answer, text: answer.className ?? "none" }]);
}

Deno.test("explainPage shows every step in order, and says what it shows", async () => {
  const page = await pageOf(drawGrey({ pen: 1, width: 300, height: 300, boxHeight: 200 }));
  const names = [...page.matchAll(/<strong>(\d+)\. ([a-z ]+)<\/strong>: ([^<]+)/g)];
  assertEquals(
    names.map(([, number, name]) => `${number} ${name}`),
    [
      "1 grey",
      "2 illumination correction",
      "3 threshold",
      "4 ink",
      "5 normalised strokes",
      "6 network input",
    ],
  );
  for (const [, , name, text] of names) assertMatch(text.trim(), /^[a-z].{20,}/, name);
  assertEquals(page.match(/<img /g)?.length, names.length);
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

Deno.test("explainPage says why there is no digit", async () => {
  const blank = await pageOf(greyOf(90, 70, () => 200));
  assertStringIncludes(blank, "no pixel passes the threshold");
  assertEquals(blank.includes("Probability of each digit"), false);
  const bar = await pageOf(
    greyOf(90, 90, (x, y) => Math.abs(x - 45) < 30 && Math.abs(y - 45) < 25 ? 0 : 255),
  );
  assertStringIncludes(bar, "does not look like one digit");
  assertStringIncludes(bar, "deno task read");
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
