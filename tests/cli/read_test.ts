import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { runTask } from "./run_task.ts";

const SEVEN = "scripts/samples/7.png";

Deno.test("read prints what stands in each picture, or a line of JSON", async () => {
  const plain = await runTask("read", SEVEN);
  assertEquals([plain.code, plain.stdout], [0, `${SEVEN}: 7\n`]);
  const { stdout } = await runTask("read", SEVEN, "--json");
  const { file, text, digits } = JSON.parse(stdout);
  assertEquals([file, text, digits.length, digits[0].line], [SEVEN, "7", 1, 0]);
  assertGreater(digits[0].confidence, 0.5);
});

Deno.test("read goes on after a file that cannot be read, and says so with code 1", async () => {
  const { code, stdout, stderr } = await runTask("read", "README.md", SEVEN);
  assertEquals([code, stdout], [1, `${SEVEN}: 7\n`]);
  assertStringIncludes(stderr, "[image/unsupported]");
});

Deno.test("read --explain writes a page with a box for each digit", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const page = `${folder}/page.html`;
    const { code, stderr } = await runTask("read", SEVEN, "--explain", page);
    assertEquals([code, stderr], [0, `${page} written\n`]);
    const text = await Deno.readTextFile(page);
    assertEquals(text.match(/<rect /g)?.length, 1);
    assertStringIncludes(text, "data:image/png;base64,");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("read refuses to run without a file, with code 2", async () => {
  const { code, stderr } = await runTask("read");
  assertEquals(code, 2);
  assertStringIncludes(stderr, "found no FILE");
});
