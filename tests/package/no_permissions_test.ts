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

Deno.test("train and fineTune ask for no permission: auto takes wasm, and webgpu says what it needs", async () => {
  const printed = await run(`import { LeNet, lenet5 } from "file://${ROOT}mod.ts";
import { fineTune, syntheticDigits, train } from "file://${ROOT}src/train/mod.ts";
const gpu = { requestAdapter: async () => ({ isFallbackAdapter: false }) };
Object.defineProperty(navigator, "gpu", { value: gpu });
// One step of so many images is large enough for a GPU.
const digits = syntheticDigits({ count: 1200, seed: 1 });
const options = { epochs: 1, batchSize: 1200, validation: 0 };
console.log((await train(lenet5(), digits, options)).backend);
console.log(await train(lenet5(), digits, { ...options, backend: "webgpu" }).catch((e) => e.message));
const few = syntheticDigits({ count: 10, seed: 1 });
const { net } = await fineTune(await LeNet.load(), few, { epochs: 1 });
console.log(net.backend);
`);
  assertEquals(
    printed,
    "wasm\nCannot use the backend webgpu: its engine cannot be loaded (it needs --allow-read), " +
      'expected import "@x/lenet/webgpu" in the program, and @tensorflow/tfjs-core and ' +
      "@tensorflow/tfjs-backend-webgpu installed\nwasm\n",
  );
});
