import {
  type Architecture,
  inferShapes,
  type Layer,
  type Shape,
  sizeOf,
  type Stage,
  stageNames,
} from "./architecture.ts";
import { isTrainable, stageParameterShapes } from "./parameters.ts";

/** One layer in a {@linkcode Summary}, with the activation, dropout and flattening that follow it. */
export interface SummaryRow {
  /** The name of the layer, such as `conv1`. */
  readonly layer: string;
  /** What it is, such as `5×5 convolution, padding 2, relu`. */
  readonly what: string;
  /** The shape of what it gives. */
  readonly output: Shape;
  /** How many numbers it learns. */
  readonly parameters: number;
  /** How many multiply-adds one input costs, biases not counted. */
  readonly multiplyAdds: number;
  /** How many values all its sums take together, a bias counted as one, as in LeCun et al., 1998. */
  readonly connections: number;
}

/** A network at a glance, layer by layer. */
export interface Summary {
  /** The name of the network. */
  readonly name: string;
  /** The shape of one input. */
  readonly input: Shape;
  /** One row for each layer that is more than an activation, dropout or flattening, in order. */
  readonly rows: readonly SummaryRow[];
  /** All that the network learns. */
  readonly parameters: number;
  /** What one input costs. */
  readonly multiplyAdds: number;
  /** All values that are summed. */
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
    const what = describe(stage.layer);
    const last = rows[rows.length - 1];
    if (last !== undefined && isTrailing(stage.layer)) {
      if (what !== "") rows[rows.length - 1] = { ...last, what: `${last.what}, ${what}` };
    } else if (stage.layer.kind !== "flatten") {
      rows.push({ layer: names[index], what, output: stage.output, ...count(stage) });
    }
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
 * A summary as a table for people.
 *
 * @param summary What {@linkcode summarize} gave.
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

/** Columns of words stand left, columns of numbers right. */
const TEXT_COLUMNS = 3;

/**
 * A shape for people.
 *
 * @param shape An image or a row of units.
 * @returns Such as `6 @ 28×28`, or `120`.
 */
export function formatShape(shape: Shape): string {
  return shape.length === 3 ? `${shape[0]} @ ${shape[1]}×${shape[2]}` : String(shape[0]);
}

function isTrailing({ kind }: Layer): boolean {
  return kind === "activation" || kind === "dropout" || kind === "flatten";
}

function describe(layer: Layer): string {
  switch (layer.kind) {
    case "conv":
      return `${layer.kernel}×${layer.kernel} convolution` +
        (layer.padding > 0 ? `, padding ${layer.padding}` : "") +
        (layer.connections === undefined ? "" : ", partly connected");
    case "pool":
      return `${layer.mode} pool 2×2`;
    case "subsample":
      return "sum 2×2 × weight + bias";
    case "batch-norm":
      return "batch normalization";
    case "dropout":
      return `dropout ${layer.rate}`;
    case "activation":
      return layer.activation;
    case "flatten":
      return "";
    case "dense":
      return "dense";
    case "rbf":
      return "radial basis functions";
  }
}

function count(stage: Stage): Pick<SummaryRow, "parameters" | "multiplyAdds" | "connections"> {
  const { layer, input, output } = stage;
  const outputs = sizeOf(output);
  const learned = stageParameterShapes(stage).filter(([name]) => isTrainable(name));
  const parameters = total(learned.map(([, shape]) => sizeOf(shape)));
  switch (layer.kind) {
    case "conv": {
      const { filters, kernel, connections } = layer;
      const maps = connections === undefined
        ? filters * input[0]
        : total(connections.map((seen) => seen.length));
      const weights = maps * kernel ** 2;
      const places = outputs / filters;
      return {
        parameters: weights + filters,
        multiplyAdds: weights * places,
        connections: (weights + filters) * places,
      };
    }
    case "dense": {
      const weights = input[0] * outputs;
      return { parameters, multiplyAdds: weights, connections: weights + outputs };
    }
    case "pool":
      return { parameters, multiplyAdds: 0, connections: 4 * outputs };
    case "subsample":
      return { parameters, multiplyAdds: outputs, connections: 5 * outputs };
    case "batch-norm":
      return { parameters, multiplyAdds: outputs, connections: 2 * outputs };
    case "rbf": {
      const differences = input[0] * outputs;
      return { parameters, multiplyAdds: differences, connections: differences };
    }
    default:
      return { parameters, multiplyAdds: 0, connections: 0 };
  }
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
