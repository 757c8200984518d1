import { encode } from "fast-png";
import { alignColumns, intervalText, percent } from "../../../src/watch/html.ts";
import { toBase64 } from "../../../src/weights/model_file.ts";
import { failuresPage } from "../shared/failures_page.ts";
import type { Goal } from "../shared/goals.ts";
import type { Calibration } from "../shared/scored_answers.ts";
import { CLASSIFIED_KINDS, CLOTHING_KINDS } from "./kinds.ts";
import type { KindResult, Mistake } from "./measure.ts";
import type { PhotoCost } from "./photo_cost.ts";
import { NOT_ONE_DIGIT_KINDS } from "./pictures/page/digit_pieces.ts";
import { DRAWINGS } from "./pictures/drawing.ts";
import { HARD_KINDS } from "./pictures/hard_picture.ts";
import { NO_DIGIT_KINDS } from "./pictures/no_digit.ts";
import { PAGE_KINDS } from "./pictures/page/page_picture.ts";
import { STRING_KINDS } from "./pictures/strings.ts";
import type { RgbaPicture } from "./pictures/picture.ts";

/** Degraded and drawn digits, of which the mean is a goal. */
const DIGIT_KINDS: readonly string[] = [...HARD_KINDS, ...DRAWINGS];

/** The measurements that goals are checked against; what was not measured is left out. */
export interface Measured {
  readonly results: readonly KindResult[];
  /** The median time of an answer to a drawing on a canvas, in milliseconds. */
  readonly canvas?: number | undefined;
  readonly photo?: PhotoCost | undefined;
  /** The median time of reading a line of eight digits, in milliseconds. */
  readonly line?: number | undefined;
  /** The calibration of `digitProbability` over all pictures of digits and of none. */
  readonly calibration?: Calibration | undefined;
  /** The calibration of the confidence of a line over all strings. */
  readonly lines?: Calibration | undefined;
}

/** The accuracy, speed and memory that the library promises. */
export const GOALS: readonly Goal<Measured>[] = [
  {
    name: "accuracy lost by enlarging MNIST to 200×200",
    limit: { atMost: 0.1 },
    unit: "points",
    kinds: ["plain", "plain-png"],
    value: (measured) => rightOf(measured, "plain") - rightOf(measured, "plain-png"),
  },
  right("mixed", "mixed degradations", 98.3),
  {
    name: "degraded and drawn digits, mean of all kinds",
    limit: { atLeast: 98.7 },
    unit: "%",
    kinds: DIGIT_KINDS,
    value: (measured) =>
      DIGIT_KINDS.reduce((sum, kind) => sum + rightOf(measured, kind), 0) / DIGIT_KINDS.length,
  },
  right("one-pixel", "drawings of one-pixel lines", 97),
  right("marker", "drawings with a thick marker", 97),
  right("separated", "strings of separate digits, without a mistake", 97.2),
  right("touching", "strings of touching digits, without a mistake", 86),
  right("lines", "strings on several lines, without a mistake", 94),
  right("touching-known", "strings of touching digits with their length given", 90),
  {
    name: "read in a picture of nothing",
    limit: { atMost: 0.05 },
    unit: "digits",
    kinds: ["nothing-read"],
    value: ({ results }) => {
      const found = results.find(({ kind }) => kind === "nothing-read");
      return found === undefined ? NaN : found.digits / found.count;
    },
  },
  {
    name: "expected calibration error of the confidence of a line",
    limit: { atMost: 5 },
    unit: "%",
    kinds: STRING_KINDS,
    value: ({ lines }) => 100 * (lines?.error ?? NaN),
  },
  ...PAGE_KINDS.map((kind) => right(kind, `digits of kind ${kind}`, 97)),
  accepted(CLOTHING_KINDS, "clothing", 10),
  ...[...NO_DIGIT_KINDS, ...NOT_ONE_DIGIT_KINDS].map((kind) =>
    accepted([kind], `pictures of kind ${kind}`, 5)
  ),
  {
    name: "MNIST accepted as digits",
    limit: { atLeast: 99 },
    unit: "%",
    kinds: ["plain"],
    value: (measured) => 100 - 100 * noneOf(measured, ["plain"]),
  },
  {
    name: "expected calibration error of digitProbability",
    limit: { atMost: 3 },
    unit: "%",
    kinds: CLASSIFIED_KINDS,
    value: ({ calibration }) => 100 * (calibration?.error ?? NaN),
  },
  {
    name: "time of an answer to a drawing on a canvas of 280×280",
    limit: { atMost: 0.5 },
    unit: "ms",
    kinds: ["canvas"],
    value: ({ canvas = NaN }) => canvas,
  },
  {
    name: "time of reading a line of eight digits of 600×80",
    limit: { atMost: 3 },
    unit: "ms",
    kinds: ["line"],
    value: ({ line = NaN }) => line,
  },
  {
    name: "time of an answer to a decoded photo of 12 megapixels",
    limit: { atMost: 150 },
    unit: "ms",
    kinds: ["photo"],
    value: ({ photo }) => photo?.milliseconds ?? NaN,
  },
  {
    name: "peak memory for a photo of 12 megapixels, decoding included",
    limit: { atMost: 200 },
    unit: "MB",
    kinds: ["photo"],
    value: ({ photo }) => photo?.decodingMegabytes ?? NaN,
  },
];

