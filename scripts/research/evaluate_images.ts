import { LeNet } from "../../mod.ts";
import { interruptible, runCommand } from "../../src/cli/command.ts";
import type { FlagTable } from "../../src/cli/flags.ts";
import { bar, ProgressLine } from "../../src/cli/run_output.ts";
import { loadPart, SPLIT_FLAG } from "../../src/cli/sources.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { fileSize } from "../../src/data/files.ts";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { createRunner } from "../../src/engine/backends.ts";
import { LeNetError } from "../../src/errors.ts";
import { measurePhoto, timeCanvas, timeLine } from "./hard_set/cost.ts";
import { GOALS, type Measured, resultTable, worstPage } from "./hard_set/goals.ts";
import {
  CLASSIFIED_KINDS,
  CLOTHING_KINDS,
  KINDS,
  PLAIN_KINDS,
  TIMED_KINDS,
} from "./hard_set/kinds.ts";
import {
  type KindResult,
  makeTrial,
  measureKind,
  type Mistake,
  readerOf,
  type Sources,
  type Trial,
} from "./hard_set/measure.ts";
import { STRING_KINDS } from "./hard_set/pictures/strings.ts";
import { riskCoverage, riskCoverageTable } from "./hard_set/risk_coverage.ts";
import { ablate, ablationReader, type AblationResult, ablationTable } from "./shared/ablation.ts";
import { checkGoals, goalList } from "./shared/goals.ts";
import {
  calibrationOf,
  calibrationOfReadings,
  calibrationText,
  type ScoredInk,
  type ScoredReading,
} from "./shared/scored_answers.ts";

/** The folder of datasets beside the repository, where there is one. */
const BESIDE = new URL("../../../shared/data", import.meta.url).pathname;

/** Default number of pictures of a kind; all images of the plain kinds are read. */
const PICTURES = 2000;

/** Default number with --ablate, which reads each picture up to eighteen times, and with --coverage. */
const ABLATED = 300;

/** Synthetic digits that replace MNIST where it is missing. */
const SYNTHETIC = 2000;

/** Most mistakes of a kind on the page of --worst. */
const SHOWN = 60;

const FLAGS = {
  data: {
    kind: "text",
    value: "DIR",
    defaultText: "../shared/data; if that is missing, digits that the library draws",
    help: "the folder with mnist/ and fashion-mnist/",
  },
  ...SPLIT_FLAG,
  kinds: {
    kind: "list",
    value: "A,B",
    choices: KINDS,
    defaultText: "all; with --ablate all of pictures that classifyDigit is asked about",
    help: "the kinds of pictures",
  },
  limit: {
    kind: "integer",
    min: 1,
    value: "N",
    defaultText: `${PICTURES}, plain and plain-png all; with --ablate or --coverage ${ABLATED}`,
    help: "pictures of each kind",
  },
  seed: { kind: "integer", min: 0, value: "N", default: 0, help: "the seed of the damages" },
  json: { kind: "boolean", help: "print one line of JSON" },
  check: {
    kind: "boolean",
    excludes: ["ablate", "coverage"],
    help: "the exit code is 1 if a goal is missed",
  },
  worst: {
    kind: "text",
    value: "FILE",
    excludes: ["ablate", "coverage"],
    help: "write a page of the pictures that were misread",
  },
  ablate: {
    kind: "boolean",
    excludes: ["coverage"],
    help:
      "measure the hypotheses of the ink and the steps of the preparation instead: each picture is read with all of " +
      "them, and without each",
  },
  coverage: {
    kind: "boolean",
    help:
      "measure thresholds of --reject instead: what each refuses of digits, and accepts of what is no digit",
  },
} as const satisfies FlagTable;

