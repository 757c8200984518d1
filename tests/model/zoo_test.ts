import { assertEquals, assertThrows } from "@std/assert";
import { LeNetError } from "../../src/model/error.ts";
import { ARCHITECTURE_NAMES, architectureByName } from "../../src/model/zoo.ts";

Deno.test("architectureByName gives every network under its own name", () => {
  for (const name of ARCHITECTURE_NAMES) assertEquals(architectureByName(name).name, name);
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
