import {
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
} from "@std/assert";
import { activationsOf, referenceRunner } from "../../src/engine/reference.ts";
import { tfjsRunner } from "../../src/engine/tfjs/runner.ts";
import { tfjsTrainer } from "../../src/engine/tfjs/trainer.ts";
import { strideOf } from "../../src/engine/sliding.ts";
import { wasmRunner } from "../../src/engine/wasm/runner.ts";
import {
  type Architecture,
  inferShapes,
  type Layer,
  stageNames,
  stageParameters,
} from "../../src/model/architecture.ts";
import { INITIALIZATIONS, initialize } from "../../src/model/initialize.ts";
import { type FieldSchema, kindOf, LAYER_KINDS } from "../../src/model/layers.ts";
import type { Model } from "../../src/model/model.ts";
import { checkParameters, isTrainable } from "../../src/model/parameters.ts";
import { summarize } from "../../src/model/summary.ts";
import { modelFromBytes, modelToBytes, parseDescription } from "../../src/weights/model_file.ts";
import { assertError } from "../assert_error.ts";
import { drawInputs, drawParameters } from "../engine/wasm/draw.ts";

/** A layer of each kind; a new kind does not compile without one. */
const EXAMPLES: { readonly [K in Layer["kind"]]: Extract<Layer, { readonly kind: K }> } = {
  conv: {
    kind: "conv",
    name: "example",
    filters: 3,
    kernel: 3,
    padding: 1,
    connections: [[0], [1], [0, 1]],
  },
  pool: { kind: "pool", mode: "average" },
  subsample: { kind: "subsample", name: "example" },
  "batch-norm": { kind: "batch-norm", name: "example" },
  dropout: { kind: "dropout", rate: 0.5 },
  activation: { kind: "activation", activation: "scaled-tanh" },
  flatten: { kind: "flatten" },
  dense: { kind: "dense", name: "example", units: 5 },
  rbf: { kind: "rbf", codes: ["#.", ".#", "##"] },
};

const INPUT = [2, 6, 4] as const;

/** A network around the example of a kind. */
function networkWith(kind: Layer["kind"]): Architecture {
  const before: { readonly [K in Layer["kind"]]?: readonly Layer[] } = {
    dense: [{ kind: "flatten" }],
    rbf: [{ kind: "flatten" }, { kind: "dense", name: "first", units: 2 }],
  };
  return {
    name: `with ${kind}`,
    input: INPUT,
    layers: [
      ...before[kind] ?? [],
      EXAMPLES[kind],
      { kind: "flatten" },
      { kind: "dense", name: "last", units: 3 },
    ],
    classes: 3,
  };
}

function modelWith(kind: Layer["kind"]): Model {
  const architecture = networkWith(kind);
  return {
    architecture,
    parameters: drawParameters(architecture, 1),
    metadata: {
      classNames: ["a", "b", "c"],
      normalization: { mean: [0, 0], std: [1, 1] },
      temperature: 1,
    },
  };
}

const KINDS = Object.keys(LAYER_KINDS) as Layer["kind"][];

