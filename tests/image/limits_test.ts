import { assertEquals } from "@std/assert";
import { resolveLimits } from "../../src/options.ts";

Deno.test("resolveLimits allows 32 MiB and 50 megapixels unless told otherwise", () => {
  assertEquals(resolveLimits(), { maxBytes: 33_554_432, maxPixels: 50_000_000 });
  assertEquals(resolveLimits({ maxBytes: 5 }), { maxBytes: 5, maxPixels: 50_000_000 });
  assertEquals(resolveLimits({ maxPixels: Infinity }).maxPixels, Infinity);
});
