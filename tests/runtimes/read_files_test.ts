import { assertEquals, assertLessOrEqual } from "@std/assert";
import { readImage } from "../../src/image/read_image.ts";
import { LOCK_OPTION } from "../bench/packages.ts";
import { BASELINE } from "../image/jpeg_files.ts";
import { ANIMATED, LOSSLESS } from "../image/webp_files.ts";
import { ROOT } from "../scripts/run_task.ts";
import { readFiles } from "./read_files.ts";

const PROGRAM =
  'import { readFiles } from "./tests/runtimes/read_files.ts"; readFiles().then((hash) => console.log(hash));';

/** The packages that are to be installed, with their folders. */
const PACKAGES: Record<string, string> = {
  "@jsquash/jpeg": import.meta.resolve("@jsquash/jpeg/package.json"),
  "@jsquash/webp": import.meta.resolve("@jsquash/webp/package.json"),
};

async function run(command: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`${command} failed:\n${text.decode(stderr)}`);
  return text.decode(stdout).trim();
}

async function isInstalled(command: string): Promise<boolean> {
  return await run(command, "--version").then(() => true, () => false);
}

for (const runtime of ["node", "bun"]) {
  Deno.test({
    name: `readImage reads every format in ${runtime}, to the same pixels`,
    ignore: !await isInstalled(runtime),
    async fn() {
      const folder = await Deno.makeTempDir();
      const file = `${folder}/files.mjs`;
      const bundler = new URL("bundle.ts", import.meta.url).pathname;
      try {
        await run(Deno.execPath(), "run", "-q", LOCK_OPTION, "-A", bundler, PROGRAM, file);
        await Deno.mkdir(`${folder}/node_modules/@jsquash`, { recursive: true });
        for (const [name, manifest] of Object.entries(PACKAGES)) {
          const from = new URL(".", manifest).pathname.replace(/\/$/, "");
          await Deno.symlink(from, `${folder}/node_modules/${name}`);
        }
        assertEquals(await run(runtime, file), await readFiles());
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

Deno.test("readImage reads JPEG and WebP in Deno without any permission", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/files.ts`;
  const root = `file://${ROOT}`;
  await Deno.writeTextFile(
    file,
    `import { readImage } from "${root}src/image/read_image.ts";
import { BASELINE } from "${root}tests/image/jpeg_files.ts";
import { ANIMATED, LOSSLESS } from "${root}tests/image/webp_files.ts";
const pictures = [];
for (const file of [BASELINE, LOSSLESS, ANIMATED]) pictures.push(await readImage(file));
console.log(JSON.stringify(pictures.map(({ data, width }) => ({ data: [...data], width }))));
`,
  );
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--config", `${ROOT}deno.json`, file],
  }).output();
  await Deno.remove(folder, { recursive: true });
  assertEquals(new TextDecoder().decode(stderr), "");
  const pictures = JSON.parse(new TextDecoder().decode(stdout));
  for (const [n, file] of [BASELINE, LOSSLESS, ANIMATED].entries()) {
    const { data, width } = await readImage(file);
    assertEquals([pictures[n].width, pictures[n].data.length], [width, data.length]);
    // With loss, Deno's own decoder may round in other places.
    const tolerance = file === BASELINE ? 12 : 0;
    for (let i = 0; i < data.length; i++) {
      assertLessOrEqual(Math.abs(data[i] - pictures[n].data[i]), tolerance);
    }
  }
});
