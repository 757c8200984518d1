import { assertEquals } from "@std/assert";
import { DIGIT_BITMAPS } from "../../src/model/digit_bitmaps.ts";
import { lenet51998 } from "../../src/model/lenet5_1998.ts";

Deno.test("lenet51998 connects C3 as the paper's table does", () => {
  const c3 = lenet51998().layers.find((layer) => "name" in layer && layer.name === "C3");
  const seen = c3?.kind === "conv" ? c3.connections! : [];
  // The table's columns: which of the maps 0 to 5 each filter sees.
  assertEquals(
    seen.map((maps) => maps.join("")),
    [
      ...["012", "123", "234", "345", "045", "015"],
      ...["0123", "1234", "2345", "0345", "0145", "0125"],
      ...["0134", "1245", "0235", "012345"],
    ],
  );
});

Deno.test("DIGIT_BITMAPS are ten drawings of 7×12 pixels, all of them different in many", () => {
  assertEquals(DIGIT_BITMAPS.length, 10);
  for (const [a, first] of DIGIT_BITMAPS.entries()) {
    assertEquals(/^[#.]{84}$/.test(first), true);
    for (const second of DIGIT_BITMAPS.slice(a + 1)) {
      const apart = [...first].filter((pixel, i) => pixel !== second[i]).length;
      assertEquals(apart >= 20, true, `${first} and ${second} differ in ${apart} pixels`);
    }
  }
});
