import { assertEquals, assertThrows } from "@std/assert";
import { LeNetError } from "../../src/errors.ts";
import {
  type Architecture,
  inferShapes,
  type Layer,
  stageNames,
} from "../../src/model/architecture.ts";
import { ARCHITECTURE_NAMES, architectureByName, lenet5 } from "../../src/model/zoo.ts";
import { formatDescription, parseDescription } from "../../src/weights/model_file.ts";
import { assertError } from "../assert_error.ts";

function network(layers: readonly unknown[], change: Partial<Architecture> = {}): Architecture {
  return { name: "trial", input: [1, 8, 8], classes: 4, layers: layers as Layer[], ...change };
}

const FLAT_TAIL = [{ kind: "flatten" }, { kind: "dense", name: "fc", units: 4 }];

const CONV = { kind: "conv", name: "c", filters: 1, kernel: 1, padding: 0 };

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

/** Networks that could be trained, but not saved or computed, with what is wrong in them. */
const UNSAVEABLE: [what: string, architecture: unknown, message: string][] = [
  ["no name", network(FLAT_TAIL, { name: undefined as never }), "its name is undefined, expected"],
  ["an empty name", network(FLAT_TAIL, { name: "" }), "its name is an empty text, expected a text"],
  ["a name that is a symbol", network(FLAT_TAIL, { name: Symbol("x") as never }), "is a symbol"],
  ["another field", { ...network(FLAT_TAIL), stride: 1 }, "it has the field stride, expected name"],
  [
    "null as a layer",
    network([null, ...FLAT_TAIL]),
    "layer 1 (undefined) has the kind undefined, which is unknown, expected one of conv",
  ],
  ["a hole in the layers", network([, ...FLAT_TAIL]), "layer 1 (undefined) has the kind undefined"],
  ["a kind in an array", network([{ kind: ["flatten"] }, ...FLAT_TAIL]), "which is unknown"],
  [
    "a kind that is an object without a prototype",
    network([{ kind: Object.create(null) }, ...FLAT_TAIL]),
    "layer 1 (an object) has the kind an object, which is unknown",
  ],
  [
    "no name of a layer",
    network([{ ...CONV, name: undefined }, ...FLAT_TAIL]),
    "the name undefined",
  ],
  [
    "an empty name of a layer",
    network([{ ...CONV, name: "" }, ...FLAT_TAIL]),
    "name an empty text",
  ],
  ["a number as a name", network([{ ...CONV, name: 7 }, ...FLAT_TAIL]), "has the name 7, expected"],
  [
    "half a character in a name",
    network([{ ...CONV, name: "a\ud800" }, ...FLAT_TAIL]),
    "expected a text of whole Unicode characters",
  ],
  [
    "an unknown field of a layer",
    network([{ kind: "pool", mode: "max", size: 3 }, ...FLAT_TAIL]),
    "layer 1 (pool) has the field size, expected kind, mode",
  ],
  [
    "null as padding",
    network([{ ...CONV, padding: null }, ...FLAT_TAIL]),
    "layer 1 (conv) has the padding null, expected a whole number from 0",
  ],
  [
    "text as filters",
    network([{ ...CONV, filters: "1" }, ...FLAT_TAIL]),
    "filters 1, expected a wh",
  ],
  ["null as a rate", network([{ kind: "dropout", rate: null }, ...FLAT_TAIL]), "the rate null"],
  [
    "null as connections",
    network([{ ...CONV, connections: null }, ...FLAT_TAIL]),
    "s null, expected",
  ],
  [
    "null as the connections of a filter",
    network([{ ...CONV, connections: [null] }, ...FLAT_TAIL]),
    "has the connections null, expected an array, each item an array",
  ],
  [
    "a hole in connections",
    network([{ ...CONV, connections: [[0, , 1]] }, ...FLAT_TAIL], { input: [2, 8, 8] }),
    "each item an array, each item a whole number from 0",
  ],
  [
    "null as codes",
    network([{ kind: "rbf", codes: null }]),
    "has the codes null, expected an array",
  ],
  [
    "null as a code",
    network([{ kind: "rbf", codes: [null] }]),
    "has the codes null, expected an a",
  ],
  [
    "no codes",
    network([{ kind: "rbf", codes: [] }, ...FLAT_TAIL]),
    "has 0 codes, expected one for",
  ],
  ["no classes", network(FLAT_TAIL, { classes: null as never }), "its classes is null, expected a"],
  [
    "a size of the input that is no number",
    network(FLAT_TAIL, { input: [1, 8, Symbol("x") as never] }),
    "shape [1,8,a symbol], expected [channels, height, width], each a whole number from 1",
  ],
  [
    "a hole in the input",
    network(FLAT_TAIL, { input: [1, , 8] as never }),
    "shape [1,undefined,8]",
  ],
];

for (const [what, architecture, message] of UNSAVEABLE) {
  Deno.test(`inferShapes refuses ${what}, before anything is trained`, () => {
    const act = () => inferShapes(architecture as Architecture);
    assertError(act, "architecture/invalid", message);
  });
}

Deno.test("inferShapes has short messages for long names", () => {
  const name = "x".repeat(1e6);
  const wrong = [
    network([], { name }),
    network([{ kind: name }]),
    network([{ kind: "flatten", [name]: 1 }]),
    network([{ kind: "flatten" }, { kind: "rbf", codes: [name] }]),
  ];
  for (const architecture of wrong) {
    const error = assertThrows(() => inferShapes(architecture), LeNetError);
    assertEquals(error.message.length < 400, true);
  }
});

Deno.test("inferShapes accepts connections that are undefined, which a file leaves out", () => {
  const architecture = network([{ ...CONV, connections: undefined }, ...FLAT_TAIL]);
  inferShapes(architecture);
  const metadata = {
    classNames: ["a", "b", "c", "d"],
    normalization: { mean: [0], std: [1] },
    temperature: 1,
  };
  parseDescription(formatDescription({ architecture, metadata }));
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
