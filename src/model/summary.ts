import type { Architecture, Shape } from "./architecture.ts";
import { stageParameterShapes } from "./parameters.ts";
import { inferShapes, sizeOf, type Stage } from "./shapes.ts";

/** One layer in a {@linkcode Summary}. */
export interface SummaryRow {
  /** What the layer is, such as `conv1: 6 @ 5×5, padding 2`. */
  readonly layer: string;
  /** The shape of what it gives. */
  readonly output: Shape;
  /** How many numbers it learns. */
  readonly parameters: number;
  /** How many multiply-adds one input costs, biases not counted. */
  readonly multiplyAdds: number;
}

/** A network at a glance, layer by layer. */
export interface Summary {
  /** The name of the network. */
  readonly name: string;
  /** The shape of one input. */
  readonly input: Shape;
  /** One row for each layer, in order. */
  readonly rows: readonly SummaryRow[];
  /** All that the network learns. */
  readonly parameters: number;
  /** What one input costs. */
  readonly multiplyAdds: number;
}

/**
 * Counts parameters and multiply-adds of every layer.
 *
 * @param architecture The network.
 * @returns The counts as plain data; {@linkcode formatSummary} prints them.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit.
 */
export function summarize(architecture: Architecture): Summary {
  const rows = inferShapes(architecture).map((stage): SummaryRow => ({
    layer: describe(stage),
    output: stage.output,
    parameters: total(stageParameterShapes(stage).map(([, shape]) => sizeOf(shape))),
    multiplyAdds: multiplyAdds(stage),
  }));
  return {
    name: architecture.name,
    input: architecture.input,
    rows,
    parameters: total(rows.map((row) => row.parameters)),
    multiplyAdds: total(rows.map((row) => row.multiplyAdds)),
  };
}

/**
 * A summary as a table for people.
 *
 * @param summary What {@linkcode summarize} gave.
 * @returns Lines of text, without a newline at the end.
 */
export function formatSummary(summary: Summary): string {
  const number = (value: number): string => value.toLocaleString("en-US");
  const table = [
    ["layer", "output", "parameters", "multiply-adds"],
    ["input", summary.input.join("×"), "", ""],
    ...summary.rows.map((row) => [
      row.layer,
      row.output.join("×"),
      number(row.parameters),
      number(row.multiplyAdds),
    ]),
    [`${summary.name}, total`, "", number(summary.parameters), number(summary.multiplyAdds)],
  ];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const lines = table.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
    ).join("  ")
  );
  const rule = "─".repeat(lines[0].length);
  return [lines[0], rule, ...lines.slice(1, -1), rule, lines[lines.length - 1]].join("\n");
}

function describe({ layer }: Stage): string {
  switch (layer.kind) {
    case "conv":
      return `${layer.name}: ${layer.filters} @ ${layer.kernel}×${layer.kernel}` +
        (layer.padding > 0 ? `, padding ${layer.padding}` : "");
    case "pool":
      return `${layer.mode} pool 2×2`;
    case "activation":
      return layer.activation;
    case "flatten":
      return "flatten";
    case "dense":
      return `${layer.name}: dense ${layer.units}`;
  }
}

function multiplyAdds({ layer, input, output }: Stage): number {
  switch (layer.kind) {
    case "conv":
      return sizeOf(output) * input[0] * layer.kernel ** 2;
    case "dense":
      return input[0] * layer.units;
    default:
      return 0;
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
