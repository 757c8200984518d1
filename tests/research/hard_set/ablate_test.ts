import {
  assertEquals,
  assertGreater,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  ABLATED_KINDS,
  ablateKind,
  type AblationOptions,
  ABLATIONS,
  ablationTable,
  stepReaderOf,
} from "../../../scripts/research/hard_set/ablate.ts";
import { KINDS } from "../../../scripts/research/hard_set/kinds.ts";
import { makeTrial } from "../../../scripts/research/hard_set/measure.ts";
import { LeNetError } from "../../../src/errors.ts";
import { PREPARATION_STEPS, type PreparationStep } from "../../../src/image/page.ts";
import { LeNet } from "../../../src/lenet.ts";
import { runTask } from "../../cli/run_task.ts";
import { digitAt, DIGITS } from "./digits.ts";

const SOURCES = { digits: DIGITS, clothing: undefined, seed: 0 };

const NAMES = Object.keys(ABLATIONS);

/** Reads pictures with a reader that is wrong without the step `zoom`. */
function ablate(
  change: Partial<AblationOptions> = {},
): { asked: (readonly PreparationStep[])[]; progress: number[]; options: AblationOptions } {
  const asked: (readonly PreparationStep[])[] = [];
  const progress: number[] = [];
  const options: AblationOptions = {
    kind: "sevens",
    count: 3,
    make: (number) => ({ ...makeTrial("enlarged", number, 3, SOURCES), text: "7" }),
    read: (_, without) => {
      asked.push(without);
      return Promise.resolve(without.includes("zoom") ? "1" : "7");
    },
    onProgress: (done) => progress.push(done),
    signal: new AbortController().signal,
    ...change,
  };
  return { asked, progress, options };
}

Deno.test("ABLATIONS leave out nothing, each step by itself, and all of them", () => {
  const left = Object.values(ABLATIONS);
  assertEquals(left.slice(1, -1), PREPARATION_STEPS.map((step) => [step]));
  assertEquals([left[0], left[left.length - 1]], [[], PREPARATION_STEPS]);
});

Deno.test("ABLATED_KINDS are degraded pictures of one digit", () => {
  assertEquals(ABLATED_KINDS.filter((kind) => !KINDS.includes(kind)), []);
  for (const kind of ABLATED_KINDS) assertMatch(makeTrial(kind, 1, 5, SOURCES).text, /^[0-9]$/);
});

Deno.test("ablateKind reads every picture with each ablation, and counts right answers", async () => {
  const { asked, progress, options } = ablate();
  const { kind, count, right } = await ablateKind(options);
  assertEquals([kind, count], ["sevens", 3]);
  const ways = Object.values(ABLATIONS);
  assertEquals(asked, [...ways, ...ways, ...ways]);
  assertEquals(
    right,
    Object.fromEntries(
      NAMES.map((name) => [name, name === "no zoom" || name === "no step" ? 0 : 3]),
    ),
  );
  assertEquals(progress, [1, 2, 3]);
});

Deno.test("ablateKind stops when it is aborted", async () => {
  const controller = new AbortController();
  controller.abort();
  const { options } = ablate({ signal: controller.signal });
  const error = await assertRejects(() => ablateKind(options), LeNetError);
  assertEquals(error.code, "aborted");
});

Deno.test("stepReaderOf never refuses ink", async () => {
  using net = await LeNet.load();
  const read = await stepReaderOf(net.model);
  assertEquals(await read(digitAt(0), []), String(DIGITS.labels[0]));
  assertEquals(await read(new Uint8Array(784), []), "");
  // A bar: refused by classify, but read without the judge.
  const bar = {
    width: 90,
    height: 90,
    data: Uint8Array.from(
      { length: 8100 },
      (_, i) => Math.abs(i % 90 - 45) < 30 && Math.abs(Math.floor(i / 90) - 45) < 25 ? 0 : 255,
    ),
  };
  assertEquals((await net.classify(bar)).digit, null);
  assertMatch(await read(bar, []), /^[0-9]$/);
});

Deno.test("stepReaderOf reads ruled paper better with the step that erases rules", async () => {
  using net = await LeNet.load();
  const read = await stepReaderOf(net.model);
  const { right } = await ablateKind({
    ...ablate().options,
    count: 12,
    make: (number) => makeTrial("ruled", number, 12, SOURCES),
    read,
  });
  assertGreater(right["all steps"], 9);
  assertGreater(right["all steps"], right["no rules"]);
});

Deno.test("ablationTable has a row for each kind and a column for each ablation", () => {
  const right = Object.fromEntries(NAMES.map((name, i) => [name, 1000 - 7 * i]));
  const lines = ablationTable([
    { kind: "mixed", count: 1000, right },
    { kind: "one-pixel", count: 2000, right },
  ]).split("\n");
  assertEquals(lines[0].trim().split(/ {2,}/), ["% right", "pictures", ...NAMES]);
  assertEquals(
    lines[1].split(/ +/).slice(0, 4),
    ["mixed", "1,000", "100.0", "99.3"],
  );
  assertEquals(lines[2].split(/ +/).slice(0, 4), ["one-pixel", "2,000", "50.0", "49.6"]);
  assertEquals(new Set(lines.map((line) => line.length)).size, 1);
});

Deno.test("evaluate:images --ablate prints what each step is good for", async () => {
  const args = ["--ablate", "--kinds", "noise,marker", "--limit", "3"];
  const { code, stdout, stderr } = await runTask("evaluate:images", ...args);
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^noise +3( +\d+\.\d){8}$/m);
  const json = await runTask("evaluate:images", ...args, "--json");
  const { seed, ablation } = JSON.parse(json.stdout);
  assertEquals(seed, 0);
  assertEquals(ablation.map(({ kind }: { kind: string }) => kind), ["noise", "marker"]);
  for (const { count, right } of ablation) {
    assertEquals([count, Object.keys(right)], [3, NAMES]);
  }
});

Deno.test("evaluate:images --ablate refuses kinds without one digit, and goals", async () => {
  const wrong = [["--kinds", "mixed,separated"], ["--kinds", "plain"], ["--check"], [
    "--worst",
    "page.html",
  ]];
  for (const args of wrong) {
    const { code, stdout, stderr } = await runTask("evaluate:images", "--ablate", ...args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "[option/invalid]");
  }
});
