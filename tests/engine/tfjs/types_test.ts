import { assertEquals } from "@std/assert";
import type * as wasm from "@tensorflow/tfjs-backend-wasm";
import type * as tfjs from "@tensorflow/tfjs-core";
import { loadTfjs } from "../../../src/engine/tfjs/load.ts";
import type { BackendWasm, Tensor, Tfjs } from "../../../src/engine/tfjs/types.ts";

// The assignments are the test: they do not compile where the packages and the interfaces differ.
Deno.test("Tfjs, Tensor and BackendWasm are interfaces of what the packages of tfjs have", async () => {
  const core = await loadTfjs("wasm") as unknown as typeof tfjs;
  const own: Tfjs<tfjs.Tensor, tfjs.Tensor1D, tfjs.Tensor2D, tfjs.Tensor4D> = core;
  const backend: BackendWasm = core.backend() as wasm.BackendWasm;
  const tensor: Tensor = core.tensor1d([1, 2, 3]);
  assertEquals([own.getBackend(), typeof backend.makeOutput], ["wasm", "function"]);
  assertEquals([...await tensor.data()], [1, 2, 3]);
  tensor.dispose();
});
