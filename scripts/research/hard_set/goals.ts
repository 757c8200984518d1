import { encode } from "fast-png";
import type { KindResult, Mistake } from "./measure.ts";
import type { PhotoCost } from "./photo_cost.ts";
import type { RgbaPicture } from "./pictures/picture.ts";
import { alignColumns, type Html, html, percent } from "../../../src/watch/html.ts";
import { toBase64 } from "../../../src/weights/model_file.ts";

/** What the goals look at; what was not measured is missing. */
export interface Measured {
  /** What each kind of picture came to. */
  readonly results: readonly KindResult[];
  /** The median time of an answer to a drawing, in milliseconds. */
  readonly canvas?: number | undefined;
  /** What a large photo costs. */
  readonly photo?: PhotoCost | undefined;
}

/** A number that must be at least, or at most, so much. */
interface Goal {
  readonly name: string;
  readonly limit: { readonly atLeast: number } | { readonly atMost: number };
  readonly unit: "%" | "points" | "ms" | "MB";
  /** The kinds that it takes. */
  readonly kinds: readonly string[];
  /** The number; NaN when it was not measured. */
  readonly value: (measured: Measured) => number;
}

/** What the library is held to. */
export const GOALS: readonly Goal[] = [
  {
    name: "MNIST enlarged to 200×200: what is lost against MNIST as it is",
    limit: { atMost: 0.1 },
    unit: "points",
    kinds: ["plain", "plain-png"],
    value: (measured) => rightOf(measured, "plain") - rightOf(measured, "plain-png"),
  },
  right("mixed", "all kinds of damage mixed", 98),
  right("one-pixel", "drawings one pixel wide", 97),
  right("marker", "drawings with a thick marker", 97),
  right("separated", "strings of separate digits, read whole", 97),
  right("touching", "strings of touching digits, read whole", 85),
  accepted(["fashion", "fashion-enlarged"], "clothing"),
  accepted(["static"], "noise"),
  accepted(["blank"], "blank pictures"),
  {
    name: "MNIST taken for digits",
    limit: { atLeast: 99 },
    unit: "%",
    kinds: ["plain"],
    value: (measured) => 100 - 100 * noneOf(measured, ["plain"]),
  },
  {
    name: "the answer to a drawing on a canvas of 280×280",
    limit: { atMost: 0.5 },
    unit: "ms",
    kinds: ["canvas"],
    value: ({ canvas = NaN }) => canvas,
  },
  {
    name: "the answer to a photo of 12 megapixels, decoded",
    limit: { atMost: 150 },
    unit: "ms",
    kinds: ["photo"],
    value: ({ photo }) => photo?.milliseconds ?? NaN,
  },
  {
    name: "memory for a photo of 12 megapixels, decoding included",
    limit: { atMost: 200 },
    unit: "MB",
    kinds: ["photo"],
    value: ({ photo }) => photo?.decodingMegabytes ?? NaN,
  },
];

/** A goal, and what was measured of it. */
interface GoalResult {
  readonly name: string;
  /** The number; NaN when it was not measured. */
  readonly value: number;
  /** What it should be, for people. */
  readonly wanted: string;
  readonly unit: Goal["unit"];
  readonly isMet: boolean;
}

/**
 * Holds what was measured to the goals.
 *
 * @param measured What was measured.
 * @param kinds What was asked for: goals that take anything else are left out.
 * @returns Each goal; one that could not be measured is not met.
 */
export function judge(measured: Measured, kinds: readonly string[]): GoalResult[] {
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

/** At most one in twenty pictures without a digit may be taken for one. */
function accepted(kinds: readonly string[], name: string): Goal {
  const value = (measured: Measured): number => 100 - 100 * noneOf(measured, kinds);
  return { name: `${name} taken for digits`, limit: { atMost: 5 }, unit: "%", kinds, value };
}

/** How many pictures of a kind are answered as they should be, in percent. */
function rightOf({ results }: Measured, kind: string): number {
  return 100 * (results.find((result) => result.kind === kind)?.share ?? NaN);
}

/** In which share of the pictures of some kinds nothing is read. */
function noneOf({ results }: Measured, kinds: readonly string[]): number {
  const found = kinds.map((kind) => results.find((result) => result.kind === kind));
  const sum = (of: "none" | "count"): number =>
    found.reduce((total, result) => total + (result?.[of] ?? NaN), 0);
  return sum("none") / sum("count");
}

/**
 * What became of the goals, for people.
 *
 * @param results Each goal.
 * @returns A line for each.
 */
export function goalList(results: readonly GoalResult[]): string {
  return results
    .map(({ name, value, wanted, unit, isMet }) => {
      const was = Number.isNaN(value) ? "not measured" : `${value.toFixed(2)} ${unit}`;
      return `${isMet ? "met   " : "missed"}  ${name}: ${was}, the goal is ${wanted} ${unit}`;
    })
    .join("\n");
}

/**
 * What kinds of pictures came to, for people.
 *
 * @param results What each came to.
 * @returns A table, a line for each.
 */
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

/**
 * A page of the pictures that were read wrongly, kind by kind, in one file.
 *
 * @param results What each kind came to.
 * @param mistakes Wrong answers of each kind.
 * @returns The text of an HTML file.
 */
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
          <title>Pictures read wrongly</title>
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
