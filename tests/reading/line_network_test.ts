import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import * as weights from "@x/lenet-weights/line";
import { referenceRunner } from "../../src/engine/reference.ts";
import { LeNetError } from "../../src/errors.ts";
import type { InkMap } from "../../src/image/image.ts";
import { normalize } from "../../src/model/model.ts";
import { Random } from "../../src/model/random.ts";
import { LINE_HEIGHT, LINE_STEP } from "../../src/reading/line_images.ts";
import {
  LINE_CLASSES,
  lineLogits,
  slideOverLine,
  stepsOf,
} from "../../src/reading/line_network.ts";
import { modelFromModule } from "../../src/weights/model_file.ts";

/** The width of a line of so many steps. */
const widthOf = (steps: number): number => LINE_HEIGHT + LINE_STEP * (steps - 1);

/** A line of strokes at random, up to its edges. */
function scribble(width: number, seed: number): InkMap {
  const random = new Random(seed);
  const data = new Float32Array(LINE_HEIGHT * width);
  for (let stroke = 0; stroke < width / 5; stroke++) {
    let [x, y] = [random.uniform(0, width), random.uniform(2, LINE_HEIGHT - 2)];
    const [right, down] = [random.uniform(-1, 1), random.uniform(-1, 1)];
    for (let length = 0; length < 16; length++, x += right, y += down) {
      if (x >= 0 && x < width && y >= 0 && y < LINE_HEIGHT) {
        data[Math.floor(y) * width + Math.floor(x)] = random.uniform(0.5, 1);
      }
    }
  }
  return { data, width, height: LINE_HEIGHT };
}

/** The logits of a line that is slid over at once, in plain loops; empty paper behind it makes its last step whole. */
async function logitsAtOnce({ data, width }: InkMap): Promise<Float32Array> {
  const model = modelFromModule(weights);
  const columns = widthOf(stepsOf(width));
  const { architecture, parameters } = slideOverLine(model, columns);
  const input = new Float32Array(LINE_HEIGHT * columns);
  for (let y = 0; y < LINE_HEIGHT; y++) {
    for (let x = 0; x < Math.min(width, columns); x++) input[y * columns + x] = data[y * width + x];
  }
  normalize(input, [1, LINE_HEIGHT, columns], model.metadata.normalization);
  return await referenceRunner(architecture, parameters).logits(input, 1);
}

/** Asserts that lines have, all read together, the logits that each has by itself and at once. */
async function assertLines(lines: readonly InkMap[]): Promise<void> {
  const logits = await lineLogits(lines);
  assertEquals(logits.length, lines.length);
  for (const [n, line] of lines.entries()) {
    const expected = await logitsAtOnce(line);
    const { values, classes, steps } = logits[n];
    assertEquals([classes, steps], [LINE_CLASSES, stepsOf(line.width)]);
    assertEquals(values.length, expected.length);
    const scale = Math.max(1, ...expected.map(Math.abs));
    expected.forEach((value, i) =>
      assertAlmostEquals(values[i], value, 1e-4 * scale, `line ${n}, step ${i % steps}`)
    );
  }
}

/** The numbers of the floats of all arrays that are made meanwhile. */
async function sizesDuring(work: () => Promise<unknown>): Promise<number[]> {
  const { Float32Array } = globalThis;
  const sizes: number[] = [];
  globalThis.Float32Array = new Proxy(Float32Array, {
    construct(target, parts, self) {
      if (typeof parts[0] === "number") sizes.push(parts[0]);
      return Reflect.construct(target, parts, self === globalThis.Float32Array ? target : self);
    },
  });
  try {
    await work();
  } finally {
    globalThis.Float32Array = Float32Array;
  }
  return sizes;
}

/** The inputs of each batch of parts for lines of so many steps. */
async function batchesFor(
  ...steps: readonly number[]
): Promise<{ long: number[]; short: number[] }> {
  const lines = steps.map((count) => scribble(widthOf(count), count));
  await lineLogits(lines);
  const sizes = await sizesDuring(() => lineLogits(lines));
  const counts = (partSteps: number): number[] => {
    const part = LINE_HEIGHT * widthOf(partSteps);
    return sizes.filter((size) => size > 0 && size % part === 0).map((size) => size / part);
  };
  return { long: counts(64), short: counts(16) };
}

