import { assertEquals, assertNotEquals } from "@std/assert";
import { architectureByName } from "../../src/model/zoo.ts";
import { headLayers, withNewHead } from "../../src/train/fine_tuning_options.ts";
import { assertError } from "../assert_error.ts";
import { TINY } from "./tiny.ts";
import { TINY_MODEL } from "./tiny_net.ts";

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `class ${n}`);

Deno.test("withNewHead accepts 2 to 256 different names, and no others", () => {
  for (const count of [2, 256]) {
    const { architecture, metadata } = withNewHead(TINY_MODEL, names(count), 0);
    assertEquals([architecture.classes, metadata.classNames], [count, names(count)]);
  }
  for (const wrong of [names(0), names(1), names(257), ["a", "a"], ["a", ""], "ab"]) {
    assertError(
      () => withNewHead(TINY_MODEL, wrong as string[], 0),
      "option/invalid",
      "expected 2 to 256 different names",
    );
  }
});

Deno.test("withNewHead refuses names that are no texts, and seeds that are no numbers", () => {
  for (const wrong of [null, ["a", , "b"], ["a", 1n], [Symbol("a"), "b"], {}]) {
    assertError(
      () => withNewHead(TINY_MODEL, wrong as string[], 0),
      "option/invalid",
      "Cannot fine-tune: classes is ",
    );
  }
  for (const seed of ["1", 1n, [], Symbol("1"), NaN, 0.5]) {
    assertError(
      () => withNewHead(TINY_MODEL, ["a", "b"], seed as number),
      "option/invalid",
      "Cannot fine-tune: seed is ",
    );
  }
});

Deno.test("withNewHead keeps the weights before the flatten layer, and draws the others by the seed", () => {
  const [one, same, other] = [1, 1, 2].map((seed) => withNewHead(TINY_MODEL, names(4), seed));
  for (const name of ["conv1.weight", "conv1.bias"]) {
    assertEquals(one.parameters.get(name), TINY_MODEL.parameters.get(name));
  }
  assertEquals(one.parameters.get("fc1.weight")!.shape, [4, 48]);
  assertEquals(one.parameters, same.parameters);
  assertNotEquals(one.parameters.get("fc1.weight"), other.parameters.get("fc1.weight"));
});

Deno.test("headLayers names the layers with parameters after the flatten layer", () => {
  assertEquals(headLayers(TINY), ["fc1"]);
  assertEquals(headLayers(architectureByName("lenet5")), ["fc1", "fc2", "fc3"]);
});
