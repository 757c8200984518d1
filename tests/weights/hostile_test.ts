import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { LeNetError } from "../../src/errors.ts";
import { initialize } from "../../src/model/initialize.ts";
import { modelFromBytes, modelToBytes } from "../../src/weights/model_file.ts";
import { readSafetensors } from "../../src/weights/safetensors.ts";
import { matchStateDict } from "../../src/weights/state_dict.ts";
import { writeSafetensors } from "../../src/weights/write_safetensors.ts";
import { assertError } from "../assert_error.ts";
import { entry, safetensorsFile } from "./safetensors_file.ts";
import { tinyModel } from "./tiny_model.ts";

const EMPTY = new Float32Array();

/** A sound file with two tensors and metadata. */
const SOUND = safetensorsFile(
  { __metadata__: { k: "v" }, a: entry("F32", [2], [0, 8]), b: entry("F16", [3], [8, 14]) },
  14,
);

Deno.test("readSafetensors refuses a file that is cut off anywhere", () => {
  readSafetensors(SOUND);
  for (let size = 0; size < SOUND.length; size++) {
    assertError(() => readSafetensors(SOUND.slice(0, size)), "weights/malformed", "Cannot read");
  }
});

Deno.test("readSafetensors refuses a file with more at its end", () => {
  for (const more of [1, 2, 4, 8, 1000]) {
    const file = new Uint8Array(SOUND.length + more);
    file.set(SOUND);
    assertError(() => readSafetensors(file), "weights/malformed", `${more} bytes at the end`);
  }
});

Deno.test("readSafetensors never throws anything but LeNetError, whatever bytes are changed", () => {
  const change = fc.tuple(fc.nat({ max: SOUND.length - 1 }), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const file = SOUND.slice();
      for (const [at, value] of changes) file[at] = value;
      onlyLeNetError(() => readSafetensors(file));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("readSafetensors never throws anything but LeNetError for arbitrary bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      onlyLeNetError(() => readSafetensors(bytes));
    }),
  );
});

Deno.test("readSafetensors takes no memory for what a header only claims", () => {
  const claims = [
    entry("F32", [2 ** 40], [0, 2 ** 42]),
    entry("F32", [2 ** 30, 2 ** 30], [0, 4]),
    entry("F64", [Number.MAX_SAFE_INTEGER], [0, Number.MAX_SAFE_INTEGER]),
    entry("F32", Array(1000).fill(1000), [0, 4]),
  ];
  for (const claim of claims) {
    assertError(
      () => readSafetensors(safetensorsFile({ a: claim }, 4)),
      "weights/malformed",
      "tensor a",
    );
  }
});

Deno.test("readSafetensors has names of Object.prototype as plain names", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];
  const tensors = names.map((name, i) =>
    `${JSON.stringify(name)}:${JSON.stringify(entry("F32", [1], [4 * i, 4 * i + 4]))}`
  );
  const texts = names.map((name) => `${JSON.stringify(name)}:"x"`);
  const header = `{"__metadata__":{${texts.join(",")}},${tensors.join(",")}}`;
  const read = readSafetensors(safetensorsFile(header, 4 * names.length));
  assertEquals([...read.tensors.keys()], names);
  assertEquals([...read.metadata.keys()], names);
  assertEquals(Object.keys({}), []);
});

Deno.test("readSafetensors does not take a tensor's description from a prototype", () => {
  const header = '{"a":{"__proto__":"F32","shape":[1],"data_offsets":[0,4]}}';
  assertError(
    () => readSafetensors(safetensorsFile(header, 4)),
    "weights/malformed",
    "is described by __proto__, data_offsets, shape, expected",
  );
});

Deno.test("readSafetensors keeps messages to one short line, whatever a name holds", () => {
  for (const name of ["x".repeat(1e6), "a\nerror: all is well\u001b[2J\u2028"]) {
    const error = onlyLeNetError(() => readSafetensors(safetensorsFile({ [name]: 1 })));
    assertEquals(error !== undefined && error.message.length < 400, true);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x1f\u2028]/.test(error!.message), false);
  }
});

