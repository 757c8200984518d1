import { assertEquals, assertLess } from "@std/assert";
import { classifyDigit, readDigits } from "../../mod.ts";
import { ROOT } from "../cli/run_task.ts";
import { output } from "../data/command.ts";
import { withServer } from "../data/local_server.ts";
import { HAS_WEBGPU } from "../engine/tfjs/backends.ts";
import { encodeBmp } from "../image/decode/bmp_encoder.ts";
import { encodeGif, greys } from "../image/decode/gif_encoder.ts";
import { BASELINE } from "../image/decode/jpeg_files.ts";
import { inEmptyProject } from "./empty_project.ts";
import { LocalRegistry } from "./local_registry.ts";
import { publishPackages } from "./publish_packages.ts";

/** The most bytes that adding the package and a first answer may transfer. */
const MAX_BYTES = 1_500_000;

const SEVEN = await Deno.readFile(`${ROOT}scripts/samples/7.png`);

/** An upright stroke, dark on light, one grey value a pixel. */
const STROKE = Uint8Array.from({ length: 32 * 32 }, (_, i) => {
  const [x, y] = [i % 32, Math.floor(i / 32)];
  return x > 13 && x < 18 && y > 5 && y < 27 ? 0 : 255;
});

const GIF = encodeGif(
  { width: 32, height: 32, palette: greys(256) },
  { width: 32, height: 32, colours: STROKE },
);

const BMP = encodeBmp({
  width: 32,
  height: 32,
  depth: 24,
  data: [...STROKE].flatMap((grey) => [grey, grey, grey]),
});

let registry: LocalRegistry;

Deno.test.beforeAll(async () => {
  registry = new LocalRegistry();
  await publishPackages(registry);
});

Deno.test.afterAll(() => registry[Symbol.asyncDispose]());

/** Runs Deno in a project, with JSR and npm as told. */
function deno(
  args: readonly string[],
  { folder, cache }: { readonly folder: string; readonly cache: string },
  env: Record<string, string>,
): Promise<string> {
  // Quiets the drivers of GPUs.
  const quiet = { NO_COLOR: "1", XDG_RUNTIME_DIR: "/tmp" };
  return output(Deno.execPath(), args, { cwd: folder, env: { DENO_DIR: cache, ...quiet, ...env } });
}

Deno.test({
  name:
    "adding the package and a first answer transfer less than 1.5 MB and no npm package; a JPEG and WebGPU find theirs later",
  sanitizeResources: false,
  sanitizeOps: false,
  async fn() {
    const first = `import { classifyDigit } from "@x/lenet";
console.log((await classifyDigit(Uint8Array.fromBase64("${SEVEN.toBase64()}"))).digit);`;
    await inEmptyProject(first, async (project) => {
      await Deno.writeTextFile(`${project.folder}/deno.json`, "{}");
      registry.downloads.length = 0;
      await withServer(() => new Response(null, { status: 404 }), async ({ url, asked }) => {
        const env = { JSR_URL: registry.url, NPM_CONFIG_REGISTRY: url };
        await deno(["add", "--quiet", "jsr:@x/lenet"], project, env);
        const printed = await deno(["run", "--quiet", "--no-prompt", "main.ts"], project, env);
        assertEquals(printed, "7\n");
        assertEquals(asked, []);
      });
      const { downloads } = registry;
      assertLess(downloads.reduce((sum, { sent }) => sum + sent, 0), MAX_BYTES);
      const weights = downloads.flatMap(({ path }) =>
        path.match(/lenet-weights\/[^/]+\/(.*)\.ts$/)?.[1] ?? []
      );
      assertEquals(weights.sort(), ["digits", "judge", "line", "non-digit", "types"]);

      await Deno.writeTextFile(
        `${project.folder}/later.ts`,
        `import { classifyDigit, LeNet } from "@x/lenet";
const jpeg = Uint8Array.fromBase64("${BASELINE.toBase64()}");
console.log((await classifyDigit(jpeg)).digit);
const png = Uint8Array.fromBase64("${SEVEN.toBase64()}");
const net = await LeNet.load("digits", { backend: "${HAS_WEBGPU ? "webgpu" : "wasm"}" });
const { digit, backend } = await net.classify(png);
console.log(digit, backend);
// The device would keep the process alive.
Deno.exit();`,
      );
      const later = ["run", "--quiet", "--no-prompt", "--allow-read", "later.ts"];
      assertEquals(
        await deno(later, project, { JSR_URL: registry.url }),
        `${(await classifyDigit(BASELINE)).digit}\n7 ${HAS_WEBGPU ? "webgpu" : "wasm"}\n`,
      );
    });
  },
});

Deno.test("once cached, the package reads pixels, PNG, GIF, BMP and lines and serves the page with the registry stopped", async () => {
  const program = `import { classifyDigit, readDigits } from "jsr:@x/lenet";
import server from "jsr:@x/lenet/serve";
const [png, gif, bmp] = ${
    JSON.stringify([SEVEN, GIF, BMP].map((file) => file.toBase64()))
  }.map((file) => Uint8Array.fromBase64(file));
const pixels = { data: Uint8Array.from(${JSON.stringify([...STROKE])}), width: 32, height: 32 };
for (const image of [pixels, png, gif, bmp]) console.log((await classifyDigit(image)).digit);
console.log((await readDigits(png)).text);
for (const path of ["", "page.js", "fine_tune_worker.js"]) {
  const response = await server.fetch(new Request("http://localhost/" + path));
  console.log(response.status, (await response.bytes()).length > 5000);
}
`;
  await inEmptyProject(program, async (project) => {
    let url: string;
    {
      await using stopped = new LocalRegistry();
      for (const [name, published] of registry.packages) stopped.packages.set(name, published);
      url = stopped.url;
      await deno(["cache", "--quiet", "main.ts"], project, { JSR_URL: url });
    }
    const args = ["run", "--quiet", "--no-prompt", "--cached-only", "main.ts"];
    const pixels = { data: STROKE, width: 32, height: 32 };
    const digits: (number | null)[] = [];
    for (const image of [pixels, SEVEN, GIF, BMP]) digits.push((await classifyDigit(image)).digit);
    assertEquals(digits, [1, 7, 1, 1]);
    assertEquals(
      await deno(args, project, { JSR_URL: url }),
      [...digits, (await readDigits(SEVEN)).text, "200 true", "200 true", "200 true", ""].join(
        "\n",
      ),
    );
  });
});
