import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { addLogs, bestText, ctcLoss, type LineLogits, logSoftmaxes } from "../../src/engine/ctc.ts";
import * as math from "../../src/model/math.ts";
import { eachWay, lineOf, textOfWay } from "./lines.ts";

/** A line of PyTorch's, and what its loss is. */
interface GoldenText {
  readonly steps: number;
  readonly classes: number;
  readonly logits: readonly number[];
  readonly text: readonly number[];
  readonly loss: number;
  readonly gradient: readonly number[];
}

// Eighths, so that what differs does so by more than rounding.
const logit = fc.integer({ min: -48, max: 48 }).map((eighths) => eighths / 8);

/** Lines of few steps with two or three classes, the blank among them, and a text. */
const short = fc.record({
  classes: fc.integer({ min: 2, max: 3 }),
  steps: fc.integer({ min: 1, max: 5 }),
}).chain(({ classes, steps }) =>
  fc.record({
    line: fc.array(logit, { minLength: classes * steps, maxLength: classes * steps })
      .map((values): LineLogits => ({ values: Float64Array.from(values), classes, steps })),
    text: fc.array(fc.integer({ min: 0, max: classes - 2 }), { maxLength: 5 }),
  })
);

/** The probability of a text, as the sum of those of all ways to write it. */
function probabilityOf(line: LineLogits, text: readonly number[]): number {
  let sum = 0;
  for (const { way, probability } of eachWay(line)) {
    if (textOfWay(way, line.classes - 1).join() === text.join()) sum += probability;
  }
  return sum;
}

function lossOf(line: LineLogits, text: readonly number[], share = 1): {
  loss: number;
  gradient: Float64Array;
} {
  // What is left from elsewhere must not remain.
  const gradient = new Float64Array(line.values.length).fill(NaN);
  return { loss: ctcLoss(line, text, gradient, share), gradient };
}

Deno.test("ctcLoss is the negative logarithm of the probability of all ways to write the text", () => {
  let written = 0;
  fc.assert(
    fc.property(short, ({ line, text }) => {
      const probability = probabilityOf(line, text);
      const { loss } = lossOf(line, text);
      if (probability === 0) return assertEquals(loss, Infinity);
      written++;
      assertAlmostEquals(loss, -Math.log(probability), 1e-9);
    }),
    { numRuns: 300 },
  );
  assertGreater(written, 100);
});

Deno.test("ctcLoss of all texts adds up to a probability of 1", () => {
  const line = lineOf([[0.3, -1, 2], [1.5, 0.5, -0.5], [0, 2, 1]]);
  const texts = new Map([...eachWay(line)].map(({ way }) => {
    const text = textOfWay(way, 2);
    return [text.join(), text];
  }));
  const sum = [...texts.values()].reduce(
    (sum, text) => sum + Math.exp(-lossOf(line, text).loss),
    0,
  );
  assertAlmostEquals(sum, 1, 1e-12);
});

