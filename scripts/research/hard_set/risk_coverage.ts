import { CLOTHING_KINDS } from "./kinds.ts";
import { makeTrial, type Sources } from "./measure.ts";
import { NO_DIGIT_KINDS } from "./pictures/no_digit.ts";
import { checkAborted } from "../../../src/errors.ts";
import type { LeNet } from "../../../src/lenet.ts";
import { alignColumns, percent } from "../../../src/watch/html.ts";

/** The thresholds of which is told what they refuse; with 0 whatever has ink is taken for a digit. */
const THRESHOLDS = [0, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5];

/** Pictures of which is told how often they are taken for a digit, though they show none. */
const OTHERS: readonly string[] = [...CLOTHING_KINDS, ...NO_DIGIT_KINDS];

/** What a threshold comes to. */
export interface RiskCoverage {
  /** The threshold, as it is given as `reject`. */
  readonly reject: number;
  /** The share of pictures of digits, damaged in several ways, in which no digit is read. */
  readonly refused: number;
  /** The share of the others that is misread. */
  readonly error: number;
  /** The share of pictures without a digit that are taken for one, by their kind. */
  readonly accepted: Readonly<Record<string, number>>;
}

/** What is known of one picture: whether its answer would be right, and how likely it is a digit; 1 where nobody asked. */
interface Answer {
  readonly isRight: boolean;
  readonly digitness: number;
}

/** What is measured. */
export interface RiskCoverageOptions {
  /** How many pictures of each kind. */
  readonly count: number;
  /** What they are made of; without clothing there is none among them. */
  readonly sources: Sources;
  readonly net: LeNet;
  /** Is told the kind and how much of it is done, 0 to 1. */
  readonly onProgress: (kind: string, share: number) => void;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/**
 * Measures what each threshold refuses, and what is misread among the rest.
 *
 * @param options What is measured.
 * @returns What each threshold comes to, from the lowest.
 * @throws {LeNetError} `aborted` when the signal ends it.
 */
export async function riskCoverage(
  { count, sources, net, onProgress, signal }: RiskCoverageOptions,
): Promise<RiskCoverage[]> {
  const read = async (kind: string): Promise<Answer[]> => {
    const answers: Answer[] = [];
    for (let number = 0; number < count; number++) {
      checkAborted(signal, "measure the pictures");
      const { image, text } = makeTrial(kind, number, count, sources);
      // The least threshold there is has all judged, and refuses none.
      const { digit, reason, digitness } = await net.classify(image, { reject: Number.MIN_VALUE });
      const chance = reason === null ? digitness ?? 1 : reason === "no-ink" ? -1 : 0;
      answers.push({ isRight: String(digit) === text, digitness: chance });
      onProgress(kind, (number + 1) / count);
    }
    return answers;
  };
  const digits = await read("mixed");
  const others: [string, Answer[]][] = [];
  for (const kind of OTHERS) {
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

/**
 * @param rows What each threshold comes to.
 * @returns A table, a line for each.
 */
export function riskCoverageTable(rows: readonly RiskCoverage[]): string {
  const kinds = Object.keys(rows[0].accepted);
  const head = [
    "reject",
    "mixed refused",
    "misread of the rest",
    ...kinds.map((kind) => `${kind} taken`),
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
  return answers.filter(({ digitness }) => digitness >= reject);
}
