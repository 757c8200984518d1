import { LeNet } from "../../mod.ts";
import {
  type Arguments,
  interruptible,
  refusePositionals,
  runScript,
} from "../../src/cli/command.ts";
import { bar, ProgressLine } from "../../src/cli/progress.ts";
import { loadPart, PARTS } from "../../src/cli/sources.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { fileSize } from "../../src/data/files.ts";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { LeNetError } from "../../src/errors.ts";
import {
  ABLATED_KINDS,
  ablateKind,
  type AblationResult,
  ablationTable,
  stepReaderOf,
} from "./hard_set/ablate.ts";
import { measurePhoto, timeCanvas } from "./hard_set/cost.ts";
import { goalList, judge, type Measured, resultTable, worstPage } from "./hard_set/goals.ts";
import { CLOTHING_KINDS, KINDS, PLAIN_KINDS, TIMED_KINDS } from "./hard_set/kinds.ts";
import {
  type KindResult,
  makeTrial,
  measureKind,
  type Mistake,
  readerOf,
  type Sources,
} from "./hard_set/measure.ts";
import { riskCoverage, riskCoverageTable } from "./hard_set/risk_coverage.ts";

/** Where datasets may lie beside the project. */
const BESIDE = new URL("../../../shared/data", import.meta.url).pathname;

/** How many pictures of a kind are read, unless more or fewer are asked for; plain MNIST is read whole. */
const PICTURES = 2000;

/** As many where each is read with all steps, without each of them, and without any. */
const ABLATED = 300;

/** How many synthetic digits stand in for MNIST. */
const SYNTHETIC = 2000;

/** How many mistakes of a kind are shown. */
const SHOWN = 60;

const USAGE = `
Usage: deno task evaluate:images [--data DIR] [--split NAME] [--kinds A,B] [--limit N] [--seed N] [--json] [--check]
                                 [--worst FILE]
       deno task evaluate:images --ablate [--data DIR] [--split NAME] [--kinds A,B] [--limit N] [--seed N] [--json]
       deno task evaluate:images --coverage [--data DIR] [--split NAME] [--limit N] [--seed N] [--json]

Measures how well pictures are read that are as people have them: MNIST's digits enlarged, photographed, drawn, in
strings, and pictures in which there is no digit; and what an answer costs. With --ablate: what each step of the
preparation is good for. Each kind of damage is read with all steps, without each of them, and without any; whatever has
ink is taken for a digit, so that only the steps make a difference.

  --data DIR    holds mnist/ and fashion-mnist/ (default ../shared/data; digits that the library draws itself where
                that is missing)
  --split NAME  ${PARTS.join()} (default test): train-tail is the last 10,000 training images, for tuning
  --kinds A,B   only these of
                ${columns(KINDS, 90).join("\n                ")}
  --limit N     pictures of each kind (default ${PICTURES}, plain and plain-png all; with --ablate or --coverage ${ABLATED})
  --seed N      a whole number that decides how they are damaged (default 0)
  --json        one line of JSON
  --check       exit code 1 when a goal is missed
  --worst FILE  writes a page of pictures that were misread
  --ablate      measures the steps, by default on
                ${columns(ABLATED_KINDS, 90).join("\n                ")}
  --coverage    measures what each value of reject refuses, and what it takes that is no digit
`;