Deno.test("ctcLoss gives the gradient, as central differences have it", () => {
  fc.assert(
    fc.property(short, ({ line, text }) => {
      const { loss, gradient } = lossOf(line, text);
      if (loss === Infinity) return;
      const step = 1e-5;
      for (const [i, value] of line.values.entries()) {
        const moved = (by: number): number => {
          const values = Float64Array.from(line.values);
          values[i] = value + by;
          return lossOf({ ...line, values }, text).loss;
        };
        assertAlmostEquals(gradient[i], (moved(step) - moved(-step)) / (2 * step), 1e-6);
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("ctcLoss gives a gradient that sums to 0 over the classes of each step", () => {
  fc.assert(fc.property(short, ({ line, text }) => {
    const { gradient } = lossOf(line, text);
    for (let step = 0; step < line.steps; step++) {
      let sum = 0;
      for (let k = 0; k < line.classes; k++) sum += gradient[k * line.steps + step];
      assertAlmostEquals(sum, 0, 1e-12);
    }
  }));
});

Deno.test("ctcLoss multiplies the gradient, and not the loss, by the share of the line", () => {
  fc.assert(fc.property(short, fc.double({ min: 0.01, max: 1, noNaN: true }), (drawn, share) => {
    const whole = lossOf(drawn.line, drawn.text);
    const part = lossOf(drawn.line, drawn.text, share);
    assertEquals(part.loss, whole.loss);
    whole.gradient.forEach((value, i) =>
      assertAlmostEquals(part.gradient[i], share * value, 1e-12)
    );
  }));
});

Deno.test("ctcLoss is ∞, with a gradient of 0, where the text needs more steps than there are", () => {
  for (
    const [text, least] of [[[0], 1], [[0, 1, 0], 3], [[0, 0], 3], [[1, 1, 1], 5], [
      [0, 0, 1, 1],
      6,
    ]] as const
  ) {
    for (const steps of [1, 2, 3, 4, 5, 6]) {
      const line = lineOf(Array.from({ length: steps }, (_, n) => [n / 3, -n, 0.5]));
      const { loss, gradient } = lossOf(line, text);
      assertEquals([text, steps, loss === Infinity], [text, steps, steps < least]);
      assertEquals(gradient.every((value) => value === 0), steps < least);
    }
  }
});

Deno.test("ctcLoss takes equal classes in a row for one digit, and with a blank between for two", () => {
  const sure = (...way: readonly number[]): LineLogits =>
    lineOf(way.map((k) => [0, 1, 2].map((other) => other === k ? 40 : 0)));
  assertAlmostEquals(lossOf(sure(1, 1, 1), [1]).loss, 0, 1e-9);
  assertAlmostEquals(lossOf(sure(1, 2, 1), [1, 1]).loss, 0, 1e-9);
  assertGreater(lossOf(sure(1, 1, 1), [1, 1]).loss, 30);
  assertGreater(lossOf(sure(1, 2, 1), [1]).loss, 30);
  assertAlmostEquals(lossOf(sure(2, 2, 2), []).loss, 0, 1e-9);
});

Deno.test("ctcLoss computes the loss and the gradient of PyTorch", () => {
  const file = new URL("../golden/ctc.json", import.meta.url);
  const golden: readonly GoldenText[] = JSON.parse(Deno.readTextFileSync(file));
  assertEquals(golden.length, 10);
  for (const { logits, text, classes, steps, loss, gradient } of golden) {
    const own = lossOf({ values: Float64Array.from(logits), classes, steps }, text);
    assertAlmostEquals(own.loss, loss, 1e-9 * Math.max(1, loss));
    assertEquals(own.gradient.length, gradient.length);
    gradient.forEach((value, i) => assertAlmostEquals(own.gradient[i], value, 1e-9));
    const single = new Float32Array(gradient.length);
    ctcLoss({ values: Float32Array.from(logits), classes, steps }, text, single, 1);
    gradient.forEach((value, i) => assertAlmostEquals(single[i], value, 1e-6));
  }
});

Deno.test("ctcLoss stays finite where logits are far apart", () => {
  const line = lineOf(Array.from({ length: 200 }, (_, n) => [n % 2 * 800, 0, -800]));
  const { loss, gradient } = lossOf(line, [1, 0, 1]);
  assertEquals(Number.isFinite(loss), true);
  assertGreater(loss, 800);
  assertEquals(gradient.every(Number.isFinite), true);
});

Deno.test("logSoftmaxes gives logarithms of probabilities that sum to 1 at each step, and keeps the logits", () => {
  fc.assert(fc.property(short, ({ line }) => {
    const before = [...line.values];
    const logs = logSoftmaxes(line);
    assertEquals([...line.values], before);
    for (let step = 0; step < line.steps; step++) {
      let sum = 0;
      for (let k = 0; k < line.classes; k++) {
        sum += Math.exp(logs[k * line.steps + step]);
        const apart = line.values[k * line.steps + step] - line.values[step];
        assertAlmostEquals(logs[k * line.steps + step] - logs[step], apart, 1e-9);
      }
      assertAlmostEquals(sum, 1, 1e-12);
    }
  }));
});

Deno.test("addLogs adds numbers by their logarithms, however far apart, and none to none", () => {
  assertAlmostEquals(addLogs(Math.log(2), Math.log(3)), Math.log(5), 1e-12);
  assertAlmostEquals(addLogs(Math.log(2), Math.log(3), Math.log(4)), Math.log(9), 1e-12);
  assertEquals(addLogs(-2000, -Infinity), -2000);
  assertEquals(addLogs(-2000, 0), 0);
  assertEquals(addLogs(-Infinity, -Infinity, -Infinity), -Infinity);
});

Deno.test("bestText is the text of the way that has the likeliest class at each step", () => {
  fc.assert(fc.property(short, ({ line }) => {
    let [best, text]: [number, number[]] = [0, []];
    for (const { way, probability } of eachWay(line)) {
      if (probability > best) [best, text] = [probability, textOfWay(way, line.classes - 1)];
    }
    assertEquals(bestText(line), text);
  }));
});

Deno.test("bestText takes equal classes in a row once, and leaves blanks out", () => {
  const line = lineOf(
    [2, 0, 0, 2, 0, 1, 1, 2, 2].map((k) =>
      [0, 1, 2].map((other) => other === k ? 1 : math.exp(-1))
    ),
  );
  assertEquals(bestText(line), [0, 0, 1]);
  assertEquals(bestText(lineOf([[0, 0, 1]])), []);
});
