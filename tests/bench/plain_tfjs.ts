/**
 * LeNet-5 as one would write it in plain tfjs on its WASM backend: fused operations forward, the kernels that tfjs'
 * own gradients call backward, and for the one that the backend lacks, the filter's gradient, the quickest
 * composition known. What the library is measured against.
 *
 * @module
 */

import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";

type Tensors = Record<string, tf.Variable>;

/** A network in plain tfjs. */
export interface PlainLeNet {
  /** Logits of `count` images of 28×28. */
  logits(images: Float32Array, count: number): Float32Array;
  /** One step of Adam; gives the mean loss. */
  step(images: Float32Array, labels: Uint8Array): number;
}

/** Makes one with random weights. */
export async function plainLeNet(): Promise<PlainLeNet> {
  tf.env().set("PROD", true);
  await tf.setBackend("wasm");
  const weights: Tensors = {};
  const add = (name: string, shape: number[], inputs: number): void => {
    weights[name] = tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / inputs)), true, name);
    const bias = `${name}Bias`;
    weights[bias] = tf.variable(tf.zeros([shape[shape.length - 1]]), true, bias);
  };
  add("conv1", [5, 5, 1, 6], 25);
  add("conv2", [5, 5, 6, 16], 150);
  add("fc1", [400, 120], 400);
  add("fc2", [120, 84], 120);
  add("fc3", [84, 10], 84);
  const optimizer = tf.train.adam(1e-3);
  return {
    logits(images, count) {
      const logits = tf.tidy(() =>
        forward(weights, tf.tensor4d(images, [count, 28, 28, 1])).logits
      );
      const values = logits.dataSync() as Float32Array;
      logits.dispose();
      return values;
    },
    step(images, labels) {
      const { loss, ...gradients } = tf.tidy(() => backward(weights, images, labels));
      optimizer.applyGradients(gradients);
      tf.dispose(gradients);
      const [value] = loss.dataSync();
      loss.dispose();
      return value;
    },
  };
}

function forward(w: Tensors, x: tf.Tensor4D) {
  const conv = (x: tf.Tensor4D, name: string, pad: number): tf.Tensor4D =>
    tf.fused.conv2d({
      x,
      filter: w[name] as unknown as tf.Tensor4D,
      strides: 1,
      pad,
      bias: w[`${name}Bias`],
      activation: "relu",
    });
  const dense = (a: tf.Tensor2D, name: string, activation: "relu" | "linear"): tf.Tensor2D =>
    tf.fused.matMul({ a, b: w[name], bias: w[`${name}Bias`], activation }) as tf.Tensor2D;
  const a1 = conv(x, "conv1", 2);
  const p1 = tf.maxPool(a1, 2, 2, "valid");
  const a2 = conv(p1, "conv2", 0);
  const p2 = tf.maxPool(a2, 2, 2, "valid");
  const flat: tf.Tensor2D = tf.reshape(p2, [x.shape[0], 400]);
  const h1 = dense(flat, "fc1", "relu");
  const h2 = dense(h1, "fc2", "relu");
  return { a1, p1, a2, p2, flat, h1, h2, logits: dense(h2, "fc3", "linear") };
}

function backward(w: Tensors, images: Float32Array, labels: Uint8Array) {
  const count = labels.length;
  const x = tf.tensor4d(images, [count, 28, 28, 1]);
  const { a1, p1, a2, p2, flat, h1, h2, logits } = forward(w, x);
  const target = tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(labels), "int32"), 10), "float32");
  const logProbabilities = tf.logSoftmax(logits);
  const loss = tf.neg(tf.mean(tf.sum(tf.mul(logProbabilities, target), 1))) as tf.Scalar;
  const gradients: Record<string, tf.Tensor> = {};

  const dense = (name: string, x: tf.Tensor2D, dy: tf.Tensor2D): tf.Tensor2D => {
    gradients[name] = tf.matMul(x, dy, true, false);
    gradients[`${name}Bias`] = tf.sum(dy, 0);
    return tf.matMul(dy, w[name] as unknown as tf.Tensor2D, false, true);
  };
  const relu = <T extends tf.Tensor>(y: T, dy: T): T => tf.mul(dy, tf.step(y));
  const unpool = (input: tf.Tensor4D, output: tf.Tensor4D, dy: tf.Tensor4D): tf.Tensor4D =>
    tf.engine().runKernel(
      "MaxPoolGrad",
      { dy, input, output } as unknown as tf.NamedTensorMap,
      { filterSize: 2, strides: 2, pad: "valid" } as unknown as tf.NamedAttrMap,
    ) as tf.Tensor4D;
  const conv = (name: string, x: tf.Tensor4D, dy: tf.Tensor4D, pad: number): void => {
    const filter: tf.Tensor4D = tf.transpose(dy, [1, 2, 0, 3]);
    const gradient = tf.conv2d(tf.transpose(x, [3, 1, 2, 0]) as tf.Tensor4D, filter, 1, pad);
    gradients[name] = tf.transpose(gradient, [1, 2, 0, 3]);
    gradients[`${name}Bias`] = tf.sum(dy, [0, 1, 2]);
  };

  const dLogits: tf.Tensor2D = tf.div(tf.sub(tf.exp(logProbabilities), target), count);
  const dH2 = relu(h2, dense("fc3", h2, dLogits));
  const dH1 = relu(h1, dense("fc2", h1, dH2));
  const dFlat = dense("fc1", flat, dH1);
  const dA2 = relu(a2, unpool(a2, p2, tf.reshape(dFlat, p2.shape)));
  conv("conv2", p1, dA2, 0);
  const dP1 = tf.engine().runKernel(
    "Conv2DBackpropInput",
    { dy: dA2, filter: w.conv2 } as unknown as tf.NamedTensorMap,
    { strides: 1, pad: 0, dataFormat: "NHWC", inputShape: p1.shape } as unknown as tf.NamedAttrMap,
  ) as tf.Tensor4D;
  conv("conv1", x, relu(a1, unpool(a1, p1, dP1)), 2);
  return { loss, ...gradients };
}
