import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { checkGpuTraining } from "../../src/engine/reference.ts";
import { importTfjs } from "../../src/engine/tfjs/tfjs.ts";
import { tfjsTrainer } from "../../src/engine/tfjs/trainer.ts";
import { wasmRunner } from "../../src/engine/wasm/runner.ts";
import { wasmTrainer } from "../../src/engine/wasm/trainer.ts";
import { LeNetError } from "../../src/errors.ts";
import type { Architecture } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import { summarize } from "../../src/model/summary.ts";
import {
  selectTrainingBackend,
  trainingRunner,
  WEBGPU_TRAINING_CROSSOVER,
} from "../../src/train/backend.ts";
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import { train, type TrainOptions } from "../../src/train/train.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { testOnTfjs } from "../engine/tfjs/backends.ts";
import { besideGpu, engine, failingAt, large, type MakeTrainer } from "./stand_in.ts";
import { bars, TINY } from "./tiny.ts";

/** A network of 400 multiply-adds, of which a million inputs are exactly as much as `auto` gives to a GPU. */
const DENSE: Architecture = {
  name: "dense",
  input: [1, 10, 10],
  layers: [{ kind: "flatten" }, { kind: "dense", name: "output", units: 4 }],
  classes: 4,
};

const ENOUGH = WEBGPU_TRAINING_CROSSOVER / 400;

const select = (requested?: "auto" | "webgpu", inputs = ENOUGH): Promise<"webgpu" | "wasm"> =>
  selectTrainingBackend(requested, DENSE, inputs);

Deno.test("selectTrainingBackend takes a GPU that passes for hardware for large steps, and for no others", async () => {
  const [chosen, warnings] = await besideGpu(
    wasmTrainer,
    () => Promise.all([select(), select("auto"), select("auto", ENOUGH - 1), select("webgpu", 1)]),
  );
  assertEquals(chosen, ["webgpu", "webgpu", "wasm", "webgpu"]);
  assertEquals(warnings, []);
});

Deno.test("selectTrainingBackend takes a software adapter by name alone", async () => {
  const [chosen] = await besideGpu(
    wasmTrainer,
    () => Promise.all([select("auto"), select("webgpu")]),
    true,
  );
  assertEquals(chosen, ["wasm", "webgpu"]);
});

Deno.test("selectTrainingBackend refuses a GPU that does not reproduce the known step, every time it is asked", async () => {
  const [[auto, named], warnings] = await besideGpu(
    (architecture, state) => wasmTrainer(architecture, state, { optimizer: { name: "adam" } }),
    async () => [await select(), await assertRejects(() => select("webgpu"), LeNetError)],
  );
  assertEquals(auto, "wasm");
  assertEquals(warnings.length, 1);
  assertMatch(
    warnings[0],
    /WebGPU is not used: a known training step came out wrong by [.\d]+; WASM/,
  );
  assertEquals((named as LeNetError).code, "backend/unavailable");
  const [again] = await besideGpu(wasmTrainer, () => select());
  assertEquals(again, "webgpu");
});

Deno.test("selectTrainingBackend takes wasm without a word where the packages are missing", async () => {
  const [[auto, named], warnings] = await besideGpu(wasmTrainer, async () => {
    engine.hasPackages = false;
    return [await select(), await assertRejects(() => select("webgpu"), LeNetError)];
  });
  assertEquals([auto, warnings.length], ["wasm", 0]);
  assertEquals((named as LeNetError).code, "backend/unavailable");
});

/** A trainer of our own whose weights, or whose loss, are off by as much after a step. */
const offBy = (error: number, what: "weights" | "loss"): MakeTrainer => async (...run) => {
  const trainer = await wasmTrainer(...run);
  return {
    async step(...batch) {
      const { loss, correct } = await trainer.step(...batch);
      return { loss: what === "loss" ? loss + error : loss, correct };
    },
    parameters: () => trainer.parameters(),
    async state() {
      const state = await trainer.state();
      if (what === "weights") state.parameters.get("conv2.weight")!.data[5] += error;
      return state;
    },
    [Symbol.dispose]: () => trainer[Symbol.dispose](),
  };
};

for (const what of ["weights", "loss"] as const) {
  Deno.test(`checkGpuTraining accepts an error of up to 0.001 in the ${what}, and no larger one`, async () => {
    assertEquals(await checkGpuTraining(offBy(0.00099, what)), undefined);
    for (const error of [0.00101, -0.00101, NaN]) {
      assertMatch(
        await checkGpuTraining(offBy(error, what)) ?? "",
        /a known training step came out wrong by (0\.0010(1|09)|NaN)/,
      );
    }
  });
}

Deno.test("checkGpuTraining finds out a GPU that leaves a layer as it was, and one that fails", async () => {
  for (const name of ["conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc1.weight"]) {
    const problem = await checkGpuTraining(async (architecture, start, options) => {
      const trainer = await wasmTrainer(architecture, start, options);
      return {
        step: (...batch) => trainer.step(...batch),
        parameters: () => trainer.parameters(),
        async state() {
          const { parameters, ...rest } = await trainer.state();
          const old = start.parameters.get(name)!;
          return { ...rest, parameters: new Map([...parameters, [name, old]]) };
        },
        [Symbol.dispose]: () => trainer[Symbol.dispose](),
      };
    });
    assertMatch(problem ?? "", /came out wrong by 0.\d/, name);
  }
  assertEquals(await checkGpuTraining(() => Promise.reject(new Error("lost"))), "lost");
});

