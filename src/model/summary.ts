import {
  type Architecture,
  inferShapes,
  type Shape,
  stageNames,
  stageParameters,
} from "./architecture.ts";
import { connectedSize, kindOf, PARAMETER_PARTS } from "./layers.ts";

/** One layer in a {@linkcode Summary}, with the activation, dropout and flattening that follow it. */
export interface SummaryRow {
  /** The name of the layer, such as `conv1`. */
  readonly layer: string;
  /** A description, such as `5×5 convolution, padding 2, relu`. */
  readonly what: string;
  /** The shape of its output. */
  readonly output: Shape;
  /** Number of trainable parameters. */
  readonly parameters: number;
  /** Multiply-adds for one input, without biases. */
  readonly multiplyAdds: number;
  /** Number of summands in all its sums, with biases, as in LeCun et al., 1998. */
  readonly connections: number;
}

/** The layers of a network with their parameters and cost. */
export interface Summary {
  /** The name of the network. */
  readonly name: string;
  /** The shape of one input. */
  readonly input: Shape;
  /** One row for each layer, in order; activations, dropout and flattening are part of the row before them. */
  readonly rows: readonly SummaryRow[];
  /** Trainable parameters in total. */
  readonly parameters: number;
  /** Multiply-adds for one input in total. */
  readonly multiplyAdds: number;
  /** Summands in total. */
  readonly connections: number;
}

/**
 * Counts parameters, multiply-adds and connections of every layer.
 *
 * @param architecture The network.
 * @returns The counts as plain data; {@linkcode formatSummary} prints them.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit.
 */
export function summarize(architecture: Architecture): Summary {
  const names = stageNames(architecture.layers);
  const rows: SummaryRow[] = [];
  for (const [index, stage] of inferShapes(architecture).entries()) {
    const { layer, input, output } = stage;
    const kind = kindOf(layer);
    const what = kind.describe(layer);
    if (what === "") continue;
    const before = rows.at(-1);
    if (before !== undefined && kind.isSummarizedBefore) {
      rows[rows.length - 1] = { ...before, what: `${before.what}, ${what}` };
      continue;
    }
    const needed = stageParameters(stage).map(([, parameter]) => parameter);
    const trainable = needed.filter(({ part }) => PARAMETER_PARTS[part].isTrainable);
    rows.push({
      layer: names[index],
      what,
      output,
      parameters: total(trainable.map(connectedSize)),
      ...kind.cost(input, output, needed),
    });
  }
  return {
    name: architecture.name,
    input: architecture.input,
    rows,
    parameters: total(rows.map((row) => row.parameters)),
    multiplyAdds: total(rows.map((row) => row.multiplyAdds)),
    connections: total(rows.map((row) => row.connections)),
  };
}

/**
 * Formats a summary as a table.
 *
 * @param summary The result of {@linkcode summarize}.
 * @returns Lines of text, without a newline at the end.
 */
export function formatSummary(summary: Summary): string {
  const number = (value: number): string => value.toLocaleString("en-US");
  const counts = ({ parameters, multiplyAdds, connections }: Summary | SummaryRow): string[] =>
    [parameters, multiplyAdds, connections].map(number);
  const table = [
    ["layer", "what", "output", "parameters", "multiply-adds", "connections"],
    ["input", "", formatShape(summary.input), "", "", ""],
    ...summary.rows.map((
      row,
    ) => [row.layer, row.what, formatShape(row.output), ...counts(row)]),
    [summary.name, "total", "", ...counts(summary)],
  ];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const lines = table.map((row) =>
    row.map((cell, column) =>
      column < TEXT_COLUMNS ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
    ).join("  ")
  );
  const rule = "─".repeat(lines[0].length);
  return [lines[0], rule, ...lines.slice(1, -1), rule, lines[lines.length - 1]].join("\n");
}

/** The first columns hold text and are aligned left; the others hold numbers and are aligned right. */
const TEXT_COLUMNS = 3;

/** Formats a shape: an image as `6 @ 28×28`, a row of units as `120`. */
export function formatShape(shape: Shape): string {
  return shape.length === 3 ? `${shape[0]} @ ${shape[1]}×${shape[2]}` : String(shape[0]);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
