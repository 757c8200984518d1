import { assertEquals, assertThrows } from "@std/assert";
import { LeNetError } from "../../src/errors.ts";
import { inferShapes } from "../../src/model/architecture.ts";
import { summarize } from "../../src/model/summary.ts";
import {
  ARCHITECTURE_NAMES,
  architectureByName,
  DIGIT_BITMAPS,
  lenet5,
  lenet51998,
  type LeNetVariation,
} from "../../src/model/zoo.ts";

/** As the walk-throughs that build them count. */
const PARAMETERS: Readonly<Record<string, number>> = {
  "lenet5": 61_706,
  "lenet5-1998": 60_000,
  "lenet5-plain": 61_706,
  "lenet5-relu": 61_706,
  "lenet5-bn-dropout": 61_750,
  "lenet-sigmoid": 61_706,
  "lenet-caffe": 1_256_080,
  "lenet-cifar10": 121_182,
};

/** Kinds and shapes of all layers, in a line. */
function outline(variation: LeNetVariation): string {
  return inferShapes(lenet5(variation)).map(({ layer, output }) => {
    const kind = layer.kind === "activation" ? layer.activation : layer.kind;
    return `${kind} ${output.join("×")}`;
  }).join(", ");
}

const WRONG: [what: string, variation: LeNetVariation, code: string, message: string][] = [
  ["kernels that do not fit", { kernel: 17 }, "architecture/invalid", "17×17 kernel"],
  [
    "more poolings than pixels",
    { channels: [2, 2, 2, 2] },
    "architecture/invalid",
    "layer 9 (pool) needs at least 2×2 pixels",
  ],
  ["half a filter", { channels: [6.5] }, "architecture/invalid", "has 6.5 filters"],
  ["dropout of everything", { dropout: 1 }, "architecture/invalid", "has a rate of 1"],
  ["no classes", { classes: 0 }, "architecture/invalid", "has 0 units"],
  ["too few paddings", { padding: [2] }, "option/invalid", "1 paddings for 2 convolutions"],
  ["a misspelt option", { kernels: 3 } as LeNetVariation, "option/unknown", "no option kernels"],
];

for (const [what, variation, code, message] of WRONG) {
  Deno.test(`lenet5 refuses ${what}`, () => {
    const error = assertThrows(() => lenet5(variation), LeNetError, message);
    assertEquals(error.code, code);
  });
}

Deno.test("architectureByName gives every network under its own name, with its parameters", () => {
  const found = ARCHITECTURE_NAMES.map((name) => {
    const { name: own, parameters } = summarize(architectureByName(name));
    return [own, parameters];
  });
  assertEquals(Object.fromEntries(found), PARAMETERS);
});

Deno.test("architectureByName refuses a name it does not know, even one that every object has", () => {
  for (const name of ["lenet6", "constructor", "__proto__"]) {
    const error = assertThrows(
      () => architectureByName(name),
      LeNetError,
      "expected one of lenet5",
    );
    assertEquals(error.code, "option/invalid");
  }
});

Deno.test("lenet5 without a word is LeNet-5", () => {
  assertEquals(
    outline({}),
    "conv 6×28×28, relu 6×28×28, pool 6×14×14, conv 16×10×10, relu 16×10×10, pool 16×5×5, " +
      "flatten 400, dense 120, relu 120, dense 84, relu 84, dense 10",
  );
});

Deno.test("lenet5 varies kernel, channels, pooling, activation, dense layers, classes and input", () => {
  assertEquals(
    outline({
      input: [3, 20, 24],
      kernel: 3,
      channels: [8, 24, 32],
      pool: "average",
      activation: "tanh",
      dense: [64],
      classes: 4,
    }),
    "conv 8×20×24, tanh 8×20×24, pool 8×10×12, conv 24×8×10, tanh 24×8×10, pool 24×4×5, " +
      "conv 32×2×3, tanh 32×2×3, pool 32×1×1, flatten 32, dense 64, tanh 64, dense 4",
  );
  assertEquals(
    outline({ convActivation: null, dense: [], padding: [0, 0] }),
    "conv 6×24×24, pool 6×12×12, conv 16×8×8, pool 16×4×4, flatten 256, dense 10",
  );
});

Deno.test("lenet5 puts batch normalization before activations and dropout after them", () => {
  assertEquals(
    outline({ kernel: 3, channels: [8], dense: [64], batchNorm: true, dropout: 0.3 }),
    "conv 8×28×28, batch-norm 8×28×28, relu 8×28×28, pool 8×14×14, flatten 1568, " +
      "dense 64, relu 64, dropout 64, dense 10",
  );
});

Deno.test("lenet5 names layers anew as their number changes", () => {
  const names = lenet5({ channels: [4], dense: [30] }).layers.flatMap((layer) =>
    "name" in layer ? [layer.name] : []
  );
  assertEquals(names, ["conv1", "fc1", "fc2"]);
  assertEquals(summarize(lenet5({ name: "mine" })).name, "mine");
});

Deno.test("lenet51998 connects C3 as the paper's table does", () => {
  const c3 = lenet51998().layers.find((layer) => "name" in layer && layer.name === "C3");
  const seen = c3?.kind === "conv" ? c3.connections! : [];
  // The table's columns: which of the maps 0 to 5 each filter sees.
  assertEquals(
    seen.map((maps) => maps.join("")),
    [
      ...["012", "123", "234", "345", "045", "015"],
      ...["0123", "1234", "2345", "0345", "0145", "0125"],
      ...["0134", "1245", "0235", "012345"],
    ],
  );
});

Deno.test("DIGIT_BITMAPS are ten drawings of 7×12 pixels, all of them different in many", () => {
  assertEquals(DIGIT_BITMAPS.length, 10);
  for (const [a, first] of DIGIT_BITMAPS.entries()) {
    assertEquals(/^[#.]{84}$/.test(first), true);
    for (const second of DIGIT_BITMAPS.slice(a + 1)) {
      const apart = [...first].filter((pixel, i) => pixel !== second[i]).length;
      assertEquals(apart >= 20, true, `${first} and ${second} differ in ${apart} pixels`);
    }
  }
});
