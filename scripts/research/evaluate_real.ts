import { interruptible, runCommand } from "../../src/cli/command.ts";
import type { FlagTable } from "../../src/cli/flags.ts";
import { bar, ProgressLine } from "../../src/cli/run_output.ts";
import { createRunner } from "../../src/engine/backends.ts";
import { LeNetError } from "../../src/errors.ts";
import { LeNet } from "../../src/lenet.ts";
import { STEP_STYLE } from "../../src/watch/answer_pages.ts";
import { explainDigit, explainString } from "./real/explain.ts";
import {
  AGREEMENT,
  agreementText,
  digitTable,
  GOALS,
  type Measured,
  stringTable,
} from "./real/goals.ts";
import { type DigitResult, meanOf, measureDigits } from "./real/measure_digits.ts";
import { measureStrings, type StringResult } from "./real/measure_strings.ts";
import { acceptanceOf, acceptanceText, scoreSet } from "./real/risk_coverage.ts";
import { DIGIT_SETS, readSet, REAL_SETS, type Sample } from "./real/sets.ts";
import { ablate, ablationReader, ablationTable } from "./shared/ablation.ts";
import { type Failure, type FailureGroup, failuresPage } from "./shared/failures_page.ts";
import { checkGoals, goalList } from "./shared/goals.ts";

/** The folder beside the repository. */
const BESIDE = new URL("../../../shared/real", import.meta.url).pathname;

const FLAGS = {
  data: {
    kind: "text",
    value: "DIR",
    defaultText: "../shared/real",
    help: "the folder with a folder for each set",
  },
  only: {
    kind: "list",
    value: "A,B",
    choices: REAL_SETS,
    defaultText: "all",
    help: "the sets",
  },
  limit: {
    kind: "integer",
    min: 1,
    value: "N",
    defaultText: "all",
    help: "pictures of each set, spread evenly over it",
  },
  agreement: {
    kind: "boolean",
    help:
      "read each picture of one digit with readDigits, too, and count where it reads another digit than classifyDigit; " +
      "takes four times as long",
  },
  "known-length": {
    kind: "boolean",
    help: "tell readDigits how many digits there are on the lines of each picture of several",
  },
  json: { kind: "boolean", help: "print one line of JSON" },
  ablate: {
    kind: "boolean",
    excludes: ["agreement", "check", "worst"],
    help:
      "measure the hypotheses of the ink and the steps of the preparation instead: each picture of one digit is read " +
      "with all of them, and without each",
  },
  coverage: {
    kind: "boolean",
    excludes: ["ablate", "agreement", "check", "worst"],
    help:
      "measure thresholds of --reject instead: what share of the digits that are read right each refuses, and what share " +
      "of the misread ones it accepts",
  },
  check: {
    kind: "boolean",
    help: "measure with --agreement; the exit code is 1 if a goal is missed",
  },
  worst: {
    kind: "text",
    value: "FILE",
    help:
      "write a page of the pictures that were not read right, with each step of their preparation",
  },
} as const satisfies FlagTable;

await runCommand({
  name: "evaluate:real",
  summary: "Measures how handwriting of people is read: photos, scans, drawings and forms.",
  details:
    "A set is a folder of pictures named LABEL_gNN_NNN.ext, or of two IDX files. Lines of a label are separated by a " +
    "hyphen.",
  flags: FLAGS,
  async run({ flags }) {
    const { data: directory = BESIDE, only: sets = REAL_SETS, limit, worst } = flags;
    const agreement = flags.agreement || flags.check;
    using interrupt = interruptible();
    const { signal } = interrupt;
    using net = await LeNet.load("digits", { backend: "wasm" });
    if (flags.ablate) {
      const { architecture, parameters } = net.model;
      using runner = await createRunner("wasm", architecture, parameters);
      const read = ablationReader(net.model, runner);
      const ablation = await eachDigitSet(directory, sets, limit, (name, pictures, onProgress) => {
        return ablate({ name, pictures, read, onProgress, signal });
      });
      console.log(flags.json ? JSON.stringify({ ablation }) : ablationTable(ablation));
      return;
    }
    if (flags.coverage) {
      const scored = await eachDigitSet(
        directory,
        sets,
        limit,
        async (set, samples, onProgress) => {
          return { set, answers: await scoreSet({ samples, net, onProgress, signal }) };
        },
      );
      const json = (): string => JSON.stringify({ coverage: acceptanceOf(scored) });
      console.log(flags.json ? json() : acceptanceText(scored));
      return;
    }

    const digits: DigitResult[] = [];
    const strings: StringResult[] = [];
    const groups: FailureGroup[] = [];
    for (const set of REAL_SETS.filter((name) => sets.includes(name))) {
      const samples = await readSet(directory, set, limit);
      const failures: Failure[] = [];
      const line = new ProgressLine();
      const shared = {
        set,
        samples,
        reader: net,
        onProgress: (done: number): void =>
          line.draw(() => `${bar(done / samples.length, 20)}  ${set} ${done}`),
        signal,
      };
      try {
        if (DIGIT_SETS.some((name) => name === set)) {
          digits.push(
            await measureDigits({
              ...shared,
              agreement,
              onFailure: async (failure) => {
                if (worst !== undefined) failures.push(await explainDigit(net, failure));
              },
            }),
          );
        } else {
          strings.push(
            await measureStrings({
              ...shared,
              isLengthKnown: flags["known-length"],
              onFailure: (failure) => {
                if (worst !== undefined) failures.push(explainString(failure));
              },
            }),
          );
        }
      } finally {
        line.clear();
      }
      const heading = `${set}: ${failures.length} of ${samples.length} not read right`;
      groups.push({ heading, failures });
    }

    const measured: Measured = { digits, strings };
    const goals = checkGoals(GOALS, measured, [...sets, ...agreement ? [AGREEMENT] : []]);
    if (flags.json) {
      const mean = digits.length > 0 ? meanOf(digits) : undefined;
      console.log(JSON.stringify({ ...measured, mean, goals }));
    } else {
      const parts = [
        digits.length > 0 ? digitTable(digits) : "",
        strings.length > 0 ? stringTable(strings) : "",
        digits.length > 0 ? agreementText(digits) : "",
        goalList(goals),
      ];
      console.log(parts.filter((part) => part !== "").join("\n\n"));
    }
    if (worst !== undefined) await Deno.writeTextFile(worst, failuresPage(groups, STEP_STYLE));
    return flags.check && goals.some(({ isMet }) => !isMet) ? 1 : 0;
  },
});

/** Measures each set of single digits that was asked for. */
async function eachDigitSet<Result>(
  directory: string,
  sets: readonly string[],
  limit: number | undefined,
  measure: (
    set: string,
    samples: readonly Sample[],
    onProgress: (done: number) => void,
  ) => Promise<Result>,
): Promise<Result[]> {
  const ofDigits = DIGIT_SETS.filter((set) => sets.includes(set));
  if (ofDigits.length === 0) {
    throw new LeNetError(
      "option/invalid",
      `Cannot measure single digits: found --only ${sets.join(",")}, expected some of ${
        DIGIT_SETS.join(",")
      }`,
    );
  }
  const results: Result[] = [];
  for (const set of ofDigits) {
    const samples = await readSet(directory, set, limit);
    const line = new ProgressLine();
    const onProgress = (done: number): void =>
      line.draw(() => `${bar(done / samples.length, 20)}  ${set} ${done}`);
    results.push(await measure(set, samples, onProgress).finally(() => line.clear()));
  }
  return results;
}
