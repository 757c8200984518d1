import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { Tensor4D, TensorInfo } from "@tensorflow/tfjs-core";
import type { Tfjs, TfjsBackend } from "./load.ts";

/**
 * The gradient of 2×2 max pooling: all of it goes to the first maximum of a block, row by row, as in PyTorch. (The
 * kernels of tfjs give it to every maximum, and flat regions of an image are full of equal ones.)
 *
 * @param tf tfjs-core.
 * @param backend The active backend.
 * @param x What went into the pooling, [count, height, width, channels].
 * @param y What came out.
 * @param dy The gradient of what came out.
 * @returns The gradient of what went in.
 */
export function maxPoolGradient(
  tf: Tfjs,
  backend: TfjsBackend,
  x: Tensor4D,
  y: Tensor4D,
  dy: Tensor4D,
): Tensor4D {
  // Here a plain loop over the backend's memory takes a third of the time of the operations below.
  if (backend === "wasm") return maxPoolGradientInPlace(tf, x, dy);
  const [count, height, width, channels] = x.shape;
  const [, outHeight, outWidth] = y.shape;
  const even = tf.slice(x, [0, 0, 0, 0], [count, 2 * outHeight, 2 * outWidth, channels]);
  const rows = tf.reshape(even, [count * outHeight, 2, outWidth, 2 * channels]);
  const maxima: Tensor4D = tf.reshape(y, [count * outHeight, 1, outWidth, channels]);
  const gradient = tf.reshape(dy, maxima.shape);
  let unclaimed: Tensor4D = tf.ones(maxima.shape);
  const corners = [[0, 0], [0, channels], [1, 0], [1, channels]].map(([row, channel]) => {
    const corner = tf.slice(rows, [0, row, 0, channel], maxima.shape);
    const claimed: Tensor4D = tf.mul(tf.cast(tf.equal(corner, maxima), "float32"), unclaimed);
    unclaimed = tf.sub(unclaimed, claimed);
    return tf.mul(gradient, claimed) as Tensor4D;
  });
  return fromCorners(tf, corners, [height, width], y.shape);
}

/**
 * The gradient of 2×2 average pooling: a quarter of it goes to each pixel of a block.
 *
 * @param tf tfjs-core.
 * @param _backend The active backend; all take the same way.
 * @param x What went into the pooling, [count, height, width, channels].
 * @param y What came out.
 * @param dy The gradient of what came out.
 * @returns The gradient of what went in.
 */
export function averagePoolGradient(
  tf: Tfjs,
  _backend: TfjsBackend,
  x: Tensor4D,
  y: Tensor4D,
  dy: Tensor4D,
): Tensor4D {
  const [count, outHeight, outWidth, channels] = y.shape;
  const quarter: Tensor4D = tf.reshape(tf.mul(dy, 0.25), [
    count * outHeight,
    1,
    outWidth,
    channels,
  ]);
  const [, height, width] = x.shape;
  return fromCorners(tf, [quarter, quarter, quarter, quarter], [height, width], y.shape);
}

/** Puts the four pixels of every block in their places. */
function fromCorners(
  tf: Tfjs,
  [topLeft, topRight, bottomLeft, bottomRight]: readonly Tensor4D[],
  [height, width]: readonly [number, number],
  [count, outHeight, outWidth, channels]: readonly number[],
): Tensor4D {
  const top = tf.concat([topLeft, topRight], 3);
  const bottom = tf.concat([bottomLeft, bottomRight], 3);
  const even = tf.reshape(tf.concat([top, bottom], 1), [
    count,
    2 * outHeight,
    2 * outWidth,
    channels,
  ]);
  // An odd last row or column was dropped, so it has no gradient.
  return tf.pad(even, [
    [0, 0],
    [0, height - 2 * outHeight],
    [0, width - 2 * outWidth],
    [0, 0],
  ]) as Tensor4D;
}

function maxPoolGradientInPlace(tf: Tfjs, x: Tensor4D, dy: Tensor4D): Tensor4D {
  const wasm = tf.backend() as unknown as BackendWasm;
  const output = wasm.makeOutput(x.shape, "float32");
  // Views of the memory are taken once all of it is there: they end when it grows.
  const view = (tensor: TensorInfo): Float32Array =>
    wasm.typedArrayFromHeap(tensor) as Float32Array;
  spreadToMaxima(view(x), view(dy), view(output), x.shape);
  return tf.engine().makeTensorFromTensorInfo(output) as Tensor4D;
}

function spreadToMaxima(
  x: Float32Array,
  dy: Float32Array,
  dx: Float32Array,
  [count, height, width, channels]: readonly number[],
): void {
  dx.fill(0);
  const row = width * channels;
  let out = 0;
  for (let n = 0; n < count; n++) {
    for (let y = 0; y + 1 < height; y += 2) {
      for (let column = 0; column + 1 < width; column += 2) {
        const block = ((n * height + y) * width + column) * channels;
        for (let c = 0; c < channels; c++) {
          const topLeft = block + c;
          const bottomLeft = topLeft + row;
          let maximum = topLeft;
          if (x[topLeft + channels] > x[maximum]) maximum = topLeft + channels;
          if (x[bottomLeft] > x[maximum]) maximum = bottomLeft;
          if (x[bottomLeft + channels] > x[maximum]) maximum = bottomLeft + channels;
          dx[maximum] = dy[out++];
        }
      }
    }
  }
}
