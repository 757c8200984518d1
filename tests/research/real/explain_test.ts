import { assertEquals, assertStringIncludes } from "@std/assert";
import { explainDigit, explainString } from "../../../scripts/research/real/explain.ts";
import { failuresPage } from "../../../scripts/research/shared/failures_page.ts";
import type { Classification } from "../../../src/classification.ts";
import { imageError } from "../../../src/errors.ts";
import { drawnDigit, drawnPng } from "./made_up_sets.ts";

const FAILURE = {
  sample: { name: "7_g01_001.png", text: "7", image: drawnPng(0) },
  answer: { digit: null, reason: "not-a-digit" },
  unrefused: { digit: 1, reason: null },
};

function step(name: string) {
  return { name, width: 1, height: 1, values: new Float32Array(1) };
}

const ANSWER: Classification = {
  digit: null,
  className: null,
  reason: "not-a-digit",
  confidence: 0,
  probabilities: [0.2, 0.8, 0, 0, 0, 0, 0, 0, 0, 0],
  digitProbability: 0.25,
  backend: "wasm",
  steps: [step("brightness"), step("<ink>")],
};

/** The details of the failure, where the network gives an answer. */
async function detailsOf(answer: object): Promise<string> {
  const classify = () => Promise.resolve({ ...ANSWER, ...answer });
  return (await explainDigit({ classify }, FAILURE)).details?.text ?? "";
}

Deno.test("explainDigit says what was read and what would be read with nothing refused", async () => {
  const { caption, url } = await explainDigit({ classify: () => Promise.resolve(ANSWER) }, FAILURE);
  assertEquals(
    caption,
    "7_g01_001.png: 7, refused (not-a-digit); with nothing refused read as 1",
  );
  assertStringIncludes(url, "data:image/png;base64,");
});

Deno.test("explainDigit shows each step and the probabilities", async () => {
  const details = await detailsOf({});
  assertStringIncludes(details, "1 (80.00 %), 0 (20.00 %)");
  assertStringIncludes(details, "1. grey");
  assertStringIncludes(details, "2. &lt;ink&gt;");
});

Deno.test("explainDigit shows each hypothesis with its own steps, where an answer has them", async () => {
  const details = await detailsOf({
    hypotheses: [
      { name: "own", digit: 7, digitProbability: 0.5, steps: [step("first")] },
      { name: "erased", digit: 1, digitProbability: 0.25, steps: [step("second")] },
    ],
  });
  assertStringIncludes(details, "Own threshold: 7, a digit with 50.00 % (chosen)");
  assertStringIncludes(details, "Lines erased: 1, a digit with 25.00 %");
  // The chosen one has all steps of the answer, from the brightness on.
  assertEquals(details.match(/<img/g)?.length, 3);
});

Deno.test("explainDigit says why a picture cannot be used", async () => {
  const classify = () => Promise.reject(imageError("image/unsupported", "found a <page>"));
  const { details } = await explainDigit({ classify }, FAILURE);
  assertStringIncludes(details?.text ?? "", "found a &lt;page&gt;");
});

Deno.test("explainString shows pixels of an IDX file as a PNG", () => {
  const image = { data: drawnDigit(0), width: 28, height: 28 };
  const { url, caption } = explainString({ sample: { name: "4", text: "12\n3", image }, text: "" });
  assertStringIncludes(url, "data:image/png;base64,");
  assertEquals(caption, "4: 12\n3, read as nothing");
});

Deno.test("failuresPage shows groups in their order, and escapes names but not styles", () => {
  const page = failuresPage([
    { heading: "first <1>", failures: [{ url: "data:,", caption: "<b>" }] },
    { heading: "second", failures: [] },
  ], ".own { margin: 0 }");
  assertEquals(page.indexOf("first &lt;1&gt;") < page.indexOf("second"), true);
  assertStringIncludes(page, "&lt;b&gt;");
  assertStringIncludes(page, ".own { margin: 0 }");
  const [style] = /<style>.*<\/style>/s.exec(page) ?? [""];
  assertStringIncludes(style, ".failures {");
  assertEquals(style.includes("&"), false);
});
