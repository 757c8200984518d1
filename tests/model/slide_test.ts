import { assertEquals } from "@std/assert";
import type { Architecture } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import type { Layer } from "../../src/model/layer.ts";
import { lenet5 } from "../../src/model/lenet5.ts";
import { checkParameters } from "../../src/model/parameters.ts";
import { slide, type SlidNetwork } from "../../src/model/slide.ts";
import { architectureByName } from "../../src/model/zoo.ts";

function slidOver(
  architecture: Architecture,
  size: readonly [height: number, width: number],
): SlidNetwork | undefined {
  return slide(architecture, initialize(architecture), size);
}

Deno.test("slide turns dense layers into convolutions, and keeps the weights", () => {
  const architecture = architectureByName("lenet-cifar10");
  const parameters = initialize(architecture);
  const slid = slide(architecture, parameters, [40, 36])!;
  assertEquals(slid.map, [10, 3, 2]);
  assertEquals(slid.architecture.input, [3, 40, 36]);
  assertEquals(slid.architecture.classes, 60);
  const kernels = slid.architecture.layers.flatMap((layer) =>
    layer.kind === "conv" ? [[layer.filters, layer.kernel, layer.padding]] : []
  );
  assertEquals(kernels, [[16, 5, 0], [32, 5, 0], [120, 5, 0], [84, 1, 0], [10, 1, 0]]);
  checkParameters(slid.architecture, slid.parameters);
  for (const [name, { data }] of parameters) assertEquals(slid.parameters.get(name)!.data, data);
});

Deno.test("slide gives one place for an input of the network's own size", () => {
  for (const name of ["lenet-cifar10", "lenet5-1998"]) {
    assertEquals(slidOver(architectureByName(name), [32, 32])?.map, [10, 1, 1]);
  }
});

Deno.test("slide keeps the connections and codes of the network of 1998", () => {
  const architecture = architectureByName("lenet5-1998");
  const { layers } = slidOver(architecture, [32, 48])!.architecture;
  const kept = architecture.layers.filter(({ kind }) => kind !== "flatten" && kind !== "dense");
  for (const layer of kept) assertEquals(layers.includes(layer), true);
});

Deno.test("slide leaves the network that it is given alone", () => {
  const architecture = architectureByName("lenet-cifar10");
  const parameters = initialize(architecture);
  slide(architecture, parameters, [64, 64]);
  assertEquals(architecture, architectureByName("lenet-cifar10"));
  assertEquals(parameters, initialize(architecture));
});

const dense: Layer = { kind: "dense", name: "fc", units: 10 };
const conv: Layer = { kind: "conv", name: "conv", filters: 4, kernel: 3, padding: 0 };
const flatten: Layer = { kind: "flatten" };
const batchNorm: Layer = { kind: "batch-norm", name: "bn" };

const WHOLE: Record<string, Architecture> = {
  "a convolution that pads": lenet5(),
  "a map that is not square": lenet5({ input: [1, 28, 32], padding: [0, 0] }),
  "batch normalization that knows the places of a map apart": {
    name: "places",
    input: [1, 8, 8],
    layers: [conv, flatten, batchNorm, dense],
    classes: 10,
  },
  "no dense layer after a map": {
    name: "logits of places",
    input: [1, 4, 4],
    layers: [conv, flatten],
    classes: 16,
  },
};

for (const [what, architecture] of Object.entries(WHOLE)) {
  Deno.test(`slide gives nothing where there is ${what}`, () => {
    assertEquals(slidOver(architecture, [64, 64]), undefined);
  });
}

Deno.test("slide needs no dense layer where a map has come down to one place", () => {
  const layers: Layer[] = [{ ...conv, filters: 10, kernel: 8 }, flatten, batchNorm];
  const architecture = { name: "one place", input: [1, 8, 8], layers, classes: 10 } as const;
  assertEquals(slidOver(architecture, [9, 10])?.map, [10, 2, 3]);
});
