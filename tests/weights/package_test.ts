import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadPublished, PRETRAINED, pretrained } from "../../src/cli/sources.ts";
import { takeDataset } from "../../src/data/dataset.ts";
import { LeNet } from "../../src/lenet.ts";
import { summarize } from "../../src/model/summary.ts";
import { intervalText, percent } from "../../src/watch/html.ts";
import { modelFromModule } from "../../src/weights/model_file.ts";
import { unpackedCifar10 } from "../data/unpacked_cifar10.ts";

const FOLDER = new URL("../../weights/", import.meta.url);

const DATA = new URL("../../../shared/data", import.meta.url).pathname;

const hasData = await Deno.stat(DATA).then(() => true, () => false);

interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
}

/** The figures on a network's card, by what they are: how much is right, the calibration error, the coverage. */
async function cardOf(name: string): Promise<Map<string, string>> {
  const cards = (await Deno.readTextFile(new URL("MODEL_CARD.md", FOLDER))).split(/^## /m);
  const card = cards.find((card) => card.startsWith(`${name}\n`)) ?? "";
  return new Map(
    [...card.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].map(([, what, figure]) => [what, figure]),
  );
}

const manifest: Manifest = JSON.parse(Deno.readTextFileSync(new URL("deno.json", FOLDER)));

Deno.test("@x/lenet-weights exports every module of its folder, in order", () => {
  const files = [...Deno.readDirSync(FOLDER)].map(({ name }) => name);
  const modules = files.flatMap((name) => name.endsWith(".ts") ? [name.slice(0, -3)] : []).sort();
  assertEquals(
    Object.entries(manifest.exports),
    modules.map((name) => [`./${name}`, `./${name}.ts`]),
  );
});

for (const name of PRETRAINED) {
  Deno.test(`@x/lenet-weights/${name} holds a whole network, and says what it is`, async () => {
    const module = await pretrained(name);
    assertEquals(Object.keys(module).sort(), ["metadata", "safetensors"]);
    // Loading checks the metadata, every shape, and that all weights are finite.
    const { architecture, metadata } = modelFromModule(module);
    const { parameters } = summarize(architecture);
    assertStringIncludes(
      await Deno.readTextFile(new URL(`${name}.ts`, FOLDER)),
      `${parameters.toLocaleString("en-US")} parameters.`,
    );
    for (const key of ["accuracy", "recipe", "dataChecksums"] as const) {
      assertEquals(metadata[key] === undefined, false, `${name} has no ${key}`);
    }
    const { dataset, count, value } = metadata.accuracy!;
    const right = (await cardOf(name)).get("right") ?? "";
    assertStringIncludes(right, `${percent(value)} of ${count.toLocaleString("en-US")} `);
    assertStringIncludes(right, dataset);
  });

  Deno.test({
    name: `@x/lenet-weights/${name} is as good as it and its card say, to the digit`,
    ignore: !hasData,
    fn: async () => {
      using net = await LeNet.load(await pretrained(name), { backend: "wasm" });
      const { accuracy } = net.model.metadata;
      const { input } = net.model.architecture;
      await using cifar10 = accuracy!.dataset.startsWith("CIFAR") ? await unpackedCifar10() : null;
      const dataset = accuracy!.dataset.startsWith("MNIST")
        ? "mnist"
        : accuracy!.dataset.startsWith("Fashion")
        ? "fashion-mnist"
        : "cifar-10";
      const { signal } = new AbortController();
      const directory = cifar10?.folder ?? DATA;
      const test = await loadPublished(dataset, { split: "test", directory, signal, input });
      const found = await net.evaluate(takeDataset(test, accuracy!.count));
      assertEquals([found.count, found.accuracy], [accuracy!.count, accuracy!.value]);
      const card = await cardOf(name);
      const { calibration, coverage } = found;
      const surest = coverage.find(({ coverage }) => coverage === 0.99)!;
      assertStringIncludes(card.get("right")!, `(${intervalText(found.interval)} %)`);
      assertStringIncludes(card.get("calibration error")!, `${percent(calibration.error)} at `);
      assertStringIncludes(
        card.get("wrong among the surest 99 %")!,
        `${percent(surest.error)} (${intervalText(surest.interval)} %)`,
      );
    },
  });
}
