import { assertEquals } from "@std/assert";
import type * as tfjs from "@tensorflow/tfjs-core";
import { loadTfjs, type Tensor, type Tfjs } from "../../../src/engine/tfjs/tfjs.ts";

// The assignments are the test: they do not compile where the packages and the interfaces differ.
Deno.test("Tfjs and Tensor are interfaces of what the packages of tfjs have", async () => {
  const core = await loadTfjs("wasm") as unknown as typeof tfjs;
  const own: Tfjs<tfjs.Tensor, tfjs.Tensor1D, tfjs.Tensor2D, tfjs.Tensor4D> = core;
  const tensor: Tensor = core.tensor1d([1, 2, 3]);
  assertEquals(own.getBackend(), "wasm");
  assertEquals([...await tensor.data()], [1, 2, 3]);
  tensor.dispose();
});
