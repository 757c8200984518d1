import { alignColumns, intervalText, percent } from "../../../src/watch/html.ts";
import type { Goal } from "../shared/goals.ts";
import { type DigitResult, lostPoints, meanOf, totalAgreement } from "./measure_digits.ts";
import type { StringResult } from "./measure_strings.ts";
import { DIGIT_SETS } from "./sets.ts";

/** The results that goals are checked against. */
export interface Measured {
  readonly digits: readonly DigitResult[];
  readonly strings: readonly StringResult[];
}

/** The kind that is asked for when agreement is measured. */
export const AGREEMENT = "agreement";

/** Least accuracy on each set of single digits, in percent. */
const ACCURACY: Readonly<Record<typeof DIGIT_SETS[number], number>> = {
  photo: 94.4,
  canvas: 98.4,
  paint28: 98,
  scan28: 100,
  form_in: 93,
  form_box: 93,
  dida: 78,
  usps16: 99.2,
  optdigits32: 92.5,
};

/** The accuracy on handwriting of people that the library promises. */
export const GOALS: readonly Goal<Measured>[] = [
  ...DIGIT_SETS.map((set): Goal<Measured> => ({
    name: set,
    limit: { atLeast: ACCURACY[set] },
    unit: "%",
    kinds: [set],
    value: ({ digits }) => 100 * (digits.find((result) => result.set === set)?.share ?? NaN),
  })),
  {
    name: `mean of these ${DIGIT_SETS.length}`,
    limit: { atLeast: 94 },
    unit: "%",
    kinds: DIGIT_SETS,
    value: ({ digits }) => 100 * meanOf(digits).share,
  },
  {
    name: "right readings lost to refusal, mean of these",
    limit: { atMost: 1.5 },
    unit: "points",
    kinds: DIGIT_SETS,
    value: ({ digits }) => lostPoints(meanOf(digits)),
  },
  {
    name: "pictures of one digit that readDigits reads otherwise than classifyDigit",
    limit: { atMost: 1 },
    unit: "%",
    kinds: [...DIGIT_SETS, AGREEMENT],
    value: ({ digits }) => {
      const { classified, same } = totalAgreement(digits) ?? { classified: NaN, same: NaN };
      return 100 * (classified - same) / classified;
    },
  },
];

/** Formats the accuracy on single digits as a table: a row for each set, and their mean. */
export function digitTable(results: readonly DigitResult[]): string {
  const reasons = [...new Set(results.flatMap(({ refused }) => Object.keys(refused)))].sort();
  const head = ["set", "pictures", "right", "95 % interval", "misread", ...reasons];
  const rows = results.map((result) => [
    result.set,
    result.count.toLocaleString("en-US"),
    percent(result.share),
    intervalText(result.interval),
    `${result.misread}`,
    ...reasons.map((reason) => `${result.refused[reason] ?? 0}`),
    percent(result.shareUnrefused),
    lostPoints(result).toFixed(2),
    ...costCells(result),
  ]);
  const mean = meanOf(results);
  const last = [
    `mean of ${mean.sets}`,
    "",
    percent(mean.share),
    "",
    "",
    ...reasons.map(() => ""),
    percent(mean.shareUnrefused),
    lostPoints(mean).toFixed(2),
    "",
    "",
  ];
  return alignColumns([[...head, "nothing refused", "lost", ...COST_HEAD], ...rows, last]);
}

/** Formats the accuracy on several digits as a table, one row a set. */
export function stringTable(results: readonly StringResult[]): string {
  const head = ["set", "pictures", "right", "95 % interval", "read none", "edits", "per character"];
  const rows = results.map((result) => [
    result.set,
    result.count.toLocaleString("en-US"),
    percent(result.share),
    intervalText(result.interval),
    `${result.none}`,
    result.edits.toFixed(2),
    result.editsPerCharacter.toFixed(3),
    ...costCells(result),
  ]);
  return alignColumns([[...head, ...COST_HEAD], ...rows]);
}

const COST_HEAD = ["mean ms", "median ms"];

function costCells(
  { milliseconds: { mean, median } }: Pick<DigitResult, "milliseconds">,
): string[] {
  return [mean.toFixed(2), median.toFixed(2)];
}

/** Says on how many pictures the two readers agree; empty where that was not measured. */
export function agreementText(results: readonly DigitResult[]): string {
  const total = totalAgreement(results);
  if (total === undefined) return "";
  const { classified, same, onlyRead } = total;
  return `readDigits reads the same digit in ${same.toLocaleString("en-US")} of the ` +
    `${classified.toLocaleString("en-US")} pictures that classifyDigit reads ` +
    `(${percent(same / classified)}), and one digit in ${onlyRead} of those that it refuses`;
}
