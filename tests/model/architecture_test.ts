import { assertEquals, assertThrows } from "@std/assert";
import { LeNetError } from "../../src/errors.ts";
import {
  type Architecture,
  inferShapes,
  type Layer,
  stageNames,
} from "../../src/model/architecture.ts";
import { ARCHITECTURE_NAMES, architectureByName, lenet5 } from "../../src/model/zoo.ts";

function network(layers: readonly unknown[], change: Partial<Architecture> = {}): Architecture {
  return { name: "trial", input: [1, 8, 8], classes: 4, layers: layers as Layer[], ...change };
}

const FLAT_TAIL = [{ kind: "flatten" }, { kind: "dense", name: "fc", units: 4 }];

function partly(connections: number[][]): unknown {
  return { kind: "conv", name: "c", filters: 1, kernel: 1, padding: 0, connections };
}

const WRONG: [what: string, architecture: Architecture, message: string][] = [
  [
    "a kernel larger than its padded input",
    network([{ kind: "conv", name: "c", filters: 1, kernel: 11, padding: 1 }, ...FLAT_TAIL]),
    "too large for [1,8,8]",
  ],
  [
    "a fraction of a filter",
    network([{ kind: "conv", name: "c", filters: 1.5, kernel: 3, padding: 0 }, ...FLAT_TAIL]),
    "has 1.5 filters",
  ],
  [
    "a kernel of no size",
    network([{ kind: "conv", name: "c", filters: 1, kernel: 0, padding: 0 }, ...FLAT_TAIL]),
    "has a kernel of 0",
  ],
  [
    "negative padding",
    network([{ kind: "conv", name: "c", filters: 1, kernel: 3, padding: -1 }, ...FLAT_TAIL]),
    "has a padding of -1",
  ],
  [
    "a convolution after flattening",
    network([{ kind: "flatten" }, {
      kind: "conv",
      name: "c",
      filters: 1,
      kernel: 1,
      padding: 0,
    }]),
    "layer 2 (conv) needs an image, found [64]",
  ],
  [
    "pooling after flattening",
    network([{ kind: "flatten" }, { kind: "pool", mode: "max" }]),
    "needs an image",
  ],
  [
    "pooling of a single row",
    network([{ kind: "pool", mode: "max" }, ...FLAT_TAIL], { input: [1, 1, 8] }),
    "needs at least 2×2 pixels",
  ],
  [
    "a dense layer on an image",
    network([{ kind: "dense", name: "fc", units: 4 }]),
    "needs a flat input, found [1,8,8]",
  ],
  [
    "no units",
    network([{ kind: "flatten" }, { kind: "dense", name: "fc", units: 0 }]),
    "has 0 units",
  ],
  [
    "other than one logit a class",
    network([{ kind: "flatten" }, { kind: "dense", name: "fc", units: 5 }]),
    "gives [5], expected [4]",
  ],
  ["an image for an output", network([]), "gives [1,8,8], expected [4]"],
  [
    "two layers of one name",
    network([{ kind: "flatten" }, { kind: "dense", name: "fc", units: 4 }, {
      kind: "dense",
      name: "fc",
      units: 4,
    }]),
    "has the name fc, which is taken",
  ],
  [
    "subsampling of a single row",
    network([{ kind: "subsample", name: "s" }, ...FLAT_TAIL], { input: [1, 1, 8] }),
    "layer 1 (subsample) needs at least 2×2 pixels",
  ],
  [
    "dropping everything",
    network([{ kind: "dropout", rate: 1 }, ...FLAT_TAIL]),
    "has a rate of 1, expected a number from 0 to below 1",
  ],
  [
    "an unknown function",
    network([{ kind: "activation", activation: "gelu" }, ...FLAT_TAIL]),
    "has the activation gelu, expected one of relu, sigmoid, tanh, scaled-tanh",
  ],
  [
    "connections for other filters",
    network([partly([[0], [0]]), ...FLAT_TAIL]),
    "has connections for 2 filters, expected 1",
  ],
  [
    "a connection to a channel that is not there",
    network([partly([[0, 1]]), ...FLAT_TAIL]),
    "connects filter 0 to the channels [0,1], expected at least one of 0 to 0, rising",
  ],
  ["a filter without connections", network([partly([[]]), ...FLAT_TAIL]), "to the channels []"],
  [
    "codes of another length",
    network([{ kind: "flatten" }, { kind: "rbf", codes: ["#.#"] }]),
    'has the code "#.#" for class 0, expected 64 times # or .',
  ],
  ["an unknown kind of layer", network([{ kind: "lstm" }]), "kind lstm, which is unknown"],
  ["an empty input", network(FLAT_TAIL, { input: [1, 0, 8] }), "its input has shape [1,0,8]"],
];

for (const [what, architecture, message] of WRONG) {
  Deno.test(`inferShapes refuses ${what}`, () => {
    const error = assertThrows(() => inferShapes(architecture), LeNetError, message);
    assertEquals(error.code, "architecture/invalid");
  });
}

Deno.test("inferShapes says what is no architecture", () => {
  const refused: [unknown, string][] = [
    [null, "Cannot build a network: the architecture is null, expected an object"],
    ["lenet5", "Cannot build a network: the architecture is lenet5, expected an object"],
    [{ ...lenet5(), layers: undefined }, "its layers is undefined, expected an array"],
    [{ ...lenet5(), input: 784 }, "its input is 784, expected an array"],
  ];
  for (const [architecture, message] of refused) {
    const error = assertThrows(
      () => inferShapes(architecture as Architecture),
      LeNetError,
      message,
    );
    assertEquals(error.code, "architecture/invalid");
  }
});

Deno.test("inferShapes follows an image through LeNet-5", () => {
  assertEquals(inferShapes(lenet5()).map((stage) => stage.output.join("×")), [
    "6×28×28",
    "6×28×28",
    "6×14×14",
    "16×10×10",
    "16×10×10",
    "16×5×5",
    "400",
    "120",
    "120",
    "84",
    "84",
    "10",
  ]);
});

Deno.test("inferShapes drops an odd last row and column in pooling", () => {
  const stages = inferShapes(
    network([{ kind: "pool", mode: "max" }, ...FLAT_TAIL], { input: [2, 7, 9] }),
  );
  assertEquals(stages[0].output, [2, 3, 4]);
});

Deno.test("stageNames numbers what has no name of its own", () => {
  assertEquals(
    stageNames(architectureByName("lenet5-bn-dropout").layers).join(" "),
    [
      "conv1 bn1 relu1 pool1 conv2 bn2 relu2 pool2 flatten1",
      "fc1 relu3 dropout1 fc2 relu4 dropout2 fc3",
    ].join(" "),
  );
});

Deno.test("stageNames gives no name twice, whatever layers are called", () => {
  const names = stageNames([
    { kind: "conv", name: "relu1", filters: 1, kernel: 1, padding: 0 },
    { kind: "activation", activation: "relu" },
    { kind: "activation", activation: "relu" },
  ]);
  assertEquals(names, ["relu1", "relu2", "relu3"]);
  for (const name of ARCHITECTURE_NAMES) {
    const names = stageNames(architectureByName(name).layers);
    assertEquals(new Set(names).size, names.length);
  }
});
