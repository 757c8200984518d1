import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { runTask } from "../cli/run_task.ts";
import { hasSharedData, sharedData } from "../data/shared_data.ts";

Deno.test({
  name: "bench:finetune finds another hand and new classes learned, and the old hand kept",
  ignore: !hasSharedData("mnist") || !hasSharedData("fashion-mnist"),
  fn: async () => {
    const data = sharedData("mnist").replace(/\/mnist\/?$/, "");
    const { code, stdout, stderr } = await runTask("bench:finetune", "--data", data, "--json");
    assertEquals([code, stderr], [0, ""]);
    const { hand, plain, one_class, new_classes, above_idle_mb } = JSON.parse(stdout);
    assertGreaterOrEqual(hand.error_cut, 0.5);
    assertGreaterOrEqual(hand.after, 0.965);
    assertLessOrEqual(plain.lost, 0.001);
    assertLessOrEqual(one_class.lost, 0.001);
    assertGreaterOrEqual(new_classes, 0.8);
    assertLessOrEqual(above_idle_mb, 60);
  },
});
