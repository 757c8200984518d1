import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Architecture } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import { lenet5 } from "../../src/model/lenet5.ts";
import type { Parameters } from "../../src/model/parameters.ts";
import { ARCHITECTURE_NAMES, architectureByName } from "../../src/model/zoo.ts";
import { matchStateDict } from "../../src/weights/match_state_dict.ts";
import { assertError } from "./assert_error.ts";

/** Two batch normalizations of one shape, and three dense layers of one shape. */
const ALIKE = lenet5({ channels: [4, 4], batchNorm: true, dense: [10, 10, 10] });

/** The same tensors under other layer names, in an order that tells nothing. */
function renamed(parameters: Parameters, names: Readonly<Record<string, string>>): Parameters {
  const entries = [...parameters].map(([key, tensor]) => {
    const [layer, rest] = key.split(".");
    return [`${names[layer] ?? layer}.${rest}`, tensor] as const;
  });
  return new Map(entries.sort(([a], [b]) => a < b ? 1 : -1));
}

/** Asserts that each layer is found again under these names. */
function assertFound(architecture: Architecture, names: Readonly<Record<string, string>>): void {
  const parameters = initialize(architecture, { seed: 4 });
  const found = matchStateDict(architecture, renamed(parameters, names));
  assertEquals([...found], [...parameters]);
}

Deno.test("matchStateDict finds every network of the zoo under names without meaning", () => {
  for (const name of ARCHITECTURE_NAMES) {
    const architecture = architectureByName(name);
    const layers = new Set([...initialize(architecture).keys()].map((key) => key.split(".")[0]));
    const names = [...layers].map((layer, index) => [layer, `net.stages.${index}.module`]);
    assertFound(architecture, Object.fromEntries(names));
  }
});

Deno.test("matchStateDict goes by our names, whatever stands before them", () => {
  const named: Architecture = {
    ...ALIKE,
    layers: ALIKE.layers.map((layer) =>
      layer.kind === "dense" ? { ...layer, name: `${"dcba"[Number(layer.name[2]) - 1]}` } : layer
    ),
  };
  const parameters = initialize(named, { seed: 4 });
  for (const prefix of ["", "module.", "_orig_mod.model.", "my_"]) {
    const tensors = new Map([...parameters].map(([key, tensor]) => [`${prefix}${key}`, tensor]));
    assertEquals([...matchStateDict(named, tensors)], [...parameters]);
  }
});

Deno.test("matchStateDict takes layers of one shape in the order of their numbers", () => {
  const convs = { conv1: "features.0", bn1: "features.1", conv2: "features.9", bn2: "features.10" };
  const names = { fc1: "classifier.1", fc2: "classifier.4", fc3: "classifier.12" };
  assertFound(ALIKE, { ...convs, ...names, fc4: "classifier.100" });
  assertFound(ALIKE, { ...convs, ...names, fc4: "classifier.100", fc1: "classifier.0" });
  assertFound(ALIKE, {
    conv1: "block1.conv",
    bn1: "block1.bn",
    conv2: "block2.conv",
    bn2: "block2.bn",
    fc1: "a",
    fc2: "head2.7",
    fc3: "head10.0",
    fc4: "head10.3",
  });
});

Deno.test("matchStateDict finds any rising numbers", () => {
  const parameters = initialize(ALIKE, { seed: 4 });
  const layers = [...new Set([...parameters.keys()].map((key) => key.split(".")[0]))];
  const numbers = fc.uniqueArray(fc.nat({ max: 10_000 }), {
    minLength: layers.length,
    maxLength: layers.length,
  });
  fc.assert(
    fc.property(numbers, (drawn) => {
      drawn.sort((a, b) => a - b);
      assertFound(ALIKE, Object.fromEntries(layers.map((layer, i) => [layer, String(drawn[i])])));
    }),
  );
});

Deno.test("matchStateDict guesses nothing where more than a number tells layers of one shape apart", () => {
  const parameters = initialize(ALIKE, { seed: 4 });
  const pairs = [["hidden", "last"], ["fc", "fc2"], ["a.fc2", "b.fc3"], ["fc2", "fc02"]];
  for (const [fc2, fc3] of pairs) {
    assertError(
      () => matchStateDict(ALIKE, renamed(parameters, { fc2, fc3, fc4: "fc9" })),
      "weights/mismatch",
      "both with bias [10], weight [10,10], expected names whose numbers tell their order",
    );
  }
});

Deno.test("matchStateDict refuses tensors that do not fit, naming what was found and what is expected", () => {
  const small = lenet5({ channels: [2, 3], dense: [4] });
  const names = { conv1: "0", conv2: "3", fc1: "7", fc2: "9" };
  const tensors = renamed(initialize(small), names);
  const edited = (edit: (copy: Map<string, unknown>) => void): Parameters => {
    const copy = new Map(tensors);
    edit(copy);
    return copy;
  };
  const shaped = (...shape: number[]) => ({
    shape,
    data: new Float32Array(shape.reduce((size, length) => size * length, 1)),
  });
  const wrong: [Parameters, string][] = [
    [new Map(), "found nothing for it, expected conv1 with bias [2], weight [2,1,5,5]"],
    [
      edited((copy) => copy.set("0.weight", shaped(2, 1, 3, 3))),
      "found 0 with bias [2], weight [2,1,3,3], expected conv1 with bias [2], weight [2,1,5,5]",
    ],
    [
      edited((copy) => copy.set("9.weight", shaped(4, 10))),
      "found 9 with bias [10], weight [4,10], expected fc2 with bias [10], weight [10,4]",
    ],
    [
      edited((copy) => copy.delete("3.bias")),
      "found 3 with weight [3,2,5,5], expected conv2 with bias [3], weight [3,2,5,5]",
    ],
    [
      edited((copy) => copy.set("11.weight", shaped(7))),
      "found 11 with weight [7], which is not part of it, expected conv1, conv2, fc1, fc2 alone",
    ],
    [
      edited((copy) => copy.set("0.gamma", shaped(2))),
      "found 0 with bias [2], gamma [2], weight [2,1,5,5], expected conv1",
    ],
  ];
  for (const [found, part] of wrong) {
    assertError(() => matchStateDict(small, found), "weights/mismatch", part);
  }
  const named = new Map(initialize(small)).set("conv1.weight", shaped(2, 1, 3, 3));
  assertError(
    () => matchStateDict(small, named),
    "weights/mismatch",
    "tensor conv1.weight has shape [2,1,3,3], expected [2,1,5,5]",
  );
});

Deno.test("matchStateDict refuses values that are not finite, whatever they are called", () => {
  const parameters = renamed(initialize(ALIKE), { fc1: "x" });
  parameters.get("x.bias")!.data[0] = NaN;
  assertError(
    () => matchStateDict(ALIKE, parameters),
    "weights/malformed",
    "tensor fc1.bias holds a value that is not finite",
  );
});
