import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { ARCHITECTURE_NAMES } from "../../src/model/zoo.ts";
import { reportHtml } from "../../src/watch/report.ts";
import { assertRejection } from "../assert_error.ts";
import { madeUpRun } from "./made_up_run.ts";

Deno.test("reportHtml stays below 2 MB for all networks of long runs", async () => {
  const runs = ARCHITECTURE_NAMES.map((name) =>
    madeUpRun({ name, network: name, epochs: 15, steps: 2000 })
  );
  const page = await reportHtml("All", runs);
  assertLess(new TextEncoder().encode(page).length, 2e6);
  for (const name of ARCHITECTURE_NAMES) assertStringIncludes(page, `id="${name}"`);
});

Deno.test("reportHtml carries the licence of the charts' library with it", async () => {
  assertStringIncludes(await reportHtml("Licence", [madeUpRun()]), "The MIT License");
});

Deno.test("reportHtml leaves out what a run has nothing of", async () => {
  const page = await reportHtml("Bare", [
    {
      ...madeUpRun(),
      facts: [],
      history: [],
      samples: [],
      confusion: [],
      mistakes: [],
      activations: [],
    },
  ]);
  const headings = Array.from(page.matchAll(/<h3>(.*?)<\/h3>/g), ([, heading]) => heading);
  assertEquals(headings, ["Layers"]);
  assertEquals(page.includes("<nav"), false);
});

Deno.test("reportHtml refuses two runs of one name", async () => {
  const runs = [madeUpRun({ name: "same" }), madeUpRun({ name: "same" })];
  await assertRejection(
    () => reportHtml("Twice", runs),
    "option/invalid",
    "two runs are named same",
  );
});
