import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { HAS_CHROMIUM, withPage } from "../chromium.ts";
import { ROOT } from "../cli/run_task.ts";
import { hasCommand, output } from "../data/command.ts";
import { withServer } from "../data/local_server.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { bundleProgram } from "../runtimes/bundle_program.ts";
import { findWorkerd, withWorker } from "../runtimes/workerd.ts";
import { inEmptyProject } from "./empty_project.ts";
import { LocalRegistry } from "./local_registry.ts";
import { layNpmPackages } from "./npm_packages.ts";
import { publishPackages } from "./publish_packages.ts";

const MAIN = "@x/lenet";

const WEIGHTS = "@x/lenet-weights";

/** Puts the packages into the scope of who publishes them. */
const RENAME =
  "grep -rl --exclude-dir=.git @x/lenet . | xargs perl -pi -e 's,\\@x/lenet,\\@yourscope/lenet,g'";

const SEVEN = await Deno.readFile(`${ROOT}scripts/samples/7.png`);

const workerd = await findWorkerd();

let registry: LocalRegistry;

/** Has the packages in its `node_modules`, and the sample. */
let npmFolder: string;

Deno.test.beforeAll(async () => {
  registry = new LocalRegistry();
  await publishPackages(registry);
  npmFolder = await Deno.makeTempDir();
  await layNpmPackages(registry, npmFolder);
  await laySample(npmFolder);
});

Deno.test.afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await Deno.remove(npmFolder, { recursive: true });
});

/** Lays the sample where the snippets of the README read it. */
async function laySample(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/scripts/samples`, { recursive: true });
  await Deno.writeFile(`${folder}/scripts/samples/7.png`, SEVEN);
}

async function snippet(name: string): Promise<string> {
  return await Deno.readTextFile(new URL(`snippets/${name}`, import.meta.url));
}

/**
 * Runs a module that imports from the registry, in an empty folder, with a cache of its own.
 *
 * @param code The module.
 * @param permissions Which it has; none unless told.
 * @param registry Where it imports from.
 * @returns What it printed.
 */
async function runInDeno(
  code: string,
  permissions: readonly string[] = [],
  { url } = registry,
): Promise<string> {
  let printed = "";
  await inEmptyProject(code, async ({ folder, cache }) => {
    printed = await output(
      Deno.execPath(),
      ["run", "--quiet", "--no-prompt", ...permissions, "main.ts"],
      { cwd: folder, env: { DENO_DIR: cache, JSR_URL: url, NO_COLOR: "1" } },
    );
  });
  return printed;
}

Deno.test("deno publish sends all files that the package needs, and nothing else", async () => {
  const { files, exports } = registry.packages.get(MAIN)!;
  assertEquals(exports, JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`)).exports);
  const entries = Object.values(exports).map((file) => `${ROOT}${file.slice(2)}`);
  const needed = new Set<string>();
  for (const entry of entries) {
    const { modules } = JSON.parse(await output(Deno.execPath(), ["info", "--json", entry]));
    for (const { specifier } of modules as { specifier: string }[]) {
      const path = specifier.replace(`file://${ROOT}`, "/");
      if (path !== specifier && !path.startsWith("/weights/")) needed.add(path);
    }
  }
  const others = ["/ARCHITECTURE.md", "/CHANGELOG.md", "/LICENSE", "/README.md", "/deno.json"];
  assertEquals([...files.keys()].sort(), [...needed, ...others].sort());
  for (const [path, bytes] of files) {
    // Imports of the other package have become those of JSR.
    if (!path.endsWith(".ts")) assertEquals(bytes, await Deno.readFile(`${ROOT}${path.slice(1)}`));
  }
});

Deno.test("deno publish sends all weights, and nothing else", async () => {
  const { files, exports } = registry.packages.get(WEIGHTS)!;
  const modules = Object.values(exports).map((file) => file.slice(1));
  const others = ["/LICENSE", "/MODEL_CARD.md", "/README.md", "/deno.json"];
  assertEquals([...files.keys()].sort(), [...modules, ...others].sort());
  for (const [path, bytes] of files) {
    assertEquals(bytes, await Deno.readFile(`${ROOT}weights${path}`), path);
  }
});

