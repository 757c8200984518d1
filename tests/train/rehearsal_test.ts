import { assertEquals, assertNotEquals } from "@std/assert";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { referenceRunner } from "../../src/engine/reference.ts";
import { initialize } from "../../src/model/initialize.ts";
import type { Model } from "../../src/model/model.ts";
import { Random } from "../../src/model/random.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import { type Batch, batches, countDigits, Rehearsal } from "../../src/train/batches.ts";

const SMALL: Architecture = {
  name: "small",
  input: [1, 28, 28],
  layers: [{ kind: "flatten" }, { kind: "dense", name: "fc1", units: 10 }],
  classes: 10,
};

const MODEL: Model = {
  architecture: SMALL,
  parameters: initialize(SMALL, { seed: 1 }),
  metadata: {
    classNames: [..."0123456789"],
    normalization: { mean: [0.1], std: [0.3] },
    temperature: 1,
  },
};

Deno.test("countDigits is the smallest multiple of the batch size from 1,000", () => {
  assertEquals([1, 64, 500, 999, 1000, 1001].map(countDigits), [
    1000,
    1024,
    1000,
    1998,
    1000,
    1001,
  ]);
});

Deno.test("Rehearsal suits grey inputs of at least 28×28, and no others", () => {
  const suits = (...input: [number, number, number]): boolean =>
    Rehearsal.suits({ ...SMALL, input });
  assertEquals([suits(1, 28, 28), suits(1, 28, 40), suits(1, 32, 32)], [true, true, true]);
  assertEquals([suits(1, 27, 28), suits(1, 28, 27), suits(3, 32, 32)], [false, false, false]);
});

Deno.test("Rehearsal adds as many digits to each batch, with the logits of the old network as targets", async () => {
  const samples = syntheticDigits({ count: 10, seed: 3 });
  const options = { batchSize: 4, augment: null, normalization: MODEL.metadata.normalization };
  const fresh = (): Batch[] =>
    [...batches(samples, options, new Random(1))].map((batch) => ({
      ...batch,
      inputs: batch.inputs.slice(),
    }));
  using rehearsal = await Rehearsal.prepare("wasm", MODEL, 4, new Random(2));
  using old = referenceRunner(SMALL, MODEL.parameters);
  const plain = fresh();
  const seen = new Set<string>();
  let n = 0;
  for await (const { inputs, labels, targets } of rehearsal.join(fresh())) {
    const { inputs: first, labels: own } = plain[n++];
    assertEquals(inputs.slice(0, first.length), first);
    assertEquals(labels, own);
    // The last batch has two samples, and four digits as all others.
    const digits = inputs.slice(first.length);
    assertEquals(digits.length, 4 * 784);
    const expected = await old.logits(digits, 4);
    targets!.forEach((value, i) => assertEquals(Math.abs(value - expected[i]) < 1e-4, true));
    assertEquals(targets!.length, 4 * 10);
    seen.add(digits.join());
  }
  assertEquals([n, seen.size], [3, 3]);
  assertNotEquals(plain[0].inputs.length, plain[2].inputs.length);
});
