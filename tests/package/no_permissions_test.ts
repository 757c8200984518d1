import { assertEquals } from "@std/assert";
import { ROOT } from "../cli/run_task.ts";

Deno.test("classifyDigit reads a PNG in a three-line script without any permission", async () => {
  const folder = await Deno.makeTempDir();
  const png = (await Deno.readFile(`${ROOT}scripts/samples/7.png`)).toBase64();
  const script = `${folder}/seven.ts`;
  await Deno.writeTextFile(
    script,
    `import { classifyDigit } from "file://${ROOT}mod.ts";
const png = Uint8Array.from(atob("${png}"), (character) => character.charCodeAt(0));
console.log(await classifyDigit(png).then(({ digit, backend }) => [digit, backend].join()));
`,
  );
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--config", `${ROOT}deno.json`, script],
  }).output();
  await Deno.remove(folder, { recursive: true });
  const text = new TextDecoder();
  assertEquals([code, text.decode(stdout), text.decode(stderr)], [0, "7,wasm\n", ""]);
});
