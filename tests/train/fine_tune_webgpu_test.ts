import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { wasmTrainer } from "../../src/engine/wasm/trainer.ts";
import { LeNet } from "../../src/lenet.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import type { Model } from "../../src/model/model.ts";
import type { Parameters } from "../../src/model/parameters.ts";
import { summarize } from "../../src/model/summary.ts";
import { WEBGPU_TRAINING_CROSSOVER } from "../../src/train/backend.ts";
import { DivergedError, fineTune, type FineTuneOptions } from "../../src/train/fine_tune.ts";
import { besideGpu, engine, failingAt, large, type MakeTrainer } from "./stand_in.ts";
import { bars } from "./tiny.ts";
import { loadTiny, OPTIONS as TUNING } from "./tiny_net.ts";

/** A network that knows nothing of digits. */
const untrained = (architecture: Architecture): Model => ({
  architecture,
  parameters: initialize(architecture),
  metadata: {
    classNames: [..."0123456789"],
    normalization: { mean: [0], std: [1] },
    temperature: 1,
  },
});

const tune = async (
  gpu: MakeTrainer,
  options: FineTuneOptions,
): Promise<{ backends: string[]; net: string; recipe: unknown; warnings: string[] }> => {
  using old = await loadTiny();
  const backends = new Set<string>();
  const [{ net, history }, warnings] = await besideGpu(gpu, () =>
    fineTune(old, bars(60), {
      ...TUNING,
      epochs: 3,
      onProgress: ({ backend }) => void backends.add(backend),
      ...options,
    }));
  assertEquals(history.length, 3);
  const found = { net: net.backend, recipe: net.model.metadata.recipe?.backend };
  net[Symbol.dispose]();
  return { ...found, backends: [...backends], warnings };
};

Deno.test("fineTune begins an epoch again on wasm when the GPU fails in it, and gives a network on wasm", async () => {
  const { backends, warnings, ...found } = await tune(failingAt(2), { backend: "webgpu" });
  assertEquals(backends, ["webgpu", "wasm"]);
  assertEquals(found, { net: "wasm", recipe: "wasm" });
  assertEquals(warnings.length, 1);
  assertMatch(warnings[0], /WebGPU failed in training: Device lost/);
});

Deno.test("fineTune gives a network on webgpu when the GPU does not fail", async () => {
  const { warnings, ...found } = await tune(wasmTrainer, { backend: "webgpu" });
  assertEquals(found, { backends: ["webgpu"], net: "webgpu", recipe: "webgpu" });
  assertEquals(warnings, []);
});

Deno.test("fineTune gives the last good network on wasm when it diverges after the GPU has failed", async () => {
  using old = await loadTiny();
  await besideGpu(failingAt(1), async () => {
    const options: FineTuneOptions = { ...TUNING, epochs: 20, learningRate: 1e15 };
    const run = () => fineTune(old, bars(60), { ...options, backend: "webgpu" });
    const { net } = await assertRejects(run, DivergedError);
    assertEquals(net.backend, "wasm");
    net[Symbol.dispose]();
  });
});

Deno.test("fineTune counts the digits that it rehearses, and takes a GPU by itself for large steps", async () => {
  const architecture = large(220);
  // Steps of 64 samples are too small for a GPU, and 128 inputs are not.
  const { multiplyAdds } = summarize(architecture);
  assertEquals([64, 128].map((inputs) => multiplyAdds * inputs >= WEBGPU_TRAINING_CROSSOVER), [
    false,
    true,
  ]);
  using old = await LeNet.load(untrained(architecture), { backend: "wasm" });
  const digits = syntheticDigits({ count: 10, seed: 1 });
  for (const [keep, backend] of [[0, "wasm"], [0.2, "webgpu"]] as const) {
    const [{ net }] = await besideGpu(
      wasmTrainer,
      () => fineTune(old, digits, { keep, epochs: 1, backend: "auto" }),
    );
    assertEquals(net.model.metadata.recipe?.backend, backend);
    net[Symbol.dispose]();
  }
});

Deno.test("fineTune rehearses on wasm when the GPU fails, with the same targets", async () => {
  using old = await LeNet.load(untrained(large(2)), { backend: "wasm" });
  const digits = syntheticDigits({ count: 64, seed: 1 });
  const run = async (failing: number): Promise<Parameters> => {
    const [{ net }] = await besideGpu(wasmTrainer, () => {
      engine.answers = failing;
      return fineTune(old, digits, {
        epochs: 4,
        backend: "webgpu",
        onEpoch(_, { length }) {
          // Before the new network is put on the GPU.
          if (length === 4) engine.answers = Infinity;
        },
      });
    });
    net[Symbol.dispose]();
    return net.model.parameters;
  };
  assertEquals(await run(2), await run(Infinity));
});
