import { assertEquals, assertStringIncludes } from "@std/assert";
import { HAS_CHROMIUM, withPage } from "../chromium.ts";
import { ROOT } from "../cli/run_task.ts";
import { hasCommand, output } from "../data/command.ts";
import { withServer } from "../data/local_server.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { bundleProgram } from "../runtimes/bundle_program.ts";
import { installPackages } from "../runtimes/install_packages.ts";
import { LocalRegistry } from "./local_registry.ts";
import { layNpmPackages } from "./npm_packages.ts";
import { publishPackages } from "./publish_packages.ts";

const SEVEN = (await Deno.readFile(`${ROOT}scripts/samples/7.png`)).toBase64();

/** Classifies pictures: by default 256, enough for `auto` to take a GPU. */
const CLASSIFY = `
const png = Uint8Array.from(atob("${SEVEN}"), (character) => character.charCodeAt(0));
const classify = async (backend, count = 256) => {
  const answers = await classifyDigits(Array(count).fill(png), { backend });
  return [...new Set(answers.map(({ digit, backend }) => digit + " on " + backend))].join();
};`;

/** A program for Node whose platform claims a hardware adapter. */
const IN_NODE = `
Object.defineProperty(globalThis, "navigator", {
  value: { gpu: { requestAdapter: async () => ({ isFallbackAdapter: false }) } },
});
${CLASSIFY}
console.log(await classify("auto"));
console.log(await classify("webgpu").catch(({ code, message }) => code + ": " + message));
`;

/** Trains a tiny network: `auto` has to find out that a step of it is too small, `webgpu` what is missing. */
const TRAIN = `
const architecture = {
  name: "tiny",
  input: [1, 28, 28],
  layers: [{ kind: "flatten" }, { kind: "dense", name: "output", units: 10 }],
  classes: 10,
};
const digits = syntheticDigits({ count: 20, seed: 1 });
const learn = async (backend) =>
  (await train(architecture, digits, { backend, epochs: 1, validation: 0 })).backend;`;

/** The same in Node. */
const TRAIN_IN_NODE = `
Object.defineProperty(globalThis, "navigator", {
  value: { gpu: { requestAdapter: async () => ({ isFallbackAdapter: false }) } },
});
${TRAIN}
const code = ({ code, message }) => code + ": " + message;
console.log(await learn("auto"));
console.log(await learn("webgpu").catch(code));
const net = await LeNet.load();
console.log(await fineTune(net, digits, { backend: "webgpu", epochs: 1 }).catch(code));
`;

/** Has the packages in its \`node_modules\`, as JSR gives them to npm. */
let folder: string;

Deno.test.beforeAll(async () => {
  await using registry = new LocalRegistry();
  await publishPackages(registry);
  folder = await Deno.makeTempDir();
  await layNpmPackages(registry, folder);
});

Deno.test.afterAll(() => Deno.remove(folder, { recursive: true }));

async function inNode(imports: string, program = IN_NODE): Promise<string[]> {
  await Deno.writeTextFile(`${folder}/main.js`, imports + program);
  return (await output("node", ["main.js"], { cwd: folder })).trim().split("\n");
}

Deno.test({
  name:
    "outside Deno and without @x/lenet/webgpu, auto computes on WASM and webgpu names the import",
  ignore: !hasCommand("node"),
  async fn() {
    const [auto, webgpu] = await inNode('import { classifyDigits } from "@x/lenet";');
    assertEquals(auto, "7 on wasm");
    assertEquals(
      webgpu,
      "backend/unavailable: Cannot use the backend webgpu: its engine is not loaded, expected " +
        'import "@x/lenet/webgpu" in the program, and @tensorflow/tfjs-core and ' +
        "@tensorflow/tfjs-backend-webgpu installed",
    );
  },
});

Deno.test({
  name:
    "outside Deno and without @x/lenet/webgpu, training on auto computes on WASM and webgpu names the import",
  ignore: !hasCommand("node"),
  async fn() {
    const [auto, ...named] = await inNode(
      'import { LeNet } from "@x/lenet";\n' +
        'import { fineTune, syntheticDigits, train } from "@x/lenet/train";',
      TRAIN_IN_NODE,
    );
    assertEquals(auto, "wasm");
    const missing =
      "backend/unavailable: Cannot use the backend webgpu: its engine is not loaded, expected " +
      'import "@x/lenet/webgpu" in the program, and @tensorflow/tfjs-core and ' +
      "@tensorflow/tfjs-backend-webgpu installed";
    assertEquals(named, [missing, missing]);
  },
});

Deno.test({
  name: "@x/lenet/webgpu without the packages of tfjs leaves auto on WASM, and webgpu names them",
  ignore: !hasCommand("node"),
  async fn() {
    const [auto, webgpu] = await inNode(
      'import { classifyDigits } from "@x/lenet";\nimport "@x/lenet/webgpu";',
    );
    assertEquals(auto, "7 on wasm");
    assertStringIncludes(webgpu, "backend/unavailable: Cannot use the tfjs backend webgpu: ");
    assertStringIncludes(
      webgpu,
      "expected @tensorflow/tfjs-core and @tensorflow/tfjs-backend-webgpu to be installed",
    );
  },
});

Deno.test("a bundle of @x/lenet carries nothing of tfjs and builds without it", async () => {
  await inTemporaryFolder(async (bundle) => {
    const program = `import { classifyDigits } from "@x/lenet";${CLASSIFY}
export default () => classify("wasm", 2);`;
    const script = await Deno.readTextFile(await bundleProgram(program, bundle, { from: folder }));
    assertEquals(script.includes("setBackend"), false);
    const { default: classify } = await import(`file://${bundle}/program.js`);
    assertEquals(await classify(), "7 on wasm");
  });
});

Deno.test("a bundle of @x/lenet/train carries nothing of tfjs and trains without it", async () => {
  await inTemporaryFolder(async (bundle) => {
    const program = `import { syntheticDigits, train } from "@x/lenet/train";${TRAIN}
export default () => learn("wasm");`;
    const script = await Deno.readTextFile(await bundleProgram(program, bundle, { from: folder }));
    assertEquals(script.includes("setBackend"), false);
    const { default: learn } = await import(`file://${bundle}/program.js`);
    assertEquals(await learn(), "wasm");
  });
});

Deno.test({
  name:
    "a bundle with @x/lenet/webgpu carries tfjs, and reads digits and trains on WebGPU in Chromium",
  ignore: !HAS_CHROMIUM,
  fn: () =>
    inTemporaryFolder(async (bundle) => {
      const nodeModules = await installPackages(
        ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-webgpu"],
        bundle,
      );
      const program = `import { classifyDigits } from "@x/lenet";
import { syntheticDigits, train } from "@x/lenet/train";
import "@x/lenet/webgpu";
${CLASSIFY}${TRAIN}
export default async () => [await classify("webgpu", 2), await learn("webgpu")].join();`;
      const script = await Deno.readFile(
        await bundleProgram(program, bundle, { from: folder, nodeModules }),
      );
      const answer = (request: Request): Response => {
        const isScript = new URL(request.url).pathname === "/program.js";
        return new Response(isScript ? script : "<!DOCTYPE html><link rel=icon href='data:,'>", {
          headers: { "Content-Type": isScript ? "text/javascript" : "text/html" },
        });
      };
      await withServer(answer, ({ url }) =>
        withPage(url, async ({ page }) => {
          const read = await page.evaluate(
            async (program) => await (await import(program)).default(),
            `${url}program.js`,
          );
          assertEquals(read, "7 on webgpu,webgpu");
        }, { gpu: "software" }));
    }),
});
