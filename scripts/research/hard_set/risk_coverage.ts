import { checkAborted } from "../../../src/errors.ts";
import type { LeNet } from "../../../src/lenet.ts";
import { alignColumns, percent } from "../../../src/watch/html.ts";
import {
  acceptedShare,
  type ScoredAnswer,
  scoredAnswer,
  THRESHOLDS,
} from "../shared/scored_answers.ts";
import { CLOTHING_KINDS } from "./kinds.ts";
import { makeTrial, type Sources } from "./measure.ts";
import { NOT_ONE_DIGIT_KINDS } from "./pictures/page/digit_pieces.ts";
import { NO_DIGIT_KINDS } from "./pictures/no_digit.ts";

/** Kinds without one digit, whose false acceptance is measured. */
const NEGATIVES: readonly string[] = [
  ...CLOTHING_KINDS,
  ...NO_DIGIT_KINDS,
  ...NOT_ONE_DIGIT_KINDS,
];

/** Coverage and errors at one threshold. */
export interface RiskCoverage {
  /** The threshold: the option `reject`. */
  readonly reject: number;
  /** The share of pictures of digits with mixed degradations that is refused: one minus the coverage. */
  readonly refused: number;
  /** The share of the accepted ones that is misread: the risk. */
  readonly error: number;
  /** The share of pictures without a digit that is accepted, by kind. */
  readonly accepted: Readonly<Record<string, number>>;
}

export interface RiskCoverageOptions {
  /** The number of pictures of each kind. */
  readonly count: number;
  /** Without clothing, its kinds are left out. */
  readonly sources: Sources;
  readonly net: LeNet;
  /** Receives the kind and the share of it that is done, 0 to 1. */
  readonly onProgress: (kind: string, share: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Measures risk and coverage at several thresholds of `reject`.
 *
 * @returns A row for each threshold, in rising order.
 * @throws {LeNetError} `aborted` when the signal is.
 */
export async function riskCoverage(
  { count, sources, net, onProgress, signal }: RiskCoverageOptions,
): Promise<RiskCoverage[]> {
  const read = async (kind: string): Promise<ScoredAnswer[]> => {
    const answers: ScoredAnswer[] = [];
    for (let number = 0; number < count; number++) {
      checkAborted(signal, "measure the pictures");
      answers.push(await scoredAnswer(net, makeTrial(kind, number, count, sources)));
      onProgress(kind, (number + 1) / count);
    }
    return answers;
  };
  const digits = await read("mixed");
  const others: [string, ScoredAnswer[]][] = [];
  for (const kind of NEGATIVES) {
    const isMissing = sources.clothing === undefined &&
      CLOTHING_KINDS.some((name) => name === kind);
    if (!isMissing) others.push([kind, await read(kind)]);
  }
  return THRESHOLDS.map((reject) => {
    const taken = digits.filter(({ acceptedTo }) => acceptedTo >= reject);
    return {
      reject,
      refused: 1 - taken.length / count,
      error: taken.length === 0 ? 0 : taken.filter(({ isRight }) => !isRight).length / taken.length,
      accepted: Object.fromEntries(
        others.map(([kind, answers]) => [kind, acceptedShare(answers, reject)]),
      ),
    };
  });
}

/** Formats risk and coverage as a table, one row a threshold. */
export function riskCoverageTable(rows: readonly RiskCoverage[]): string {
  const kinds = Object.keys(rows[0].accepted);
  const head = [
    "reject",
    "mixed refused",
    "misread of accepted",
    ...kinds.map((kind) => `${kind} accepted`),
  ];
  const body = rows.map(({ reject, refused, error, accepted }) => [
    String(reject),
    percent(refused),
    percent(error),
    ...kinds.map((kind) => percent(accepted[kind])),
  ]);
  return alignColumns([head, ...body]);
}
