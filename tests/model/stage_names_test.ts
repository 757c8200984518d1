import { assertEquals } from "@std/assert";
import { stageNames } from "../../src/model/stage_names.ts";
import { ARCHITECTURE_NAMES, architectureByName } from "../../src/model/zoo.ts";

Deno.test("stageNames numbers what has no name of its own", () => {
  assertEquals(
    stageNames(architectureByName("lenet5-bn-dropout").layers).join(" "),
    [
      "conv1 bn1 relu1 pool1 conv2 bn2 relu2 pool2 flatten1",
      "fc1 relu3 dropout1 fc2 relu4 dropout2 fc3",
    ].join(" "),
  );
});

Deno.test("stageNames gives no name twice, whatever layers are called", () => {
  const names = stageNames([
    { kind: "conv", name: "relu1", filters: 1, kernel: 1, padding: 0 },
    { kind: "activation", activation: "relu" },
    { kind: "activation", activation: "relu" },
  ]);
  assertEquals(names, ["relu1", "relu2", "relu3"]);
  for (const name of ARCHITECTURE_NAMES) {
    const names = stageNames(architectureByName(name).layers);
    assertEquals(new Set(names).size, names.length);
  }
});
