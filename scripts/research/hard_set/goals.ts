import { encode } from "fast-png";
import { alignColumns, type Html, html, percent } from "../../../src/watch/html.ts";
import { toBase64 } from "../../../src/weights/model_file.ts";
import type { KindResult, Mistake } from "./measure.ts";
import type { PhotoCost } from "./photo_cost.ts";
import type { RgbaPicture } from "./pictures/picture.ts";

/** The measurements that goals are checked against; what was not measured is left out. */
export interface Measured {
  readonly results: readonly KindResult[];
  /** The median time of an answer to a drawing on a canvas, in milliseconds. */
  readonly canvas?: number | undefined;
  readonly photo?: PhotoCost | undefined;
}

/** A limit on a measured number. */
interface Goal {
  readonly name: string;
  readonly limit: { readonly atLeast: number } | { readonly atMost: number };
  readonly unit: "%" | "points" | "ms" | "MB";
  /** The kinds that must be measured for it. */
  readonly kinds: readonly string[];
  /** The number; NaN where it was not measured. */
  readonly value: (measured: Measured) => number;
}

/** The accuracy, speed and memory that the library promises. */
export const GOALS: readonly Goal[] = [
  {
    name: "accuracy lost by enlarging MNIST to 200×200",
    limit: { atMost: 0.1 },
    unit: "points",
    kinds: ["plain", "plain-png"],
    value: (measured) => rightOf(measured, "plain") - rightOf(measured, "plain-png"),
  },
  right("mixed", "mixed degradations", 98),
  right("one-pixel", "drawings of one-pixel lines", 97),
  right("marker", "drawings with a thick marker", 97),
  right("separated", "strings of separate digits, without a mistake", 97),
  right("touching", "strings of touching digits, without a mistake", 85),
  accepted(["fashion", "fashion-enlarged"], "clothing"),
  accepted(["static"], "noise"),
  accepted(["blank"], "blank pictures"),
  {
    name: "MNIST accepted as digits",
    limit: { atLeast: 99 },
    unit: "%",
    kinds: ["plain"],
    value: (measured) => 100 - 100 * noneOf(measured, ["plain"]),
  },
  {
    name: "time of an answer to a drawing on a canvas of 280×280",
    limit: { atMost: 0.5 },
    unit: "ms",
    kinds: ["canvas"],
    value: ({ canvas = NaN }) => canvas,
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

/** A goal with its measured value. */
interface GoalResult {
  readonly name: string;
  /** The measured number; NaN where it was not measured. */
  readonly value: number;
  /** The limit in words. */
  readonly wanted: string;
  readonly unit: Goal["unit"];
  readonly isMet: boolean;
}

/**
 * Checks the goals.
 *
 * @param kinds The kinds that were asked for: goals that need others are left out.
 * @returns The goals in their order; what was not measured is not met.
 */
export function checkGoals(measured: Measured, kinds: readonly string[]): GoalResult[] {
  return GOALS.filter((goal) => goal.kinds.every((kind) => kinds.includes(kind)))
    .map(({ name, limit, unit, value: valueOf }) => {
      const value = valueOf(measured);
      const [isMet, wanted] = "atLeast" in limit
        ? [value >= limit.atLeast, `at least ${limit.atLeast}`]
        : [value <= limit.atMost, `at most ${limit.atMost}`];
      return { name, value, wanted, unit, isMet };
    });
}

function right(kind: string, name: string, atLeast: number): Goal {
  const value = (measured: Measured): number => rightOf(measured, kind);
  return { name, limit: { atLeast }, unit: "%", kinds: [kind], value };
}

/** At most 5 % of pictures without a digit may be accepted. */
function accepted(kinds: readonly string[], name: string): Goal {
  const value = (measured: Measured): number => 100 - 100 * noneOf(measured, kinds);
  return { name: `${name} accepted as digits`, limit: { atMost: 5 }, unit: "%", kinds, value };
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

/** Formats goals, one a line. */
export function goalList(results: readonly GoalResult[]): string {
  return results
    .map(({ name, value, wanted, unit, isMet }) => {
      const was = Number.isNaN(value) ? "not measured" : `${value.toFixed(2)} ${unit}`;
      return `${isMet ? "met   " : "missed"}  ${name}: ${was}, the goal is ${wanted} ${unit}`;
    })
    .join("\n");
}

/** Formats the accuracy on each kind as a table, one row a kind. */
export function resultTable(results: readonly KindResult[]): string {
  const head = ["kind", "pictures", "right", "95 % interval", "read none", "ms"];
  const rows = results.map(({ kind, count, share, interval, none, milliseconds }) => [
    kind,
    count.toLocaleString("en-US"),
    percent(share),
    interval.map((bound) => (bound * 100).toFixed(2)).join(" to "),
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
  const sections = results.map((result) => section(result, mistakes.get(result.kind) ?? []));
  return `<!doctype html>\n${
    html`
      <html lang="en">
        <head>
          <meta charset="utf-8">
          <title>Misread pictures</title>
          <style>
          body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; background: #888; }
          ul { display: flex; flex-wrap: wrap; gap: 12px; padding: 0; list-style: none; }
          li { text-align: center; }
          img { display: block; height: 160px; min-width: 1em; image-rendering: auto; }
          </style>
        </head>
        <body>${sections}</body>
      </html>
    `.text
  }\n`;
}

function section({ kind, count, right }: KindResult, mistakes: readonly Mistake[]): Html {
  const wrong = count - right;
  const items = mistakes.map(({ trial, answer, number }) =>
    html`
      <li>
        <img src="${pictureUrl(trial.picture)}" alt="">${trial.text || "nothing"}, read as ${answer
          .text || "nothing"} (${percent(answer.confidence)}), number ${number}
      </li>
    `
  );
  return html`
    <h2>${kind}: ${wrong} of ${count} wrong</h2>
    <ul>${items}</ul>
  `;
}

function pictureUrl({ data, width, height }: RgbaPicture): string {
  return `data:image/png;base64,${
    toBase64(encode({ width, height, data, channels: 4, depth: 8 }))
  }`;
}