await runCommand({
  name: "evaluate:images",
  summary: "Measures how well pictures as people have them are read, and what an answer costs.",
  details:
    "The pictures are MNIST's digits enlarged, photographed, drawn, in strings, and on pages with lines, frames or " +
    "windows around them, and pictures without a digit.",
  flags: FLAGS,
  async run({ flags }) {
    const { limit, seed, split: part, ablate: ablates, coverage: covers } = flags;
    const kinds = kindsOf(flags.kinds, ablates ? CLASSIFIED_KINDS : KINDS);
    const directory = flags.data ??
      (await fileSize(BESIDE) === undefined ? undefined : BESIDE);
    if (flags.check && directory === undefined) {
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
      const ablation = await ablateKinds(kinds, limit ?? ABLATED, sources, net, signal);
      console.log(
        flags.json
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
        flags.json
          ? JSON.stringify({ digits: digits.name, seed, coverage: rows })
          : `${digits.name}, seed ${seed}\n\n${riskCoverageTable(rows)}`,
      );
      return;
    }

    const inks: ScoredInk[] = [];
    const lines: ScoredReading[] = [];
    const mistakes = new Map<string, Mistake[]>();
    const results: KindResult[] = [];
    for (const kind of kinds.filter((kind) => !isOneOf(TIMED_KINDS, kind))) {
      if (isOneOf(CLOTHING_KINDS, kind) && clothing === undefined) continue;
      const all = limit === undefined && isOneOf(PLAIN_KINDS, kind);
      const count = all ? digits.count : Math.min(limit ?? PICTURES, digits.count);
      const wrong: Mistake[] = [];
      mistakes.set(kind, wrong);
      const line = new ProgressLine();
      const result = await measureKind({
        kind,
        count,
        make: (number) => makeTrial(kind, number, count, sources),
        read: readerOf(kind, net),
        onProgress: progressOf(kind, count, line),
        onMistake: (mistake) => {
          if (flags.worst !== undefined && wrong.length < SHOWN) wrong.push(mistake);
        },
        onAnswer: ({ ink, lines: own = [] }) => {
          if (ink !== undefined) inks.push(ink);
          if (isOneOf(STRING_KINDS, kind)) lines.push(...own);
        },
        signal,
      }).finally(() => line.clear());
      results.push(result);
    }
    const measured: Measured = {
      results,
      calibration: calibrationOf(inks),
      lines: calibrationOfReadings(lines),
      line: kinds.includes("line") ? await timeLine(net, digits) : undefined,
      canvas: kinds.includes("canvas") ? await timeCanvas(net) : undefined,
      photo: kinds.includes("photo")
        ? await measurePhoto(digits.images.subarray(0, 784))
        : undefined,
    };

    const goals = checkGoals(GOALS, measured, kinds);
    const missing = kinds.filter((kind) =>
      !isOneOf(TIMED_KINDS, kind) && !results.some((result) => result.kind === kind)
    );
    if (flags.json) {
      console.log(JSON.stringify({ digits: digits.name, seed, ...measured, goals }));
    } else {
      const parts = [
        `${digits.name}, seed ${seed}`,
        results.length > 0 ? resultTable(results) : "",
        calibrationText(measured.calibration),
        calibrationText(measured.lines, "the confidence of a line", "lines"),
        missing.length > 0 ? `not measured: ${missing.join(", ")}` : "",
        goalList(goals),
      ];
      console.log(parts.filter((part) => part !== "").join("\n\n"));
    }
    const { worst } = flags;
    if (worst !== undefined) await Deno.writeTextFile(worst, worstPage(results, mistakes));
    return flags.check && goals.some(({ isMet }) => !isMet) ? 1 : 0;
  },
});

/** Measures the accuracy without each hypothesis and without each step of the preparation. */
async function ablateKinds(
  kinds: readonly string[],
  limit: number,
  sources: Sources,
  { model }: LeNet,
  signal: AbortSignal,
): Promise<AblationResult[]> {
  using runner = await createRunner("wasm", model.architecture, model.parameters);
  const read = ablationReader(model, runner);
  const count = Math.min(limit, sources.digits.count);
  const results: AblationResult[] = [];
  for (const name of kinds) {
    if (sources.clothing === undefined && isOneOf(CLOTHING_KINDS, name)) continue;
    const line = new ProgressLine();
    const pictures = madePictures(name, count, sources);
    const onProgress = progressOf(name, count, line);
    results.push(
      await ablate({ name, pictures, read, onProgress, signal }).finally(() => line.clear()),
    );
  }
  return results;
}

function* madePictures(kind: string, count: number, sources: Sources): Generator<Trial> {
  for (let number = 0; number < count; number++) yield makeTrial(kind, number, count, sources);
}

function progressOf(kind: string, count: number, line: ProgressLine): (done: number) => void {
  return (done) => line.draw(() => `${bar(done / count, 20)}  ${kind} ${done}`);
}

function kindsOf(
  kinds: readonly string[] | undefined,
  known: readonly string[],
): readonly string[] {
  if (kinds === undefined) return known;
  const unknown = kinds.find((kind) => !known.includes(kind));
  if (unknown !== undefined) {
    throw new LeNetError(
      "option/invalid",
      `Cannot take the option --kinds: found "${unknown}", expected some of ${known.join(",")}`,
    );
  }
  return kinds;
}

/** Resolves to a dataset, or to undefined where its files are missing. */
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
