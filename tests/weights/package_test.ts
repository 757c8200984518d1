import { assertEquals, assertStringIncludes } from "@std/assert";
import { summarize } from "../../src/model/summary.ts";
import { modelFromModule } from "../../src/weights/read_module.ts";

const FOLDER = new URL("../../weights/", import.meta.url);

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
}

const manifest: Manifest = JSON.parse(Deno.readTextFileSync(new URL("deno.json", FOLDER)));

Deno.test("@x/lenet-weights exports every module of its folder, in order", () => {
  const files = [...Deno.readDirSync(FOLDER)].map(({ name }) => name);
  const modules = files.filter((name) => name.endsWith(".ts")).sort();
  assertEquals(Object.values(manifest.exports), modules.map((name) => `./${name}`));
  for (const [name, path] of Object.entries(manifest.exports)) assertEquals(`${name}.ts`, path);
});

for (const [name, path] of Object.entries(manifest.exports)) {
  if (name === "./types") continue;

  Deno.test(`${manifest.name}${name.slice(1)} holds a whole network, and says what it is`, async () => {
    const url = new URL(path, FOLDER);
    const module = await import(url.href);
    assertEquals(Object.keys(module).sort(), ["metadata", "safetensors"]);
    // Loading checks the metadata, every shape, and that all weights are finite.
    const { architecture, parameters, metadata } = modelFromModule(module);
    const count = [...parameters.values()].reduce((sum, { data }) => sum + data.length, 0);
    assertEquals(count, summarize(architecture).parameters);
    assertStringIncludes(
      await Deno.readTextFile(url),
      `${count.toLocaleString("en-US")} parameters.`,
    );
    for (const key of ["accuracy", "recipe", "dataChecksums"] as const) {
      assertEquals(metadata[key] === undefined, false, `${name} has no ${key}`);
    }
  });
}
