import { checkAborted } from "../../../src/errors.ts";
import type { LeNet } from "../../../src/lenet.ts";
import { alignColumns, percent } from "../../../src/watch/html.ts";
import { CLOTHING_KINDS } from "./kinds.ts";
import { makeTrial, type Sources } from "./measure.ts";
import { NOT_ONE_DIGIT_KINDS } from "./pictures/page/digit_pieces.ts";
import { NO_DIGIT_KINDS } from "./pictures/no_digit.ts";

/** The values of `reject` that are measured; with 0 all ink is accepted as a digit. */
const THRESHOLDS = [0, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5];

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

/** The answer to one picture if it is accepted, and its probability of being a digit; 1 where the library does not score it. */
interface Answer {
  readonly isRight: boolean;
  readonly digitProbability: number;
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
  const read = async (kind: string): Promise<Answer[]> => {
    const answers: Answer[] = [];
    for (let number = 0; number < count; number++) {
      checkAborted(signal, "measure the pictures");
      const { image, text } = makeTrial(kind, number, count, sources);
      // The smallest positive threshold has all ink scored, and refuses none.
      const { digit, reason, digitProbability } = await net.classify(image, {
        reject: Number.MIN_VALUE,
      });
      const chance = reason === null ? digitProbability ?? 1 : reason === "no-ink" ? -1 : 0;
      answers.push({ isRight: String(digit) === text, digitProbability: chance });
      onProgress(kind, (number + 1) / count);
    }
    return answers;
  };
  const digits = await read("mixed");
  const others: [string, Answer[]][] = [];
  for (const kind of NEGATIVES) {
    const isMissing = sources.clothing === undefined &&
      CLOTHING_KINDS.some((name) => name === kind);
    if (!isMissing) others.push([kind, await read(kind)]);
  }
  return THRESHOLDS.map((reject) => {
    const taken = takenOf(digits, reject);
    return {
      reject,
      refused: 1 - taken.length / count,
      error: taken.length === 0 ? 0 : taken.filter(({ isRight }) => !isRight).length / taken.length,
      accepted: Object.fromEntries(
        others.map(([kind, answers]) => [kind, takenOf(answers, reject).length / count]),
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

function takenOf(answers: readonly Answer[], reject: number): Answer[] {
  return answers.filter(({ digitProbability }) => digitProbability >= reject);
}