function right(kind: string, name: string, atLeast: number): Goal<Measured> {
  const value = (measured: Measured): number => rightOf(measured, kind);
  return { name, limit: { atLeast }, unit: "%", kinds: [kind], value };
}

/** A limit on pictures without a digit, or with more than one, that are accepted. */
function accepted(kinds: readonly string[], name: string, atMost: number): Goal<Measured> {
  const value = (measured: Measured): number => 100 - 100 * noneOf(measured, kinds);
  return { name: `${name} accepted as digits`, limit: { atMost }, unit: "%", kinds, value };
}

/** The accuracy on a kind in percent. */
function rightOf({ results }: Measured, kind: string): number {
  return 100 * (results.find((result) => result.kind === kind)?.share ?? NaN);
}

/** The share of pictures of some kinds in which nothing is read. */
function noneOf({ results }: Measured, kinds: readonly string[]): number {
  const found = kinds.map((kind) => results.find((result) => result.kind === kind));
  const sum = (of: "none" | "count"): number =>
    found.reduce((total, result) => total + (result?.[of] ?? NaN), 0);
  return sum("none") / sum("count");
}

/** Formats the accuracy on each kind as a table, one row a kind. */
export function resultTable(results: readonly KindResult[]): string {
  const head = ["kind", "pictures", "right", "95 % interval", "read none", "ms"];
  const rows = results.map(({ kind, count, share, interval, none, milliseconds }) => [
    kind,
    count.toLocaleString("en-US"),
    percent(share),
    intervalText(interval),
    none.toLocaleString("en-US"),
    milliseconds.toFixed(2),
  ]);
  return alignColumns([head, ...rows]);
}

/** Renders the misread pictures of each kind as one self-contained HTML page. */
export function worstPage(
  results: readonly KindResult[],
  mistakes: ReadonlyMap<string, readonly Mistake[]>,
): string {
  return failuresPage(results.map(({ kind, count, right }) => ({
    heading: `${kind}: ${count - right} of ${count} wrong`,
    failures: (mistakes.get(kind) ?? []).map(({ trial, answer, number }) => ({
      url: urlOf(trial.picture),
      caption: `${trial.text || "nothing"}, read as ${answer.text || "nothing"} ` +
        `(${percent(answer.confidence)}), number ${number}`,
    })),
  })));
}

function urlOf({ data, width, height }: RgbaPicture): string {
  return `data:image/png;base64,${
    toBase64(encode({ width, height, data, channels: 4, depth: 8 }))
  }`;
}
