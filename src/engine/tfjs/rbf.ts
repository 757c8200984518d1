import type { Tensor2D } from "@tensorflow/tfjs-core";
import type { RbfLayer } from "../../model/layer.ts";
import type { Flow } from "./forward.ts";
import type { Tfjs } from "./load.ts";

/**
 * Minus the squared distance of rows, or of all places of images, to each code: 2x·c − |x|² − |c|².
 *
 * @param tf tfjs-core.
 * @param layer The codes.
 * @param x What goes in.
 * @returns One value for each code.
 */
export function rbf(tf: Tfjs, layer: RbfLayer, x: Flow): Flow {
  const inputs = x.shape[x.rank - 1];
  const rows: Tensor2D = tf.reshape(x, [-1, inputs]);
  const products = tf.mul(tf.matMul(rows, tf.transpose(codesOf(tf, layer))), 2);
  const squares = tf.add(tf.sum(tf.square(rows), 1, true), inputs);
  const shape = [...x.shape.slice(0, -1), layer.codes.length] as Flow["shape"];
  return tf.reshape(tf.sub(products, squares) as Tensor2D, shape) as Flow;
}

/**
 * The gradient of what went into {@linkcode rbf}: Σ 2(c − x)·dy.
 *
 * @param tf tfjs-core.
 * @param layer The codes.
 * @param x What went in, [count, inputs].
 * @param dy The gradient of what came out, [count, classes].
 * @returns The gradient, [count, inputs].
 */
export function rbfGradient(tf: Tfjs, layer: RbfLayer, x: Tensor2D, dy: Tensor2D): Tensor2D {
  const toCodes = tf.matMul(dy, codesOf(tf, layer));
  return tf.mul(tf.sub(toCodes, tf.mul(x, tf.sum(dy, 1, true))), 2);
}

function codesOf(tf: Tfjs, { codes }: RbfLayer): Tensor2D {
  const signs = codes.flatMap((code) => [...code].map((pixel) => pixel === "#" ? 1 : -1));
  return tf.tensor2d(signs, [codes.length, codes[0].length]);
}
