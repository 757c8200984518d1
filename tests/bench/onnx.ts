import type { ActivationName, Architecture, Layer } from "../../src/model/architecture.ts";
import type { Parameters } from "../../src/model/parameters.ts";
import { bytes, concat, integer, message, text } from "./protobuf.ts";

/** The versions of the format and of the operators that are written: those of ONNX 1.8. */
const IR_VERSION = 7;

const OPSET = 13;

/** ONNX's numbers for the types that occur here. */
const FLOAT_TENSOR = 1;

const INT_ATTRIBUTE = 2;

const INTS_ATTRIBUTE = 7;

/** The names of the model's one input and one output. */
export const ONNX_INPUT = "images";

export const ONNX_OUTPUT = "logits";

const ACTIVATIONS: Readonly<Partial<Record<ActivationName, string>>> = {
  relu: "Relu",
  sigmoid: "Sigmoid",
  tanh: "Tanh",
};

/**
 * A network of convolutions, pooling and dense layers as an ONNX model, for other runtimes to run. Field numbers are those of onnx.proto.
 *
 * @param architecture The network.
 * @param parameters Its weights.
 * @returns The bytes of the file. Its input is `images` [count, channels, height, width], its output `logits`
 * [count, classes], for any count.
 */
export function onnxModel(
  architecture: Architecture,
  parameters: Parameters,
): Uint8Array<ArrayBuffer> {
  const { name, input, layers, classes } = architecture;
  const flowBefore = (index: number): string =>
    index === 0 ? ONNX_INPUT : index === layers.length ? ONNX_OUTPUT : `flow${index}`;
  const graph = [
    ...layers.map((layer, index) => node(layer, flowBefore(index), flowBefore(index + 1))),
    text(2, name),
    ...[...parameters].map(([name, { shape, data }]) =>
      message(5, [
        ...shape.map((size) => integer(1, size)),
        integer(2, FLOAT_TENSOR),
        text(8, name),
        bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      ])
    ),
    message(11, valueInfo(ONNX_INPUT, input)),
    message(12, valueInfo(ONNX_OUTPUT, [classes])),
  ];
  return concat([
    integer(1, IR_VERSION),
    text(2, "lenet"),
    message(7, graph),
    message(8, [text(1, ""), integer(2, OPSET)]),
  ]);
}

/** A layer as a node of the graph. */
function node(layer: Layer, input: string, output: string): Uint8Array {
  const { operator, attributes } = operation(layer);
  const inputs = "name" in layer ? [input, `${layer.name}.weight`, `${layer.name}.bias`] : [input];
  return message(1, [
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, operator),
    ...Object.entries(attributes).map(([name, value]) => message(5, attribute(name, value))),
  ]);
}

interface Operation {
  readonly operator: string;
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
}

function operation(layer: Layer): Operation {
  switch (layer.kind) {
    case "conv": {
      const { kernel, padding } = layer;
      return {
        operator: "Conv",
        attributes: { kernel_shape: [kernel, kernel], pads: Array(4).fill(padding) },
      };
    }
    case "pool":
      return {
        operator: layer.mode === "max" ? "MaxPool" : "AveragePool",
        attributes: { kernel_shape: [2, 2], strides: [2, 2] },
      };
    case "activation": {
      const operator = ACTIVATIONS[layer.activation];
      if (operator === undefined) {
        throw new TypeError(`ONNX has no one operator for ${layer.activation}`);
      }
      return { operator, attributes: {} };
    }
    case "flatten":
      return { operator: "Flatten", attributes: { axis: 1 } };
    case "dense":
      return { operator: "Gemm", attributes: { transB: 1 } };
    default:
      throw new TypeError(`Only networks of today are compared, and ${layer.kind} is not in them`);
  }
}

function attribute(name: string, value: number | readonly number[]): Uint8Array[] {
  return typeof value === "number"
    ? [text(1, name), integer(3, value), integer(20, INT_ATTRIBUTE)]
    : [text(1, name), ...value.map((item) => integer(8, item)), integer(20, INTS_ATTRIBUTE)];
}

/** Name and shape of what goes in or comes out, after a number of images that is left open. */
function valueInfo(name: string, shape: readonly number[]): Uint8Array[] {
  const dimensions = [
    message(1, [text(2, "count")]),
    ...shape.map((size) => message(1, [integer(1, size)])),
  ];
  return [
    text(1, name),
    message(2, [message(1, [integer(1, FLOAT_TENSOR), message(2, dimensions)])]),
  ];
}
