import { assertEquals } from "@std/assert";
import { ROOT } from "../cli/run_task.ts";
import { output } from "../data/command.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";

/** Runs a script without permissions; it must complain of nothing. */
async function run(script: string): Promise<string> {
  let printed = "";
  await inTemporaryFolder(async (folder) => {
    const file = `${folder}/script.ts`;
    await Deno.writeTextFile(file, script);
    const options = ["--quiet", "--no-prompt", "--config", `${ROOT}deno.json`];
    printed = await output(Deno.execPath(), ["run", ...options, file], { env: { NO_COLOR: "1" } });
  });
  return printed;
}

Deno.test("classifyDigit reads a PNG in a three-line script without any permission", async () => {
  const png = (await Deno.readFile(`${ROOT}scripts/samples/7.png`)).toBase64();
  const printed = await run(`import { classifyDigit } from "file://${ROOT}mod.ts";
const png = Uint8Array.from(atob("${png}"), (character) => character.charCodeAt(0));
console.log(await classifyDigit(png).then(({ digit, backend }) => [digit, backend].join()));
`);
  assertEquals(printed, "7,wasm\n");
});

Deno.test("selectBackend asks for no permission: auto takes wasm, and webgpu says what it needs", async () => {
  const printed = await run(`import { selectBackend } from "file://${ROOT}mod.ts";
const gpu = { requestAdapter: async () => ({ isFallbackAdapter: false }) };
Object.defineProperty(navigator, "gpu", { value: gpu });
console.log(await selectBackend("auto"));
console.log(await selectBackend("webgpu").catch((error) => error.message));
`);
  assertEquals(
    printed,
    "wasm\nCannot use the backend webgpu: its engine cannot be loaded (it needs --allow-read), " +
      'expected import "@x/lenet/webgpu" in the program, and @tensorflow/tfjs-core and ' +
      "@tensorflow/tfjs-backend-webgpu installed\n",
  );
});
