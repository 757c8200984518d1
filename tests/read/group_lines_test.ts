import { assertEquals } from "@std/assert";
import { groupLines } from "../../src/read/group_lines.ts";
import { leftOf, piecesOf } from "./line.ts";

const HEIGHT = 20;

Deno.test("groupLines puts what stands side by side on one line, from the left", () => {
  const pieces = piecesOf([[60, 12, 8, 20], [10, 10, 10, 20], [35, 8, 8, 22]]);
  assertEquals(groupLines(pieces, HEIGHT).map(leftOf), [[10, 35, 60]]);
});

Deno.test("groupLines tells lines apart, from the top", () => {
  const pieces = piecesOf([[10, 50, 10, 20], [30, 52, 10, 20], [12, 10, 10, 20], [40, 12, 10, 20]]);
  assertEquals(groupLines(pieces, HEIGHT).map(leftOf), [[12, 40], [10, 30]]);
});

Deno.test("groupLines gives low pieces to the line they are beside, however they lie on it", () => {
  // The bar of a 5 above its belly, and the foot of a 2.
  const pieces = piecesOf([[10, 16, 10, 16], [10, 10, 12, 3], [40, 10, 10, 20], [52, 28, 6, 3]]);
  assertEquals(groupLines(pieces, HEIGHT).map(leftOf), [[10, 10, 40, 52]]);
});

Deno.test("groupLines leaves out dirt far from all lines, and takes what is high enough as a line", () => {
  const digit: [number, number, number, number] = [10, 10, 10, 20];
  assertEquals(groupLines(piecesOf([digit, [12, 90, 3, 3]]), HEIGHT).map(leftOf), [[10]]);
  assertEquals(groupLines(piecesOf([digit, [12, 90, 8, 9]]), HEIGHT).map(leftOf), [[10], [12]]);
  assertEquals(groupLines([], HEIGHT), []);
});