for (const kind of KINDS) {
  const layer = EXAMPLES[kind];
  const architecture = networkWith(kind);
  const place = architecture.layers.indexOf(layer);
  const stage = inferShapes(architecture)[place];

  Deno.test(`LAYER_KINDS.${kind} names its stage and its parameters`, () => {
    const names = stageNames(architecture.layers);
    assertEquals(new Set(names).size, names.length);
    const parameters = stageParameters(stage);
    if (parameters.length > 0) assertEquals(names[place], "example");
    for (const [name, { part }] of parameters) {
      assertEquals(name, `example.${part}`);
      assertEquals(isTrainable(name), !part.startsWith("running"));
    }
  });

  for (const method of INITIALIZATIONS) {
    Deno.test(`LAYER_KINDS.${kind} gives ${method} parameters that fit`, () => {
      const parameters = initialize(architecture, { method });
      checkParameters(architecture, parameters);
      for (const [name, { part }] of stageParameters(stage)) {
        if (part === "weight") assertNotEquals(Math.max(...parameters.get(name)!.data), 0);
      }
    });
  }

  Deno.test(`LAYER_KINDS.${kind} describes itself in a summary, and counts what it has`, () => {
    const { rows } = summarize(architecture);
    const words = rows.map(({ what }) => what).join(" | ");
    assertStringIncludes(words, kindOf(layer).describe(layer));
    const row = rows.find(({ layer }) => layer === stageNames(architecture.layers)[place]);
    const trainable = stageParameters(stage).filter(([name]) => isTrainable(name));
    assertEquals((row?.parameters ?? 0) > 0, trainable.length > 0);
  });

  Deno.test(`LAYER_KINDS.${kind} comes back from JSON with its fields in order`, () => {
    const model = modelWith(kind);
    const found = modelFromBytes(modelToBytes(model)).architecture;
    assertEquals(JSON.stringify(found), JSON.stringify(architecture));
  });

  Deno.test(`LAYER_KINDS.${kind} refuses JSON with a field missing, misspelt or of another type`, () => {
    const parse = (change: (layer: Record<string, unknown>) => void): void => {
      const { metadata } = modelWith(kind);
      const changed = { ...architecture, layers: architecture.layers.map((each) => ({ ...each })) };
      change(changed.layers[place] as unknown as Record<string, unknown>);
      parseDescription(JSON.stringify({ version: 1, architecture: changed, metadata }));
    };
    parse(() => {});
    const path = `architecture.layers[${place}]`;
    const fields: [string, FieldSchema][] = Object.entries(LAYER_KINDS[kind].fields);
    for (const [name, { optional }] of fields) {
      if (optional) {
        parse((layer) => delete layer[name]);
      } else {
        assertError(
          () => parse((layer) => delete layer[name]),
          "weights/malformed",
          `lacks ${name}`,
        );
      }
      assertError(
        () => parse((layer) => layer[name] = null),
        "weights/malformed",
        `${path}.${name} is null, expected`,
      );
    }
    assertError(
      () => parse((layer) => layer.extra = 1),
      "weights/malformed",
      `${path} has the key extra, expected kind`,
    );
  });

  Deno.test(`LAYER_KINDS.${kind} has the window of its shapes`, () => {
    if (stage.input.length !== 3 || stage.output.length !== 3) return;
    const { kernel, stride } = kindOf(layer).window(layer);
    const padding = layer.kind === "conv" ? layer.padding : 0;
    const length = (size: number): number => Math.floor((size + 2 * padding - kernel) / stride) + 1;
    assertEquals(stage.output.slice(1), stage.input.slice(1).map(length));
    assertEquals(strideOf(architecture.layers), stride);
  });

  Deno.test({
    name: `LAYER_KINDS.${kind} has the same logits on every engine`,
    // The backend of tfjs stays active.
    sanitizeResources: false,
    sanitizeOps: false,
    fn: async () => {
      const { parameters, ...rest } = modelWith(kind);
      const inputs = drawInputs(architecture, 3);
      const expected = await referenceRunner(architecture, parameters).logits(inputs, 3);
      using ours = wasmRunner(architecture, parameters);
      using tfjs = await tfjsRunner("wasm", architecture, parameters);
      for (const runner of [ours, tfjs]) {
        const found = await runner.logits(inputs, 3);
        expected.forEach((value, i) => assertAlmostEquals(found[i], value, 1e-4, runner.backend));
      }
      const { kind: stageKind, shape, values } =
        activationsOf({ parameters, ...rest }, inputs.slice(0, 48))[place + 1];
      assertEquals([stageKind, shape.join(), values.length], [
        kind,
        stage.output.join(),
        shape.reduce((size, length) => size * length, 1),
      ]);
    },
  });

  Deno.test({
    name: `LAYER_KINDS.${kind} is trained`,
    sanitizeResources: false,
    sanitizeOps: false,
    fn: async () => {
      const parameters = drawParameters(architecture, 1);
      const start = { parameters, slots: new Map(), steps: 0 };
      using trainer = await tfjsTrainer("wasm", architecture, start);
      const { loss } = await trainer.step(drawInputs(architecture, 3), Uint8Array.of(0, 1, 2), 0.1);
      assertEquals(Number.isFinite(loss), true);
      const { parameters: moved } = await trainer.state();
      checkParameters(architecture, moved);
      for (const [name] of stageParameters(stage)) {
        assertNotEquals(moved.get(name)!.data, parameters.get(name)!.data, name);
      }
    },
  });
}

Deno.test("LAYER_KINDS accepts the smallest and the largest values of its fields, and no others", () => {
  const shapeOf = (
    layer: Layer,
    input: readonly [number, number, number],
  ): number[] => [
    ...inferShapes({
      name: "bounds",
      input,
      layers: [layer, { kind: "flatten" }, { kind: "dense", name: "last", units: 2 }],
      classes: 2,
    })[0].output,
  ];
  const conv = { kind: "conv", name: "c", filters: 1, kernel: 3, padding: 0 } as const;
  assertEquals(shapeOf(conv, [1, 3, 3]), [1, 1, 1]);
  assertEquals(shapeOf({ ...conv, padding: 1 }, [1, 1, 1]), [1, 1, 1]);
  assertEquals(shapeOf({ kind: "pool", mode: "max" }, [1, 2, 2]), [1, 1, 1]);
  assertEquals(shapeOf({ kind: "dropout", rate: 0 }, [1, 1, 1]), [1, 1, 1]);
  const wrong: [layer: Layer, input: readonly [number, number, number], message: string][] = [
    [conv, [1, 2, 3], "3×3 kernel with padding 0, too large for [1,2,3]"],
    [conv, [1, 3, 2], "too large for [1,3,2]"],
    [{ ...conv, filters: 0 }, [1, 3, 3], "0 filters"],
    [{ ...conv, connections: [[1]] }, [1, 3, 3], "to the channels [1]"],
    [{ ...conv, connections: [[0, 0]] }, [1, 3, 3], "to the channels [0,0]"],
    [{ kind: "pool", mode: "max" }, [1, 2, 1], "at least 2×2 pixels"],
    [{ kind: "pool", mode: "max" }, [1, 1, 2], "at least 2×2 pixels"],
    [{ kind: "dropout", rate: -0.01 }, [1, 1, 1], "a rate of -0.01"],
  ];
  for (const [layer, input, message] of wrong) {
    assertError(() => shapeOf(layer, input), "architecture/invalid", message);
  }
});
