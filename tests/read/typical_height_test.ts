import { assertEquals } from "@std/assert";
import { typicalHeight } from "../../src/read/typical_height.ts";
import { piecesOf } from "./line.ts";

Deno.test("typicalHeight is that of most of the ink: specks do not count for much", () => {
  const digits = [[0, 10, 8, 19], [20, 10, 8, 20], [40, 10, 8, 21]] as const;
  const specks = Array.from({ length: 10 }, (_, n) => [4 * n, 50, 1, 1] as const);
  assertEquals(typicalHeight(piecesOf(digits)), 20);
  assertEquals(typicalHeight(piecesOf([...digits, ...specks])), 20);
  assertEquals(typicalHeight(piecesOf([[0, 0, 3, 7]])), 7);
});
