import type { ConvLayer } from "../../model/architecture.ts";
import { decodeBase64 } from "../wasm/runner.ts";
import type { Weights } from "./forward.ts";
import { KERNELS_BASE64 } from "./kernels.generated.ts";
import type { TfjsBackend } from "./load.ts";
import type { BackendWasm, Tensor1D, Tensor4D, TensorInfo, Tfjs } from "./types.ts";

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
  const wasm = tf.backend() as BackendWasm;
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

/** The gradients of a convolution and the 2×2 max pooling after it. */
interface PooledConvGradient {
  /** The gradient of the weights of the convolution. */
  readonly weights: Weights;
  /** The gradient of what went into it; none where nobody asks for it. */
  readonly dx?: Tensor4D;
}

/** `kernels/index.as`. */
interface Kernels {
  readonly memory: WebAssembly.Memory;
  backward(...args: number[]): void;
}

const PAGE = 65536;

/** Where the arrays of the kernel begin; 0 stands for an array that is not there. */
const BASE = 1024;

let kernels: Kernels | undefined;

/**
 * The gradient of a convolution whose outputs go through 2×2 max pooling, with a ReLU between them or without, on the
 * WASM backend. At most one output in four has any gradient, and fewer with a ReLU; the kernels of tfjs go over all of
 * them and take ten times as long as one that goes over those. As in PyTorch the first maximum of a block, row by row,
 * has all of its gradient.
 *
 * @param tf tfjs-core.
 * @param layer The convolution.
 * @param filter Its weights, [kernel, kernel, channels, filters].
 * @param x What went into it, [count, height, width, channels].
 * @param y What came out, after the ReLU where there is one, [count, outHeight, outWidth, filters].
 * @param dy The gradient of what came out of the pooling, [count, ⌊outHeight / 2⌋, ⌊outWidth / 2⌋, filters].
 * @param options `isRectified`: whether there is a ReLU; `wantsInput`: whether `dx` is asked for.
 * @returns The gradients.
 */
export function pooledConvGradient(
  tf: Tfjs,
  { kernel, padding }: ConvLayer,
  filter: Tensor4D,
  x: Tensor4D,
  y: Tensor4D,
  dy: Tensor4D,
  { isRectified, wantsInput }: { isRectified: boolean; wantsInput: boolean },
): PooledConvGradient {
  const [count, height, width, channels] = x.shape;
  const [, outHeight, outWidth, filters] = y.shape;
  const rowVectors = Math.ceil(kernel * channels / 4);
  const rowLength = 4 * rowVectors;
  const xRow = (width + 2 * padding) * channels;
  const xImage = (height + 2 * padding) * xRow;
  const filterSize = kernel * rowLength;

  // A row of the last pixels may be read, and nothing added to it, up to three numbers beyond the end.
  const xSize = count * xImage + 4;
  const arrays = layOut({
    x: xSize,
    y: y.size,
    dy: dy.size,
    rows: filters * filterSize,
    rowsGradient: filters * filterSize,
    biasGradient: filters,
    dx: wantsInput ? xSize : 0,
  });

  const wasm = tf.backend() as BackendWasm;
  const weight = wasm.makeOutput(filter.shape, "float32");
  const bias = wasm.makeOutput([filters], "float32");
  const input = wantsInput ? wasm.makeOutput(x.shape, "float32") : undefined;
  // Views of the memory are taken once all of it is there: they end when it grows.
  const view = (tensor: TensorInfo): Float32Array =>
    wasm.typedArrayFromHeap(tensor) as Float32Array;

  if (padding > 0) arrays.x.fill(0);
  copyInner(view(x), arrays.x, { count, height, row: width * channels, padding, channels }, true);
  arrays.y.set(view(y));
  arrays.dy.set(view(dy));
  arrays.rows.fill(0);
  const filterView = view(filter);
  const places = placesOfWeights(kernel, channels, filters, rowLength);
  for (let i = 0; i < places.length; i++) arrays.rows[places[i]] = filterView[i];
  for (const sum of [arrays.rowsGradient, arrays.biasGradient, arrays.dx]) sum.fill(0);

  compiled().backward(
    count,
    arrays.x.byteOffset,
    4 * xRow,
    4 * xImage,
    arrays.y.byteOffset,
    outHeight,
    outWidth,
    filters,
    channels,
    kernel,
    rowVectors,
    isRectified ? 0 : -Infinity,
    arrays.dy.byteOffset,
    arrays.rows.byteOffset,
    arrays.rowsGradient.byteOffset,
    arrays.biasGradient.byteOffset,
    wantsInput ? arrays.dx.byteOffset : 0,
  );

  view(weight).set(Float32Array.from(places, (place) => arrays.rowsGradient[place]));
  view(bias).set(arrays.biasGradient);
  const tensor = (info: TensorInfo) => tf.engine().makeTensorFromTensorInfo(info);
  const weights = { weight: tensor(weight) as Tensor4D, bias: tensor(bias) as Tensor1D };
  if (input === undefined) return { weights };
  copyInner(
    view(input),
    arrays.dx,
    { count, height, row: width * channels, padding, channels },
    false,
  );
  return { weights, dx: tensor(input) as Tensor4D };
}

function compiled(): Kernels {
  return kernels ??= new WebAssembly.Instance(new WebAssembly.Module(decodeBase64(KERNELS_BASE64)))
    .exports as unknown as Kernels;
}

/** Lays arrays of so many numbers one after another in the memory of the kernels, which grows where it must. */
function layOut<Name extends string>(
  sizes: Readonly<Record<Name, number>>,
): Record<Name, Float32Array> {
  const { memory } = compiled();
  const places: [name: string, start: number, size: number][] = [];
  let end = BASE;
  for (const [name, size] of Object.entries<number>(sizes)) {
    places.push([name, end, size]);
    end += 16 * Math.ceil(size / 4);
  }
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return Object.fromEntries(
    places.map(([name, start, size]) => [name, new Float32Array(memory.buffer, start, size)]),
  ) as Record<Name, Float32Array>;
}

/** Copies images into the middle of others with so many pixels around, or out of it. */
function copyInner(
  inner: Float32Array,
  outer: Float32Array,
  { count, height, row, padding, channels }: {
    count: number;
    height: number;
    row: number;
    padding: number;
    channels: number;
  },
  isIn: boolean,
): void {
  if (padding === 0) {
    if (isIn) outer.set(inner);
    else inner.set(outer.subarray(0, inner.length));
    return;
  }
  const margin = padding * channels;
  const outerRow = row + 2 * margin;
  let at = 0;
  for (let n = 0; n < count; n++) {
    let place = (n * (height + 2 * padding) + padding) * outerRow + margin;
    for (let y = 0; y < height; y++, at += row, place += outerRow) {
      if (isIn) outer.set(inner.subarray(at, at + row), place);
      else inner.set(outer.subarray(place, place + row), at);
    }
  }
}

/** For each weight in tfjs' order, [kernel, kernel, channels, filters], its place among the rows of the filters. */
function placesOfWeights(
  kernel: number,
  channels: number,
  filters: number,
  rowLength: number,
): Uint32Array {
  const places = new Uint32Array(kernel * kernel * channels * filters);
  let i = 0;
  for (let y = 0; y < kernel; y++) {
    for (let k = 0; k < kernel * channels; k++) {
      for (let f = 0; f < filters; f++) places[i++] = (f * kernel + y) * rowLength + k;
    }
  }
  return places;
}
