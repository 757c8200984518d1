import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Html, html, scriptJson } from "../../src/watch/html.ts";

Deno.test("html keeps text text, and HTML HTML, however deep in lists", () => {
  const list = [html`<i>${"<"}</i>`, ["&", 1, undefined]];
  assertEquals(
    html`<p title="${`"'`}">${list}</p>`.text,
    '<p title="&quot;&#39;"><i>&lt;</i>&amp;1</p>',
  );
  assertEquals(html`${new Html("<b>")}`.text, "<b>");
});

Deno.test("html lets no text begin a tag, end an attribute or be taken for an entity", () => {
  const character = fc.constantFrom(..."<>&\"'a;#");
  fc.assert(fc.property(fc.string({ unit: character }), (text) => {
    const escaped = html`${text}`.text;
    assertEquals(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/.test(escaped), false);
    const back = escaped.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"')
      .replace(/&#39;/g, "'").replace(/&amp;/g, "&");
    assertEquals(back, text);
  }));
});

Deno.test("scriptJson gives JSON of the same value, with nothing in it that HTML looks for", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("</script>", "<!--<script>", "]]>"));
  fc.assert(fc.property(fc.dictionary(text, text), (value) => {
    const json = scriptJson(value);
    assertEquals(json.includes("<"), false);
    assertEquals(Object.entries(JSON.parse(json)), Object.entries(value));
  }));
});
