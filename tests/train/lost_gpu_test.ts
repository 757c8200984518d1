import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { loadTfjs } from "../../src/engine/tfjs/tfjs.ts";
import type { Checkpoint } from "../../src/train/checkpoint.ts";
import { train } from "../../src/train/train.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { HAS_WEBGPU } from "../engine/tfjs/backends.ts";
import { bars, TINY } from "./tiny.ts";

/** The used part of the backend of tfjs. */
interface WithDevice {
  backend(): { readonly device: GPUDevice };
}

Deno.test({
  name: "train goes on from the last checkpoint on wasm when the device of tfjs is destroyed",
  ignore: !HAS_WEBGPU,
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    const tf = await loadTfjs("webgpu") as unknown as WithDevice;
    const { warn } = console;
    const warnings: string[] = [];
    console.warn = (message: string) => void warnings.push(message);
    const backends: string[] = [];
    const checkpoints: Checkpoint[] = [];
    try {
      const { model, history, backend } = await train(TINY, bars(150), {
        backend: "webgpu",
        epochs: 3,
        batchSize: 40,
        averaging: 0.9,
        validation: 30,
        async onProgress({ epoch, step, backend }, weights) {
          backends.push(backend);
          if (epoch !== 2 || step !== 2 || backend !== "webgpu") return;
          tf.backend().device.destroy();
          // Neither a state nor another step can be read now.
          await assertRejects(weights, Error);
        },
        onCheckpoint: (checkpoint) => void checkpoints.push(checkpoint),
      });
      assertEquals(backend, "wasm");
      // An epoch and two steps, then two epochs.
      assertEquals(backends.join(), `${"webgpu,".repeat(5)}${"wasm,".repeat(6)}`.slice(0, -1));
      const resumed = await train(TINY, bars(150), { backend: "wasm", resume: checkpoints[1] });
      assertEquals(modelToBytes(model), modelToBytes(resumed.model));
      assertEquals(history, resumed.history);
      assertEquals(warnings.length, 1);
      assertStringIncludes(warnings[0], "lenet: WebGPU failed in training: ");
      // The device stays lost: the next training finds out before it starts.
      const error = await train(TINY, bars(150), { backend: "webgpu", epochs: 1 }).catch((e) => e);
      assertEquals(error.code, "backend/unavailable");
    } finally {
      console.warn = warn;
    }
  },
});
