import { assertEquals, assertStringIncludes } from "@std/assert";
import { tryGpu } from "../../src/engine/gpu_trial.ts";
import { referenceRunner } from "../../src/engine/reference.ts";
import type { Runner } from "../../src/engine/runner.ts";

function answering(logits: Runner["logits"]): () => Promise<Runner> {
  return () => Promise.resolve({ backend: "webgpu", logits, [Symbol.dispose]() {} });
}

Deno.test("tryGpu finds nothing wrong with one that gives the right answer", async () => {
  assertEquals(await tryGpu((...net) => Promise.resolve(referenceRunner(...net))), undefined);
});

Deno.test("tryGpu finds out one that answers zeros, NaN, or a little off", async () => {
  const zeros = answering(() => Promise.resolve(new Float32Array(10)));
  assertStringIncludes(await tryGpu(zeros) ?? "", "a known answer came out wrong by");
  const nan = answering(() => Promise.resolve(new Float32Array(10).fill(NaN)));
  assertStringIncludes(await tryGpu(nan) ?? "", "came out wrong by NaN");
  const off = await tryGpu((...net) => {
    const right = referenceRunner(...net);
    return answering(async (inputs, count) =>
      (await right.logits(inputs, count)).map((value) => value + 0.01)
    )();
  });
  assertStringIncludes(off ?? "", "came out wrong by 0.0");
});

Deno.test("tryGpu passes on why one fails", async () => {
  assertEquals(await tryGpu(() => Promise.reject(new Error("device lost"))), "device lost");
});
