import { assertEquals, assertThrows } from "@std/assert";
import { LeNetError } from "../../src/model/error.ts";
import { lenet5, type LeNetVariation } from "../../src/model/lenet5.ts";
import { inferShapes } from "../../src/model/shapes.ts";
import { summarize } from "../../src/model/summary.ts";

/** Kinds and shapes of all layers, in a line. */
function outline(variation: LeNetVariation): string {
  return inferShapes(lenet5(variation)).map(({ layer, output }) => {
    const kind = layer.kind === "activation" ? layer.activation : layer.kind;
    return `${kind} ${output.join("×")}`;
  }).join(", ");
}

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
