import { assertEquals, assertNotEquals } from "@std/assert";
import type { Architecture } from "../../../src/model/architecture.ts";
import { drawInputs, drawParameters } from "./draw.ts";
import { wasmGradients } from "./gradients.ts";

/** Inputs of a shard, as the trainer has them. */
const SHARD = 32;

const LINEAR: Architecture = {
  name: "linear",
  input: [1, 3, 3],
  layers: [{ kind: "flatten" }, { kind: "dense", name: "fc1", units: 3 }],
  classes: 3,
};

/** Far more than all others together: the network is sure of its class, to the last bit. */
const SURE = 1e4;

/**
 * The gradients of a batch whose inputs are all known to the last bit, and have none, but those from `from` to `to`. So
 * each has the factor that it has in the whole batch.
 */
async function gradientsOf(count: number, from = 0, to = count): Promise<Float32Array> {
  const { input } = LINEAR;
  const parameters = drawParameters(LINEAR, 3);
  const inputs = drawInputs(LINEAR, count, 1);
  const size = input[1] * input[2];
  const weights = parameters.get("fc1.weight")!.data;
  for (let n = 0; n < count; n++) {
    const own = inputs.subarray(n * size, (n + 1) * size);
    // In the direction that tells the class from both others.
    if (n < from || n >= to) {
      own.set(
        own.map((_, i) => SURE * (2 * weights[i] - weights[size + i] - weights[2 * size + i])),
      );
    }
  }
  const labels = Uint8Array.from({ length: count }, (_, n) => n < from || n >= to ? 0 : n % 3);
  const { gradients } = await wasmGradients(LINEAR, parameters, { inputs, labels });
  return gradients.get("fc1.weight")!.data;
}

/** The sum of the gradients of parts of a batch, one after another. */
async function sumOfParts(count: number, ...cuts: number[]): Promise<Float32Array> {
  const ends = [...cuts, count];
  let sum = await gradientsOf(count, 0, ends[0]);
  for (let i = 1; i < ends.length; i++) {
    const next = await gradientsOf(count, ends[i - 1], ends[i]);
    sum = sum.map((value, i) => value + next[i]);
  }
  return sum;
}

Deno.test("wasmTrainer adds up the gradients of shards of 32 inputs, in their order", async () => {
  assertEquals(await gradientsOf(SHARD, 0, 0), new Float32Array(9 * 3));
  for (
    const [count, ...cuts] of [
      [SHARD + 1, SHARD],
      [2 * SHARD, SHARD],
      [2 * SHARD + 1, SHARD, 2 * SHARD],
      [4 * SHARD - 1, SHARD, 2 * SHARD, 3 * SHARD],
    ]
  ) {
    assertEquals(await gradientsOf(count), await sumOfParts(count, ...cuts), `${count} inputs`);
  }
});

Deno.test("wasmTrainer takes up to 32 inputs as one shard", async () => {
  for (
    const [count, ...cuts] of [
      [SHARD, SHARD / 2],
      [SHARD, 1],
      // One shard less, or one more.
      [4 * SHARD, SHARD, 2 * SHARD],
      [2 * SHARD, SHARD / 2, SHARD, 3 * SHARD / 2],
    ]
  ) {
    assertNotEquals(await gradientsOf(count), await sumOfParts(count, ...cuts), `${count} inputs`);
  }
});
