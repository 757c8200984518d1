import type { Architecture } from "./architecture.ts";

/**
 * LeNet-5 as it is built today: the 1998 network (LeCun et al., "Gradient-Based Learning Applied to Document
 * Recognition") with ReLU, max pooling and a linear output. 61,706 parameters, 416,520 multiply-adds.
 *
 * @returns The architecture: 28×28×1 in, ten logits out.
 */
export function lenet5(): Architecture {
  return {
    name: "lenet5",
    input: [1, 28, 28],
    layers: [
      { kind: "conv", name: "conv1", filters: 6, kernel: 5, padding: 2 },
      { kind: "activation", activation: "relu" },
      { kind: "pool", mode: "max" },
      { kind: "conv", name: "conv2", filters: 16, kernel: 5, padding: 0 },
      { kind: "activation", activation: "relu" },
      { kind: "pool", mode: "max" },
      { kind: "flatten" },
      { kind: "dense", name: "fc1", units: 120 },
      { kind: "activation", activation: "relu" },
      { kind: "dense", name: "fc2", units: 84 },
      { kind: "activation", activation: "relu" },
      { kind: "dense", name: "fc3", units: 10 },
    ],
    classes: 10,
  };
}
