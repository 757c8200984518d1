import type { Architecture, ImageShape } from "../model/architecture.ts";
import { ACTIVATIONS, type Layer } from "../model/layer.ts";
import { inferShapes, sizeOf } from "../model/shapes.ts";
import {
  anyObject,
  finiteNumber,
  listOf,
  objectOf,
  oneOf,
  text,
  wholeNumber,
} from "./json_value.ts";
import { malformed } from "./malformed.ts";

/** The most values that one layer of a stored network may give: 64 MB of floats. LeNet-5 has 4,704. */
export const MAX_LAYER_VALUES = 2 ** 24;

/**
 * Turns parsed JSON into an architecture, trusting nothing about it.
 *
 * Parameters are as large as the file that holds them, but what lies between layers is not: a few bytes of JSON could
 * ask for a trillion values, so their number is limited.
 *
 * @param value Parsed JSON.
 * @returns The architecture, made anew of known properties alone.
 * @throws {LeNetError} `weights/malformed` naming the first value that is of the wrong type, out of range, missing or
 * unknown, or the layer that gives more than {@linkcode MAX_LAYER_VALUES} values; `architecture/invalid` when the
 * layers do not fit each other.
 */
export function architectureFromJson(value: unknown): Architecture {
  const path = "architecture";
  const { name, input, layers, classes } = objectOf(value, path, [
    "name",
    "input",
    "layers",
    "classes",
  ]);
  const architecture: Architecture = {
    name: text(name, `${path}.name`),
    input: imageShape(input, `${path}.input`),
    layers: listOf(layers, `${path}.layers`, layer),
    classes: wholeNumber(classes, `${path}.classes`, 1),
  };
  checkSizes(architecture);
  return architecture;
}

function imageShape(value: unknown, path: string): ImageShape {
  const [channels, height, width] = listOf(value, path, (size, at) => wholeNumber(size, at, 1), 3);
  return [channels, height, width];
}

function layer(value: unknown, path: string): Layer {
  const kinds = [
    "conv",
    "pool",
    "subsample",
    "batch-norm",
    "dropout",
    "activation",
    "flatten",
    "dense",
    "rbf",
  ] as const;
  const kind = oneOf(anyObject(value, path).kind, `${path}.kind`, kinds);
  switch (kind) {
    case "conv": {
      const keys = ["kind", "name", "filters", "kernel", "padding"];
      const { name, filters, kernel, padding, connections } = objectOf(value, path, keys, [
        "connections",
      ]);
      return {
        kind,
        name: text(name, `${path}.name`),
        filters: wholeNumber(filters, `${path}.filters`, 1),
        kernel: wholeNumber(kernel, `${path}.kernel`, 1),
        padding: wholeNumber(padding, `${path}.padding`, 0),
        ...connections !== undefined && {
          connections: listOf(
            connections,
            `${path}.connections`,
            (seen, at) => listOf(seen, at, (channel, at) => wholeNumber(channel, at, 0)),
          ),
        },
      };
    }
    case "pool": {
      const { mode } = objectOf(value, path, ["kind", "mode"]);
      return { kind, mode: oneOf(mode, `${path}.mode`, ["max", "average"]) };
    }
    case "subsample":
    case "batch-norm": {
      const { name } = objectOf(value, path, ["kind", "name"]);
      return { kind, name: text(name, `${path}.name`) };
    }
    case "dropout": {
      const { rate } = objectOf(value, path, ["kind", "rate"]);
      return { kind, rate: finiteNumber(rate, `${path}.rate`) };
    }
    case "activation": {
      const { activation } = objectOf(value, path, ["kind", "activation"]);
      return { kind, activation: oneOf(activation, `${path}.activation`, ACTIVATIONS) };
    }
    case "flatten":
      objectOf(value, path, ["kind"]);
      return { kind };
    case "dense": {
      const { name, units } = objectOf(value, path, ["kind", "name", "units"]);
      return {
        kind,
        name: text(name, `${path}.name`),
        units: wholeNumber(units, `${path}.units`, 1),
      };
    }
    case "rbf": {
      const { codes } = objectOf(value, path, ["kind", "codes"]);
      return { kind, codes: listOf(codes, `${path}.codes`, text) };
    }
  }
}

function checkSizes(architecture: Architecture): void {
  const shapes = inferShapes(architecture).map(({ output }) => output);
  for (const [index, shape] of [architecture.input, ...shapes].entries()) {
    if (sizeOf(shape) > MAX_LAYER_VALUES) {
      const place = index === 0 ? "the input" : `layer ${index}`;
      throw malformed(
        "use",
        `${place} of ${architecture.name} has [${shape}] values, expected at most ${MAX_LAYER_VALUES}`,
      );
    }
  }
}
