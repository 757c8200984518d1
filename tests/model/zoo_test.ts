import { assertEquals, assertThrows } from "@std/assert";
import { LeNetError } from "../../src/model/error.ts";
import { summarize } from "../../src/model/summary.ts";
import { ARCHITECTURE_NAMES, architectureByName } from "../../src/model/zoo.ts";

/** As the walk-throughs that build them count. */
const PARAMETERS: Readonly<Record<string, number>> = {
  "lenet5": 61_706,
  "lenet5-1998": 60_000,
  "lenet5-plain": 61_706,
  "lenet5-relu": 61_706,
  "lenet5-bn-dropout": 61_750,
  "lenet-sigmoid": 61_706,
  "lenet-caffe": 1_256_080,
  "lenet-cifar10": 121_182,
};

Deno.test("architectureByName gives every network under its own name, with its parameters", () => {
  const found = ARCHITECTURE_NAMES.map((name) => {
    const { name: own, parameters } = summarize(architectureByName(name));
    return [own, parameters];
  });
  assertEquals(Object.fromEntries(found), PARAMETERS);
});

Deno.test("architectureByName refuses a name it does not know, even one that every object has", () => {
  for (const name of ["lenet6", "constructor", "__proto__"]) {
    const error = assertThrows(
      () => architectureByName(name),
      LeNetError,
      "expected one of lenet5",
    );
    assertEquals(error.code, "option/invalid");
  }
});