await runScript(
  USAGE,
  {
    string: ["data", "split", "kinds", "limit", "seed", "worst"],
    boolean: ["json", "check", "ablate", "coverage"],
  },
  async (args) => {
    refusePositionals(args);
    const ablates = args.has("ablate");
    const covers = args.has("coverage");
    if (ablates && covers) {
      throw new LeNetError(
        "option/invalid",
        "Cannot take --ablate and --coverage together: they are measured one at a time",
      );
    }
    if ((ablates || covers) && (args.has("check") || args.text("worst") !== undefined)) {
      throw new LeNetError(
        "option/invalid",
        "Cannot take --check or --worst with --ablate or --coverage: there are no goals for them, and no page of mistakes",
      );
    }
    const kinds = kindsOf(args, ablates ? ABLATED_KINDS : KINDS);
    const limit = wholeNumber(args, "limit", 1);
    const seed = wholeNumber(args, "seed", 0) ?? 0;
    const part = args.choice("split", PARTS) ?? "test";
    const directory = args.text("data") ??
      (await fileSize(BESIDE) === undefined ? undefined : BESIDE);
    if (args.has("check") && directory === undefined) {
      throw new LeNetError(
        "option/invalid",
        "Cannot check the goals: they are those of MNIST, name its folder with --data",
      );
    }
    using interrupt = interruptible();
    const { signal } = interrupt;
    const needsClothing = covers || kinds.some((kind) => isOneOf(CLOTHING_KINDS, kind));
    const digits = directory === undefined
      ? syntheticDigits({ count: SYNTHETIC, seed: 1 })
      : await loadPart("mnist", part, directory, signal);
    const clothing = directory === undefined || !needsClothing
      ? undefined
      : await ifThere(loadPart("fashion-mnist", part, directory, signal));
    const sources: Sources = { digits, clothing, seed };
    using net = await LeNet.load("digits", { backend: "wasm" });
    if (ablates) {
      const ablation = await ablate(
        kinds,
        Math.min(limit ?? ABLATED, digits.count),
        sources,
        net,
        signal,
      );
      console.log(
        args.has("json")
          ? JSON.stringify({ digits: digits.name, seed, ablation })
          : `${digits.name}, seed ${seed}\n\n${ablationTable(ablation)}`,
      );
      return;
    }

    if (covers) {
      const line = new ProgressLine();
      const rows = await riskCoverage({
        count: Math.min(limit ?? ABLATED, digits.count),
        sources,
        net,
        onProgress: (kind, share) => line.draw(() => `${bar(share, 20)}  ${kind}`),
        signal,
      }).finally(() => line.clear());
      console.log(
        args.has("json")
          ? JSON.stringify({ digits: digits.name, seed, coverage: rows })
          : `${digits.name}, seed ${seed}\n\n${riskCoverageTable(rows)}`,
      );
      return;
    }

    const mistakes = new Map<string, Mistake[]>();
    const results: KindResult[] = [];
    for (const kind of kinds.filter((kind) => !isOneOf(TIMED_KINDS, kind))) {
      const read = await readerOf(kind, net);
      if (read === undefined || (isOneOf(CLOTHING_KINDS, kind) && clothing === undefined)) {
        continue;
      }
      const all = limit === undefined && isOneOf(PLAIN_KINDS, kind);
      const count = all ? digits.count : Math.min(limit ?? PICTURES, digits.count);
      const wrong: Mistake[] = [];
      mistakes.set(kind, wrong);
      const line = new ProgressLine();
      const result = await measureKind({
        kind,
        count,
        make: (number) => makeTrial(kind, number, count, sources),
        read,
        onProgress: progressOf(kind, count, line),
        onMistake: (mistake) => {
          if (args.text("worst") !== undefined && wrong.length < SHOWN) wrong.push(mistake);
        },
        signal,
      }).finally(() => line.clear());
      results.push(result);
    }
    const measured: Measured = {
      results,
      canvas: kinds.includes("canvas") ? await timeCanvas(net) : undefined,
      photo: kinds.includes("photo")
        ? await measurePhoto(digits.images.subarray(0, 784))
        : undefined,
    };

    const goals = judge(measured, kinds);
    const missing = kinds.filter((kind) =>
      !isOneOf(TIMED_KINDS, kind) && !results.some((result) => result.kind === kind)
    );
    if (args.has("json")) {
      console.log(JSON.stringify({ digits: digits.name, seed, ...measured, goals }));
    } else {
      const parts = [
        `${digits.name}, seed ${seed}`,
        results.length > 0 ? resultTable(results) : "",
        missing.length > 0 ? `not measured: ${missing.join(", ")}` : "",
        goalList(goals),
      ];
      console.log(parts.filter((part) => part !== "").join("\n\n"));
    }
    const worst = args.text("worst");
    if (worst !== undefined) await Deno.writeTextFile(worst, worstPage(results, mistakes));
    return args.has("check") && goals.some(({ isMet }) => !isMet) ? 1 : 0;
  },
);

/** Measures what the steps of the preparation are good for, kind by kind. */
async function ablate(
  kinds: readonly string[],
  count: number,
  sources: Sources,
  net: LeNet,
  signal: AbortSignal,
): Promise<AblationResult[]> {
  const read = await stepReaderOf(net.model);
  const results: AblationResult[] = [];
  for (const kind of kinds) {
    const line = new ProgressLine();
    const result = await ablateKind({
      kind,
      count,
      make: (number) => makeTrial(kind, number, count, sources),
      read,
      onProgress: progressOf(kind, count, line),
      signal,
    }).finally(() => line.clear());
    results.push(result);
  }
  return results;
}

function progressOf(kind: string, count: number, line: ProgressLine): (done: number) => void {
  return (done) => line.draw(() => `${bar(done / count, 20)}  ${kind} ${done}`);
}

function kindsOf(args: Arguments, known: readonly string[]): readonly string[] {
  const kinds = args.text("kinds")?.split(",") ?? known;
  const unknown = kinds.find((kind) => !known.includes(kind));
  if (unknown !== undefined) {
    throw new LeNetError(
      "option/invalid",
      `Cannot take the option --kinds: found "${unknown}", expected some of ${known.join(",")}`,
    );
  }
  return kinds;
}

function wholeNumber(args: Arguments, flag: string, least: number): number | undefined {
  const value = args.number(flag);
  if (value !== undefined && (!Number.isSafeInteger(value) || value < least)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot take the option --${flag}: found ${value}, expected a whole number from ${least}`,
    );
  }
  return value;
}

/** A dataset, if its files are there. */
async function ifThere(loading: Promise<Dataset>): Promise<Dataset | undefined> {
  try {
    return await loading;
  } catch (error) {
    if (error instanceof LeNetError && error.code === "file/missing") return undefined;
    throw error;
  }
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}

/** Words in lines of at most so many letters. */
function columns(words: readonly string[], width: number): string[] {
  const lines = [""];
  for (const word of words) {
    const last = lines[lines.length - 1];
    if (last.length + word.length + 2 > width) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last}, ${word}`;
  }
  return lines;
}