Deno.test("classifyDigit reads PNG files and pixels as published, in an empty folder, without any permission", async () => {
  const printed = await runInDeno(`import { classifyDigit } from "jsr:${MAIN}";
const png = Uint8Array.fromBase64("${SEVEN.toBase64()}");
const bar = Array.from({ length: 784 }, (_, i) => i % 28 === 14 && i > 112 && i < 672 ? 255 : 0);
for (const image of [png, bar]) console.log((await classifyDigit(image)).digit);
`);
  assertEquals(printed, "7\n1\n");
});

Deno.test("LeNet.load takes every module of the weights as published", async () => {
  const { exports } = registry.packages.get(WEIGHTS)!;
  const networks = Object.keys(exports).filter((name) =>
    !["./types", "./judge", "./line", "./non-digit"].includes(name)
  );
  const printed = await runInDeno(`import { LeNet } from "jsr:${MAIN}";
import "jsr:${WEIGHTS}/types";
import * as judge from "jsr:${WEIGHTS}/judge";
import * as line from "jsr:${WEIGHTS}/line";
import * as nonDigit from "jsr:${WEIGHTS}/non-digit";
${networks.map((name, n) => `import * as n${n} from "jsr:${WEIGHTS}${name.slice(1)}";`).join("\n")}
for (const weights of [judge, line, nonDigit, ${networks.map((_, n) => `n${n}`)}]) {
  console.log((await LeNet.load(weights)).model.architecture.classes);
}
`);
  assertEquals(printed, `2\n11\n11\n${"10\n".repeat(networks.length)}`);
});

Deno.test("every entry loads as published, without any permission", async () => {
  const entries = Object.keys(registry.packages.get(MAIN)!.exports);
  const specifiers = entries.map((entry) => `jsr:${MAIN}${entry.slice(1)}`);
  const printed = await runInDeno(
    specifiers.map((specifier, n) => `import * as e${n} from "${specifier}";`).join("\n") +
      `for (const entry of [${
        entries.map((_, n) => `e${n}`)
      }]) console.log("classifyDigit" in entry);`,
  );
  const expected = entries.map((entry) => `${[".", "./workers"].includes(entry)}\n`);
  assertEquals(printed, expected.join(""));
});

Deno.test("fineTune learns as published", async () => {
  const printed = await runInDeno(
    `import { LeNet } from "jsr:${MAIN}";
import { fineTune } from "jsr:${MAIN}/train";
const image = Uint8Array.fromBase64("${SEVEN.toBase64()}");
const samples = [{ image, label: 1 }, { image, label: 7 }];
const { history } = await fineTune(await LeNet.load(), samples, { epochs: 1, backend: "wasm" });
console.log(history.length);
`,
    ["--allow-read"],
  );
  assertEquals(printed, "1\n");
});

Deno.test("the README's command puts the packages into another scope", async () => {
  await inTemporaryFolder(async (folder) => {
    const sources = [
      "mod.ts",
      "src",
      "weights",
      "README.md",
      "ARCHITECTURE.md",
      "CHANGELOG.md",
      "LICENSE",
      "deno.json",
    ];
    await output("cp", ["-r", ...sources.map((name) => `${ROOT}${name}`), folder]);
    await output("sh", ["-c", RENAME.replace("yourscope", "digits")], { cwd: folder });
    await using other = new LocalRegistry();
    await publishPackages(other, `${folder}/`);
    assertEquals([...other.packages.keys()], ["@digits/lenet-weights", "@digits/lenet"]);
    const printed = await runInDeno(
      `import { classifyDigit } from "jsr:@digits/lenet";
console.log((await classifyDigit(Uint8Array.fromBase64("${SEVEN.toBase64()}"))).digit);
`,
      [],
      other,
    );
    assertEquals(printed, "7\n");
  });
});

