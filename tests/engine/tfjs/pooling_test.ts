import { assertEquals } from "@std/assert";
import type * as tfjs from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { loadTfjs, withBackend } from "../../../src/engine/tfjs/load.ts";
import { pooledConvGradient } from "../../../src/engine/tfjs/pooling.ts";
import { Random } from "../../../src/model/random.ts";

interface Sizes {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernel: number;
  readonly padding: number;
}

/** The convolution and its gradient as they are written in books: every output by itself. */
function byDefinition(
  { count, height, width, channels, filters, kernel, padding }: Sizes,
  x: Float32Array,
  filter: Float32Array,
  dy: Float32Array,
  isRectified: boolean,
) {
  const [outHeight, outWidth] = [height, width].map((side) => side + 2 * padding - kernel + 1);
  const weight = new Float64Array(filter.length);
  const bias = new Float64Array(filters);
  const dx = new Float64Array(x.length);
  const y = new Float32Array(count * outHeight * outWidth * filters);
  /** Calls with the index of a weight and that of the input that it meets at one output. */
  const each = (
    n: number,
    row: number,
    column: number,
    f: number,
    visit: (at: number, from: number) => void,
  ): void => {
    for (let i = 0; i < kernel; i++) {
      for (let j = 0; j < kernel; j++) {
        const [u, v] = [row + i - padding, column + j - padding];
        if (u < 0 || v < 0 || u >= height || v >= width) continue;
        for (let c = 0; c < channels; c++) {
          visit(
            ((i * kernel + j) * channels + c) * filters + f,
            ((n * height + u) * width + v) * channels + c,
          );
        }
      }
    }
  };
  const place = (n: number, row: number, column: number, f: number): number =>
    ((n * outHeight + row) * outWidth + column) * filters + f;
  let pooled = 0;
  for (let n = 0; n < count; n++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        for (let f = 0; f < filters; f++) {
          let sum = 0;
          each(n, row, column, f, (at, from) => sum += filter[at] * x[from]);
          y[place(n, row, column, f)] = isRectified ? Math.max(0, sum) : sum;
        }
      }
    }
    for (let row = 0; row + 1 < outHeight; row += 2) {
      for (let column = 0; column + 1 < outWidth; column += 2) {
        for (let f = 0; f < filters; f++) {
          const gradient = dy[pooled++];
          const block = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([i, j]) => [row + i, column + j]);
          const values = block.map(([i, j]) => y[place(n, i, j, f)]);
          const first = values.indexOf(Math.max(...values));
          if (isRectified && values[first] === 0) continue;
          const [i, j] = block[first];
          bias[f] += gradient;
          each(n, i, j, f, (at, from) => {
            weight[at] += gradient * x[from];
            dx[from] += gradient * filter[at];
          });
        }
      }
    }
  }
  return { y, outHeight, outWidth, weight, bias, dx };
}

/** Without the sign of zero. */
const plain = (value: number): number => value + 0;

Deno.test("pooledConvGradient is what the definition gives, for convolutions of any size", async () => {
  const tf = await loadTfjs("wasm");
  const sizes = fc.record({
    count: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 4, max: 9 }),
    width: fc.integer({ min: 4, max: 9 }),
    channels: fc.integer({ min: 1, max: 6 }),
    filters: fc.integer({ min: 1, max: 5 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    padding: fc.integer({ min: 0, max: 3 }),
  });
  const property = fc.property(
    sizes,
    fc.boolean(),
    fc.boolean(),
    fc.nat(),
    (sizes, isRectified, wantsInput, seed) => {
      const { count, height, width, channels, filters, kernel, padding } = sizes;
      const random = new Random(seed);
      // Few levels, so that blocks have several maxima, and zeros.
      const draw = (length: number): Float32Array =>
        Float32Array.from({ length }, () => random.integer(5) - 2);
      const x = draw(count * height * width * channels);
      const filter = draw(kernel * kernel * channels * filters);
      const [poolHeight, poolWidth] = [height, width].map((side) =>
        Math.floor((side + 2 * padding - kernel + 1) / 2)
      );
      const dy = draw(count * poolHeight * poolWidth * filters);
      const expected = byDefinition(sizes, x, filter, dy, isRectified);
      const found = withBackend(tf, "wasm", () => {
        const { weights, dx } = pooledConvGradient(
          tf,
          { kind: "conv", name: "conv", filters, kernel, padding },
          tf.tensor4d(filter, [kernel, kernel, channels, filters]),
          tf.tensor4d(x, [count, height, width, channels]),
          tf.tensor4d(expected.y, [count, expected.outHeight, expected.outWidth, filters]),
          tf.tensor4d(dy, [count, poolHeight, poolWidth, filters]),
          { isRectified, wantsInput },
        );
        return [weights.weight, weights.bias, ...dx ? [dx] : []];
      });
      try {
        const [weight, bias, dx] = found.map((tensor) => (tensor as tfjs.Tensor).dataSync());
        // Whole numbers, so exactly.
        assertEquals(Array.from(weight, plain), Array.from(expected.weight, plain));
        assertEquals(Array.from(bias, plain), Array.from(expected.bias, plain));
        if (wantsInput) assertEquals(Array.from(dx, plain), Array.from(expected.dx, plain));
        else assertEquals(dx, undefined);
      } finally {
        tf.dispose(found);
      }
    },
  );
  fc.assert(property, { numRuns: 300 });
});