testOnTfjs("checkGpuTraining finds nothing wrong with tfjs", async (backend) => {
  await importTfjs(backend);
  assertEquals(await checkGpuTraining((...run) => tfjsTrainer(backend, ...run)), undefined);
});

/** Everything that has to be restored: the order, distortions, an averaged net, the state of Adam. */
const RUN: TrainOptions = {
  epochs: 3,
  batchSize: 16,
  averaging: 0.9,
  augment: true,
  validation: 30,
  seed: 3,
};

/** Steps of an epoch of 120 images. */
const STEPS = 8;

for (
  const [when, gpu] of [
    ["at the first step", failingAt(1)],
    ["in the second epoch", failingAt(STEPS + 3)],
    ["when the weights after an epoch are read", failingAt(2 * STEPS, "state")],
  ] as const
) {
  Deno.test(`train goes on from the last checkpoint on wasm when the GPU fails ${when}`, async () => {
    const seen: string[] = [];
    const checkpoints: Checkpoint[] = [];
    const [result, warnings] = await besideGpu(gpu, () =>
      train(TINY, bars(150), {
        ...RUN,
        backend: "webgpu",
        onProgress: ({ epoch, step, backend }) => void seen.push(`${epoch}.${step} ${backend}`),
        onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
      }));
    assertEquals(warnings, [
      "lenet: WebGPU failed in training: Device lost; it begins the epoch again on WASM.",
    ]);
    assertEquals(result.backend, "wasm");
    assertEquals(result.model.metadata.recipe?.backend, "wasm");
    // The GPU here computes on our kernels: the run has to come to the bytes of an undisturbed one.
    const undisturbed = await train(TINY, bars(150), { ...RUN, backend: "wasm" });
    assertEquals(modelToBytes(result.model), modelToBytes(undisturbed.model));
    assertEquals(result.history, undisturbed.history);
    assertEquals(checkpoints.map(({ history }) => history.length), [0, 1, 2, 3]);
    const onGpu = seen.findLastIndex((step) => step.endsWith(" webgpu"));
    assertEquals(seen[onGpu + 1], `${seen[onGpu]?.[0] ?? 1}.1 wasm`);
  });
}

Deno.test("train stays on a GPU that does not fail, and says so", async () => {
  const backends = new Set<string>();
  const [result, warnings] = await besideGpu(wasmTrainer, () =>
    train(TINY, bars(150), {
      ...RUN,
      backend: "webgpu",
      onProgress: ({ backend }) => void backends.add(backend),
    }));
  assertEquals([...backends, result.backend, ...warnings], ["webgpu", "webgpu"]);
  assertEquals(result.model.metadata.recipe?.backend, "webgpu");
});

Deno.test("train passes on what a callback throws, and does not take it for a failure of the GPU", async () => {
  const [, warnings] = await besideGpu(wasmTrainer, () =>
    assertRejects(
      () =>
        train(TINY, bars(150), {
          ...RUN,
          backend: "webgpu",
          onProgress() {
            throw new TypeError("of the callback");
          },
        }),
      TypeError,
      "of the callback",
    ));
  assertEquals(warnings, []);
});

Deno.test("train begins an epoch again when a callback reads the weights of a GPU that has failed", async () => {
  const [result] = await besideGpu(failingAt(3, "state"), () =>
    train(TINY, bars(150), {
      ...RUN,
      backend: "webgpu",
      onProgress: async (_, weights) => void await weights(),
    }));
  assertEquals([result.backend, result.history.length], ["wasm", 3]);
});

Deno.test("train validates on wasm when the GPU fails while it validates", async () => {
  const run = (failing: number) =>
    besideGpu(wasmTrainer, () => {
      engine.answers = failing;
      return train(TINY, bars(150), { ...RUN, backend: "webgpu" });
    });
  const [failed] = await run(1);
  const [whole] = await run(Infinity);
  assertEquals(
    failed.history.map(({ validation }) => validation),
    whole.history.map((
      { validation },
    ) => validation),
  );
});

Deno.test("trainingRunner answers on wasm from when the GPU fails", async () => {
  const parameters = initialize(TINY);
  const input = Float32Array.from({ length: 64 }, (_, i) => (i % 7) / 7);
  const [backends] = await besideGpu(wasmTrainer, async () => {
    engine.answers = 1;
    using runner = await trainingRunner("webgpu", TINY, parameters);
    using expected = wasmRunner(TINY, parameters);
    const seen: string[] = [];
    for (let call = 0; call < 2; call++) {
      assertEquals(await runner.logits(input, 1), await expected.logits(input, 1));
      seen.push(runner.backend);
    }
    return seen;
  });
  assertEquals(backends, ["webgpu", "wasm"]);
});

Deno.test("train takes a GPU by itself when the batches are large enough for the network", async () => {
  const digits = syntheticDigits({ count: 400, seed: 1 });
  const architecture = large(64);
  const { multiplyAdds } = summarize(architecture);
  const batchSize = Math.ceil(WEBGPU_TRAINING_CROSSOVER / multiplyAdds);
  const on = async (batchSize: number, count: number): Promise<string> => {
    const images = digits.images.subarray(0, count * 784);
    const labels = digits.labels.subarray(0, count);
    const part = { ...digits, images, labels, count };
    const options = { epochs: 1, batchSize, validation: 0, augment: null };
    return (await besideGpu(wasmTrainer, () => train(architecture, part, options)))[0].backend;
  };
  assertEquals(
    // A batch holds no more images than there are.
    [await on(batchSize, 400), await on(batchSize - 1, 400), await on(400, batchSize - 1)],
    ["webgpu", "wasm", "wasm"],
  );
});