Deno.test("modelFromBytes refuses a network whose layers would fill the memory", () => {
  const { metadata } = tinyModel();
  const shrink = Array(18).fill({ kind: "pool", mode: "average" });
  const architecture = (input: [number, number, number], padding: number) => ({
    name: "bomb",
    input,
    layers: [
      { kind: "conv", name: "conv1", filters: 1, kernel: 1, padding },
      ...shrink,
      { kind: "flatten" },
      { kind: "dense", name: "fc1", units: 2 },
    ],
    classes: 2,
  });
  const bombs = [
    [architecture([1, 2 ** 18, 2 ** 18], 0), "the input of bomb has [1,262144,262144] values"],
    [architecture([1, 2, 2], 2 ** 17 - 1), "layer 1 of bomb has [1,262144,262144] values"],
  ] as const;
  for (const [bomb, part] of bombs) {
    const lenet = JSON.stringify({ version: 1, architecture: bomb, metadata });
    assertError(
      () => modelFromBytes(safetensorsFile({ __metadata__: { lenet } })),
      "weights/malformed",
      `${part}, expected at most 16777216`,
    );
  }
});

Deno.test("modelFromBytes keeps messages to one short line, whatever a tensor is called", () => {
  const { parameters, ...description } = tinyModel();
  for (const name of ["x".repeat(1e6), "a\nerror: all is well\u001b[2J\u2028"]) {
    const file = writeSafetensors(new Map([...parameters, [name, { shape: [0], data: EMPTY }]]));
    const error = onlyLeNetError(() => modelFromBytes(file, { description }));
    assertEquals(error !== undefined && error.message.length < 400, true);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x1f\u2028]/.test(error!.message), false);
  }
});

Deno.test("matchStateDict keeps messages to one short line, whatever a tensor is called", () => {
  const { parameters, architecture } = tinyModel();
  for (
    const name of ["x".repeat(1e6), "a\nerror: all is well\u001b[2J\u2028", "", ".", "..weight"]
  ) {
    const tensors = new Map([...parameters, [name, { shape: [0], data: EMPTY }]]);
    const error = onlyLeNetError(() => matchStateDict(architecture, tensors));
    assertEquals(error?.code, "weights/mismatch");
    assertEquals(error!.message.length < 400, true);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x1f\u2028]/.test(error!.message), false);
  }
});

Deno.test("matchStateDict never throws anything but LeNetError, whatever tensors are called", () => {
  const { parameters, architecture } = tinyModel();
  const part = fc.constantFrom(
    "",
    ".",
    "0",
    "1",
    "10",
    "weight",
    "bias",
    "conv1",
    "fc1",
    "__proto__",
  );
  const name = fc.array(part, { maxLength: 5 }).map((parts) => parts.join(""));
  const count = { minLength: 4, maxLength: 4 };
  fc.assert(
    fc.property(fc.uniqueArray(name, count), (names) => {
      const tensors = [...parameters.values()].map((tensor, i) => [names[i], tensor] as const);
      onlyLeNetError(() => matchStateDict(architecture, new Map(tensors)));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("matchStateDict refuses many layers of one shape by name, not by running on", () => {
  const { parameters, architecture } = tinyModel();
  const weight = { shape: [1], data: new Float32Array(1) };
  const many = Array.from({ length: 100_000 }, (_, i) => [`${i}.weight`, weight] as const);
  assertError(
    () => matchStateDict(architecture, new Map([...parameters, ...many])),
    "weights/mismatch",
    "found 0 with weight [1], which is not part of it, expected conv1, fc1 alone",
  );
});

Deno.test("modelFromBytes never throws anything but LeNetError, whatever is changed in the description", () => {
  const model = tinyModel();
  const file = modelToBytes({ ...model, parameters: initialize(model.architecture) });
  const { metadata, tensors } = readSafetensors(file);
  const size = [...tensors.values()].reduce((sum, { data }) => sum + 4 * data.length, 0);
  const header = new TextDecoder().decode(file.subarray(8, file.length - size));
  const lenet = metadata.get("lenet")!;
  const change = fc.tuple(
    fc.nat({ max: lenet.length - 1 }),
    fc.constantFrom("", "0", "9", "-", "1e9", "null", '"', "[", "]", "{}", ",", "x"),
  );
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const characters = [...lenet];
      for (const [at, put] of changes) characters[at] = put;
      const changed = header.replace(
        JSON.stringify(lenet),
        () => JSON.stringify(characters.join("")),
      );
      onlyLeNetError(() => modelFromBytes(safetensorsFile(changed, file.subarray(-size))));
    }),
    { numRuns: 2000 },
  );
});

function onlyLeNetError(act: () => unknown): LeNetError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof LeNetError) return error;
    throw error;
  }
}
