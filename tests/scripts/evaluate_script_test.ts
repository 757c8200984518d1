import { assertAlmostEquals, assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { HAS_WEBGPU } from "../engine/tfjs_backends.ts";
import { runTask } from "./run_task.ts";

const MNIST = new URL("../../../shared/data/mnist", import.meta.url).pathname;
const hasMnist = await Deno.stat(MNIST).then(() => true, () => false);

Deno.test({
  name: "evaluate reads at least 99.2 % of MNIST's test set right",
  ignore: !hasMnist,
  fn: async () => {
    const { code, stdout } = await runTask(
      "evaluate",
      "--data",
      MNIST,
      "--backend",
      "wasm",
      "--json",
    );
    assertEquals(code, 0);
    const { weights, count, accuracy, loss, confusion, backend } = JSON.parse(stdout);
    assertEquals([weights, count, backend], ["digits", 10_000, "wasm"]);
    assertGreaterOrEqual(accuracy, 0.992);
    assertGreaterOrEqual(0.05, loss);
    const right = confusion.reduce((sum: number, row: number[], k: number) => sum + row[k], 0);
    assertAlmostEquals(right / count, accuracy, 1e-12);
  },
});

Deno.test({
  name: "evaluate gives the same answers on webgpu",
  ignore: !hasMnist || !HAS_WEBGPU,
  fn: async () => {
    const on = async (backend: string) => {
      const args = ["--data", MNIST, "--limit", "500", "--json", "--backend", backend];
      return JSON.parse((await runTask("evaluate", ...args)).stdout);
    };
    const [webgpu, wasm] = [await on("webgpu"), await on("wasm")];
    assertEquals([webgpu.backend, wasm.backend], ["webgpu", "wasm"]);
    assertEquals(webgpu.confusion, wasm.confusion);
    assertAlmostEquals(webgpu.loss, wasm.loss, 1e-5);
  },
});

Deno.test("evaluate says in one line what is wrong with its data", async () => {
  const { code, stdout, stderr } = await runTask("evaluate", "--data", "/nowhere");
  assertEquals([code, stdout], [1, ""]);
  assertMatch(stderr, /^error: Cannot .* \[file\/missing\]\n$/);
});
