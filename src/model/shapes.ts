import type { Architecture, Shape } from "./architecture.ts";
import { LeNetError } from "./error.ts";
import { ACTIVATIONS, type Layer } from "./layer.ts";

/** A layer together with the shapes of what goes in and what comes out. */
export interface Stage {
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
}

/**
 * Follows an input through every layer.
 *
 * @param architecture The network.
 * @returns One stage for each layer, in order.
 * @throws {LeNetError} `architecture/invalid` when the layers do not fit each other, the input or the classes.
 */
export function inferShapes(architecture: Architecture): Stage[] {
  const { name, input, layers, classes } = architecture;
  const fail = (problem: string): never => {
    throw new LeNetError("architecture/invalid", `Cannot build the network ${name}: ${problem}`);
  };
  if (input.length !== 3) {
    fail(`its input has shape [${input}], expected [channels, height, width]`);
  }
  for (const size of input) if (!isPositive(size)) fail(`its input has shape [${input}]`);

  const names = new Set<string>();
  const stages: Stage[] = [];
  let shape: Shape = input;
  for (const [index, layer] of layers.entries()) {
    const where = `layer ${index + 1} (${layer.kind})`;
    if ("name" in layer) {
      if (names.has(layer.name)) fail(`${where} has the name ${layer.name}, which is taken`);
      names.add(layer.name);
    }
    const output = outputShape(layer, shape, (problem) => fail(`${where} ${problem}`));
    stages.push({ layer, input: shape, output });
    shape = output;
  }
  if (shape.length !== 1 || shape[0] !== classes) {
    fail(`its last layer gives [${shape}], expected [${classes}], one logit for each class`);
  }
  return stages;
}

function outputShape(layer: Layer, input: Shape, fail: (problem: string) => never): Shape {
  switch (layer.kind) {
    case "conv": {
      if (input.length !== 3) return fail(`needs an image, found [${input}]`);
      const { filters, kernel, padding, connections } = layer;
      if (!isPositive(filters)) fail(`has ${filters} filters, expected a whole number from 1`);
      if (!isPositive(kernel)) fail(`has a kernel of ${kernel}, expected a whole number from 1`);
      if (!isPositive(padding + 1)) {
        fail(`has a padding of ${padding}, expected a whole number from 0`);
      }
      const [, height, width] = input;
      const grown = 2 * padding - kernel + 1;
      if (height + grown < 1 || width + grown < 1) {
        fail(`has a ${kernel}×${kernel} kernel with padding ${padding}, too large for [${input}]`);
      }
      if (connections !== undefined) checkConnections(connections, filters, input[0], fail);
      return [filters, height + grown, width + grown];
    }
    case "pool":
    case "subsample": {
      if (input.length !== 3) return fail(`needs an image, found [${input}]`);
      const [channels, height, width] = input;
      if (height < 2 || width < 2) fail(`needs at least 2×2 pixels, found [${input}]`);
      return [channels, Math.floor(height / 2), Math.floor(width / 2)];
    }
    case "batch-norm":
      return input;
    case "dropout":
      if (!(layer.rate >= 0 && layer.rate < 1)) {
        fail(`has a rate of ${layer.rate}, expected a number from 0 to below 1`);
      }
      return input;
    case "activation":
      if (!ACTIVATIONS.includes(layer.activation)) {
        fail(`has the function ${layer.activation}, expected one of ${ACTIVATIONS.join(", ")}`);
      }
      return input;
    case "flatten":
      return [sizeOf(input)];
    case "dense":
      if (input.length !== 1) return fail(`needs a flat input, found [${input}]`);
      if (!isPositive(layer.units)) {
        fail(`has ${layer.units} units, expected a whole number from 1`);
      }
      return [layer.units];
    case "rbf":
      for (const [index, code] of layer.codes.entries()) {
        if (code.length !== input[0] || !/^[#.]*$/.test(code)) {
          fail(`has the code "${code}" for class ${index}, expected ${input[0]} times # or .`);
        }
      }
      return input.length === 3 ? [layer.codes.length, input[1], input[2]] : [layer.codes.length];
    default:
      return fail(`has the kind ${(layer as Layer).kind}, which is unknown`);
  }
}

function checkConnections(
  connections: readonly (readonly number[])[],
  filters: number,
  channels: number,
  fail: (problem: string) => never,
): void {
  if (connections.length !== filters) {
    fail(`has connections for ${connections.length} filters, expected ${filters}`);
  }
  for (const [filter, seen] of connections.entries()) {
    const rising = seen.every((channel, index) =>
      Number.isInteger(channel) && channel < channels && channel > (seen[index - 1] ?? -1)
    );
    if (seen.length === 0 || !rising) {
      fail(
        `connects filter ${filter} to the channels [${seen}], expected at least one of 0 to ${
          channels - 1
        }, rising`,
      );
    }
  }
}

/** The number of values in a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

function isPositive(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
