import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { scriptJson } from "../../scripts/report/script_json.ts";

Deno.test("scriptJson gives JSON of the same value, with nothing in it that HTML looks for", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("</script>", "<!--<script>", "]]>"));
  fc.assert(fc.property(fc.dictionary(text, text), (value) => {
    const json = scriptJson(value);
    assertEquals(json.includes("<"), false);
    assertEquals(Object.entries(JSON.parse(json)), Object.entries(value));
  }));
});