Deno.test("deno doc finds every symbol of every entry documented", async () => {
  for (const [name, folder] of [[MAIN, ""], [WEIGHTS, "weights/"]]) {
    const entries = Object.values(registry.packages.get(name)!.exports);
    await output(Deno.execPath(), ["doc", "--quiet", "--lint", ...entries], {
      cwd: `${ROOT}${folder}`,
      env: { NO_COLOR: "1" },
    });
  }
});

Deno.test("README.md shows the snippets as they are tested", async () => {
  const readme = await Deno.readTextFile(`${ROOT}README.md`);
  for (const name of ["deno.ts", "node.js", "bun.js", "worker.ts", "page.js"]) {
    assertStringIncludes(readme, await snippet(name));
  }
  assertStringIncludes(readme, RENAME);
});

Deno.test("the snippet for Deno reads the sample as published", async () => {
  await inTemporaryFolder(async (folder) => {
    await laySample(folder);
    await Deno.writeTextFile(`${folder}/main.ts`, await snippet("deno.ts"));
    const imports = { [MAIN]: `jsr:${MAIN}@^${registry.packages.get(MAIN)!.version}` };
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports }));
    const printed = await output(
      Deno.execPath(),
      ["run", "--quiet", "--no-prompt", "--allow-read=scripts", "main.ts"],
      { cwd: folder, env: { DENO_DIR: `${folder}/cache`, JSR_URL: registry.url, NO_COLOR: "1" } },
    );
    assertMatch(printed, /^7 0\.9\d+\n$/);
  });
});

for (const runtime of ["node", "bun"]) {
  Deno.test({
    name: `the snippet for ${runtime} reads the sample, installed as JSR gives it to npm`,
    ignore: !hasCommand(runtime),
    async fn() {
      const file = `${npmFolder}/${runtime}.js`;
      await Deno.writeTextFile(file, await snippet(`${runtime}.js`));
      assertEquals(await output(runtime, [file], { cwd: npmFolder }), "7\n");
    },
  });
}

Deno.test({
  name: "the snippet for Workers answers in workerd, bundled as JSR gives it to npm",
  ignore: workerd === undefined,
  fn: () =>
    inTemporaryFolder(async (folder) => {
      await bundleProgram(await snippet("worker.ts"), folder, { from: npmFolder });
      await withWorker(workerd!, folder, async ({ url }) => {
        const ask = async (body: Uint8Array<ArrayBuffer> | string): Promise<unknown[]> => {
          const response = await fetch(url, { method: "POST", body });
          const { digit, code } = await response.json();
          return [response.status, digit ?? code];
        };
        assertEquals(await ask(SEVEN), [200, 7]);
        assertEquals(await ask("no picture"), [400, "image/unsupported"]);
        assertEquals(await ask(SEVEN.slice(0, 200)), [400, "image/unreadable"]);
        assertEquals(await ask(SEVEN), [200, 7]);
      });
    }),
});

Deno.test({
  name: "the snippet for pages reads a canvas in Chromium, bundled as JSR gives it to npm",
  ignore: !HAS_CHROMIUM,
  fn: () =>
    inTemporaryFolder(async (folder) => {
      await bundleProgram(await snippet("page.js"), folder, { from: npmFolder });
      const script = await Deno.readFile(`${folder}/program.js`);
      const page = `<!DOCTYPE html><link rel="icon" href="data:,"><canvas></canvas><output></output>
<script>
  const context = document.querySelector("canvas").getContext("2d");
  context.lineWidth = 12;
  context.moveTo(100, 30);
  context.lineTo(170, 30);
  context.lineTo(125, 120);
  context.stroke();
</script>
<script type="module" src="page.js"></script>`;
      const answer = (request: Request): Response => {
        const isScript = new URL(request.url).pathname === "/page.js";
        const type = isScript ? "text/javascript" : "text/html";
        return new Response(isScript ? script : page, { headers: { "Content-Type": type } });
      };
      await withServer(answer, ({ url }) =>
        withPage(url, async ({ page, complaints }) => {
          await page.waitForFunction("document.querySelector('output').value !== ''");
          assertEquals(await page.textContent("output"), "7");
          assertEquals(complaints, []);
        }));
    }),
});