Deno.test("stepsOf gives a step every four pixels of the window's place, the last one whole", () => {
  assertEquals([0, 1, 31, 32].map(stepsOf), [1, 1, 1, 1]);
  assertEquals([33, 36, 37, 40, 41].map(stepsOf), [2, 2, 3, 3, 4]);
  assertEquals(stepsOf(widthOf(1000)), 1000);
});

Deno.test("slideOverLine gives the classes of each step", () => {
  const model = modelFromModule(weights);
  for (const steps of [1, 2, 16, 64]) {
    const { map, architecture } = slideOverLine(model, widthOf(steps));
    assertEquals(map, [LINE_CLASSES, 1, steps]);
    assertEquals(architecture.input, [1, LINE_HEIGHT, widthOf(steps)]);
  }
});

Deno.test("lineLogits gives a line in parts the logits of the line at once", async () => {
  // Where parts begin and end, and one long line and part of one short part.
  for (const steps of [1, 2, 16, 17, 40, 41, 64, 65, 80, 104, 105, 150]) {
    await assertLines([scribble(widthOf(steps), steps)]);
  }
});

Deno.test("lineLogits takes what is behind a line for empty paper", async () => {
  for (const width of [9, 31, 33, 34, 35, 97, 286, 287]) {
    await assertLines([scribble(width, width)]);
  }
});

Deno.test("lineLogits gives each of many lines its own logits", async () => {
  const widths = [40, 300, 33, 120, 500, 32, 96, 100, 64, 210, 45, 77, 130, 36, 81, 90, 110, 58];
  await assertLines(widths.map((width, n) => scribble(width, n)));
});

Deno.test("lineLogits computes up to 40 steps in short parts, and more in long ones", async () => {
  assertEquals(await batchesFor(40), { long: [], short: [3] });
  assertEquals(await batchesFor(41), { long: [1], short: [] });
  // What is left of a line is taken in the same way.
  assertEquals(await batchesFor(104), { long: [1], short: [3] });
  assertEquals(await batchesFor(105), { long: [2], short: [] });
  assertEquals(await batchesFor(16), { long: [], short: [1] });
  assertEquals(await batchesFor(17), { long: [], short: [2] });
});

Deno.test("lineLogits computes up to 16 parts in a batch", async () => {
  assertEquals(await batchesFor(...Array(16).fill(5)), { long: [], short: [16] });
  assertEquals(await batchesFor(...Array(17).fill(5)), { long: [], short: [16, 1] });
  assertEquals(await batchesFor(64 * 16 + 5, 20), { long: [16], short: [3] });
  await assertLines(Array.from({ length: 17 }, (_, n) => scribble(40 + n, n)));
});

Deno.test("lineLogits keeps the lines that it is given", async () => {
  const line = scribble(120, 1);
  const before = line.data.slice();
  await lineLogits([line]);
  assertEquals(line.data, before);
});

Deno.test("lineLogits gives no logits for no lines, even when stopped", async () => {
  assertEquals(await lineLogits([]), []);
  assertEquals(await lineLogits([], AbortSignal.abort()), []);
});

Deno.test("lineLogits stops when the signal says so, between batches too", async () => {
  const lines = Array.from({ length: 17 }, () => scribble(40, 1));
  const reason = new Error("enough");
  const before = await assertRejects(
    () => lineLogits(lines.slice(0, 1), AbortSignal.abort(reason)),
    LeNetError,
  );
  assertEquals([before.code, before.cause], ["aborted", reason]);
  const controller = new AbortController();
  let reads = 0;
  Object.defineProperty(controller.signal, "aborted", { get: () => ++reads > 1 });
  const between = await assertRejects(() => lineLogits(lines, controller.signal), LeNetError);
  assertEquals([between.code, reads], ["aborted", 2]);
  assertEquals((await lineLogits(lines, new AbortController().signal)).length, 17);
});
