import { checkAborted } from "../../../src/errors.ts";
import type { LeNet } from "../../../src/lenet.ts";
import { alignColumns, percent } from "../../../src/watch/html.ts";
import {
  acceptedShare,
  calibrationOf,
  calibrationText,
  type ScoredAnswer,
  scoredAnswer,
  THRESHOLDS,
} from "../shared/scored_answers.ts";
import type { Sample } from "./sets.ts";

/** The answers to the pictures of a set. */
export interface ScoredSet {
  readonly set: string;
  readonly answers: readonly ScoredAnswer[];
}

export interface ScoreOptions {
  readonly samples: readonly Sample[];
  readonly net: Pick<LeNet, "classify">;
  /** Receives the number of pictures done. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/** Pictures between two yields to the event loop, without which Ctrl-C is not handled. */
const YIELD_EVERY = 8;

/**
 * Reads the pictures of a set once for all thresholds.
 *
 * @throws {LeNetError} `aborted` when the signal is.
 */
export async function scoreSet(
  { samples, net, onProgress, signal }: ScoreOptions,
): Promise<ScoredAnswer[]> {
  const answers: ScoredAnswer[] = [];
  for (const sample of samples) {
    checkAborted(signal, "measure the pictures");
    answers.push(await scoredAnswer(net, sample));
    onProgress(answers.length);
    if (answers.length % YIELD_EVERY === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  return answers;
}

/** What one threshold refuses of digits that are read right, and accepts of those that are misread. */
export interface Acceptance {
  /** The threshold: the option `reject`. */
  readonly reject: number;
  /** The share of right readings that is refused, by set; of a set without any it is left out. */
  readonly rightRefused: Readonly<Record<string, number>>;
  /** The share of misread digits that is accepted, of all sets together; NaN without any. */
  readonly misreadAccepted: number;
}

/** Measures each threshold, in rising order. */
export function acceptanceOf(sets: readonly ScoredSet[]): Acceptance[] {
  const misread = sets.flatMap(({ answers }) => answers.filter(({ isRight }) => !isRight));
  const right = sets
    .map(({ set, answers }) => ({ set, answers: answers.filter(({ isRight }) => isRight) }))
    .filter(({ answers }) => answers.length > 0);
  return THRESHOLDS.map((reject) => ({
    reject,
    rightRefused: Object.fromEntries(
      right.map(({ set, answers }) => [set, 1 - acceptedShare(answers, reject)]),
    ),
    misreadAccepted: acceptedShare(misread, reject),
  }));
}

/** Formats what each threshold refuses and accepts as a table, and the calibration below it. */
export function acceptanceText(sets: readonly ScoredSet[]): string {
  const rows = acceptanceOf(sets);
  const names = Object.keys(rows[0].rightRefused);
  const answers = sets.flatMap(({ answers }) => answers);
  const misread = answers.filter(({ isRight }) => !isRight).length;
  const head = ["right ones refused", ...names, "mean", `accepted of ${misread} misread`];
  const body = rows.map(({ reject, rightRefused, misreadAccepted }) => {
    const shares = names.map((name) => rightRefused[name]);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const accepted = misread === 0 ? "" : percent(misreadAccepted);
    return [`reject ${reject}`, ...[...shares, mean].map(percent), accepted];
  });
  const calibration = calibrationText(calibrationOf(answers.flatMap(({ ink }) => ink ?? [])));
  return [alignColumns([head, ...body]), calibration].filter((part) => part !== "").join("\n\n");
}
