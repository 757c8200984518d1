import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { LeNetError } from "../../src/errors.ts";
import { crc32 } from "../../src/image/decode/png_file.ts";
import {
  type Checkpoint,
  checkpointFromBytes,
  checkpointToBytes,
  checkResumable,
} from "../../src/train/checkpoint.ts";
import { train } from "../../src/train/train.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
import { readSafetensors } from "../../src/weights/safetensors.ts";
import { writeSafetensors } from "../../src/weights/write_safetensors.ts";
import { assertError } from "../assert_error.ts";
import { bars, TINY } from "./tiny.ts";

async function trained(): Promise<{ checkpoint: Checkpoint; model: Uint8Array }> {
  let checkpoint: Checkpoint | undefined;
  const { model } = await train(TINY, { ...bars(30), checksums: { images: "ab".repeat(32) } }, {
    backend: "wasm",
    epochs: 1,
    averaging: 0.9,
    onCheckpoint: (kept) => void (checkpoint = kept),
  });
  return { checkpoint: checkpoint!, model: modelToBytes(model) };
}

Deno.test("checkpointFromBytes gives back what checkpointToBytes was given", async () => {
  const { checkpoint } = await trained();
  assertEquals([...checkpoint.trainer.slots.keys()].sort(), ["average", "mean", "square"]);
  const read = checkpointFromBytes(checkpointToBytes(checkpoint));
  assertEquals(checkpointToBytes(read), checkpointToBytes(checkpoint));
  assertEquals({ ...read, trainer: null }, { ...checkpoint, trainer: null });
});

Deno.test("checkpointFromBytes refuses a file with any byte changed, and says what to do", async () => {
  const { checkpoint } = await trained();
  const bytes = checkpointToBytes(checkpoint);
  for (let at = 0; at < bytes.length; at++) {
    // One bit, which differs from byte to byte, and all of them.
    for (const change of [1 << at % 8, 0xff]) {
      bytes[at] ^= change;
      const error = assertThrows(() => checkpointFromBytes(bytes), LeNetError);
      assertEquals(error.code, "checkpoint/malformed", `byte ${at}`);
      assertStringIncludes(error.message, "start again without it");
      bytes[at] ^= change;
    }
  }
  checkpointFromBytes(bytes);
});

/** Writes a checkpoint as another version of the format would, with a checksum or without. */
function ofVersion(version: number, checkpoint: Checkpoint, hasChecksum: boolean): Uint8Array {
  const { tensors, metadata } = readSafetensors(checkpointToBytes(checkpoint));
  const json = JSON.stringify({ ...JSON.parse(metadata.get("lenet.checkpoint")!), version });
  const texts = new Map([["lenet.checkpoint", json]]);
  if (!hasChecksum) return writeSafetensors(tensors, texts);
  const bytes = writeSafetensors(tensors, texts.set("lenet.checksum", "0".repeat(16)));
  const at = new TextDecoder("latin1").decode(bytes).indexOf('"0000000000000000"') + 1;
  const sums = [bytes.subarray(0, at), bytes.subarray(at + 16)].map((part) =>
    crc32(part).toString(16).padStart(8, "0")
  );
  bytes.set(new TextEncoder().encode(sums.join("")), at);
  return bytes;
}

Deno.test("checkpointFromBytes refuses a later version, and says to update the library", async () => {
  const { checkpoint } = await trained();
  checkpointFromBytes(ofVersion(2, checkpoint, true));
  for (const hasChecksum of [true, false]) {
    const later = ofVersion(3, checkpoint, hasChecksum);
    const error = assertThrows(() => checkpointFromBytes(later), LeNetError);
    assertEquals(error.code, "checkpoint/mismatch");
    assertStringIncludes(error.message, "is version 3, expected at most 2; update the library");
  }
});

Deno.test("checkpointFromBytes needs a checksum from version 2 on", async () => {
  const { checkpoint } = await trained();
  checkpointFromBytes(ofVersion(1, checkpoint, false));
  for (const version of [0, 2]) {
    const without = ofVersion(version, checkpoint, false);
    const error = assertThrows(() => checkpointFromBytes(without), LeNetError);
    assertEquals(error.code, "checkpoint/malformed");
  }
});

/** A checkpoint of version 1, which has no checksum, with its JSON changed by whoever wrote it. */
function forged(checkpoint: Checkpoint, change: (json: Json) => void): Uint8Array {
  const { tensors, metadata } = readSafetensors(ofVersion(1, checkpoint, false));
  const json = JSON.parse(metadata.get("lenet.checkpoint")!);
  change(json);
  return writeSafetensors(tensors, new Map([["lenet.checkpoint", JSON.stringify(json)]]));
}

// deno-lint-ignore no-explicit-any
type Json = any;

const FORGERIES: [part: string, change: (json: Json) => void][] = [
  ["history is null, expected a list", (json) => json.history = null],
  ["history[0] is null, expected an object", (json) => json.history = [null]],
  ["history[0].epoch is undefined, expected 1", (json) => json.history = [{}]],
  ["history[0].epoch is 2, expected 1", (json) => json.history[0].epoch = 2],
  ["history[0].loss is null, expected a number", (json) => json.history[0].loss = NaN],
  ['history[0].loss is "1", expected a number', (json) => json.history[0].loss = "1"],
  ["history[0].learningRate is undefined", (json) => delete json.history[0].learningRate],
  ["history[0].accuracy is 1.1, expected a number from 0 to 1", (json) => {
    json.history[0].accuracy = 1.1;
  }],
  ["history[0].stepLosses is undefined", (json) => delete json.history[0].stepLosses],
  ["history[0].stepLosses[0] is null", (json) => json.history[0].stepLosses[0] = null],
  [
    "history[0].validation is null, expected an object",
    (json) => json.history[0].validation = null,
  ],
  ["history[0].validation.loss is undefined", (json) => {
    json.history[0].validation = { accuracy: 1 };
  }],
  ["the length of history is 2, expected a whole number from 0 to 1", (json) => {
    json.history.push({ ...json.history[0], epoch: 2 });
  }],
  ["steps is 5, expected 1, as many as history has", (json) => json.steps = 5],
  ["steps is null, expected a whole number from 0", (json) => json.steps = null],
  ["random[3] is 4294967296, expected a whole number from 0 to 4294967295", (json) => {
    json.random[3] = 2 ** 32;
  }],
  ["random[0] is -1, expected a whole number from 0", (json) => json.random[0] = -1],
  ["random is a list of 3, expected a list of 4", (json) => json.random.pop()],
  ["normalization is x, expected mean and std", (json) => json.recipe.normalization = "x"],
  ["normalization is null, expected mean and std", (json) => json.recipe.normalization = null],
  ["recipe has the key more, expected epochs", (json) => json.recipe.more = 1],
  ["averaging is null, expected from 0 to below 1", (json) => json.recipe.averaging = null],
  ["there is no option lr", (json) => json.recipe.optimizer.lr = 1],
  ["optimizer is null", (json) => json.recipe.optimizer = null],
  ["the state of the optimizer has mean, expected average", (json) => {
    json.recipe.optimizer = { name: "sgd" };
  }],
  ["the state of the optimizer has average, expected mean, square", (json) => {
    json.recipe.averaging = 0;
  }],
  ["the state of the optimizer has mean, expected momentum, average", (json) => {
    json.recipe.optimizer = { name: "sgd", momentum: 0.9 };
  }],
  ["data is null, expected an object", (json) => json.data = null],
  ["layer 1 of tiny has [3,", (json) => json.architecture.layers[0].padding = 2 ** 40],
];

for (const [part, change] of FORGERIES) {
  Deno.test(`checkpointFromBytes refuses a file that nobody trained: ${part}`, async () => {
    const { checkpoint } = await trained();
    const error = assertThrows(() => checkpointFromBytes(forged(checkpoint, change)), LeNetError);
    assertEquals(error.code, "checkpoint/malformed");
    assertStringIncludes(error.message, part);
  });
}

Deno.test("checkpointFromBytes reads a checkpoint from before the first step, without slots", async () => {
  const checkpoints: Checkpoint[] = [];
  for (const optimizer of [{ name: "sgd" }, { name: "sgd", momentum: 0.9 }, {}] as const) {
    await train(TINY, bars(30), {
      backend: "wasm",
      epochs: 1,
      optimizer,
      onCheckpoint: (kept) => void checkpoints.push(kept),
    });
  }
  assertEquals(checkpoints.map(({ trainer }) => [...trainer.slots.keys()]), [
    [],
    [],
    [],
    ["momentum"],
    [],
    ["mean", "square"],
  ]);
  for (const checkpoint of checkpoints) {
    const bytes = checkpointToBytes(checkpoint);
    assertEquals(checkpointToBytes(checkpointFromBytes(bytes)), bytes);
  }
  // After the first step they are not 0.
  const later = forged(checkpoints[1], (json) => json.recipe.optimizer.momentum = 0.9);
  assertError(
    () => checkpointFromBytes(later),
    "checkpoint/malformed",
    "the state of the optimizer lacks momentum, expected momentum",
  );
});

Deno.test("checkpointFromBytes never throws anything but LeNetError, whatever is changed in its JSON", async () => {
  const { checkpoint } = await trained();
  const values = [null, "x", -1, 2 ** 53, 1e300, true, [], {}, [null], { a: {} }];
  const paths: string[][] = [];
  const walk = (value: Json, path: string[]): void => {
    if (path.length > 0) paths.push(path);
    if (typeof value !== "object" || value === null) return;
    for (const key of Object.keys(value)) walk(value[key], [...path, key]);
  };
  forged(checkpoint, (json) => walk(json, []));
  for (const path of paths) {
    for (const value of values) {
      const bytes = forged(checkpoint, (json) => {
        const at = path.slice(0, -1).reduce((at, key) => at[key], json);
        at[path[path.length - 1]] = value;
      });
      try {
        const read = checkpointFromBytes(bytes);
        // What is read can be written, and read again.
        assertEquals(
          checkpointToBytes(checkpointFromBytes(checkpointToBytes(read))).length > 0,
          true,
        );
      } catch (error) {
        if (!(error instanceof LeNetError)) throw error;
      }
    }
  }
});

Deno.test("checkpointFromBytes and checkpointToBytes refuse what is neither bytes nor a checkpoint", () => {
  for (const wrong of [null, undefined, "x", {}, [], 1, Symbol("x"), { trainer: null }]) {
    assertError(
      () => checkpointFromBytes(wrong as unknown as Uint8Array),
      "checkpoint/malformed",
      "expected the bytes of a file, a Uint8Array",
    );
    assertError(
      () => checkpointToBytes(wrong as unknown as Checkpoint),
      "option/invalid",
      "expected a checkpoint such as onCheckpoint gets",
    );
  }
});

Deno.test("checkResumable refuses a checkpoint of another run, and says what to do", async () => {
  const { checkpoint } = await trained();
  checkResumable(checkpoint, checkpoint);
  const others: [string, Partial<Checkpoint>][] = [
    ["network.name", { architecture: { ...checkpoint.architecture, name: "other" } }],
    ["recipe.batchSize", { recipe: { ...checkpoint.recipe, batchSize: 7 } }],
    ["data.checksums.images", {
      data: { ...checkpoint.data, checksums: { images: "cd".repeat(32) } },
    }],
  ];
  for (const [name, other] of others) {
    const run = { ...checkpoint, ...other };
    const error = assertThrows(() => checkResumable(checkpoint, run), LeNetError);
    assertEquals(error.code, "checkpoint/mismatch");
    assertStringIncludes(error.message, `Cannot resume: ${name} is`);
    assertStringIncludes(error.message, "start again without the checkpoint");
  }
});

Deno.test("checkpointFromBytes refuses a file cut short anywhere, and a model", async () => {
  const { checkpoint, model } = await trained();
  const bytes = checkpointToBytes(checkpoint);
  const damaged = [model, new Uint8Array(), new Uint8Array(100).fill(0x41)];
  for (let length = 0; length < bytes.length; length += 97) damaged.push(bytes.slice(0, length));
  for (const wrong of damaged) {
    const error = assertThrows(() => checkpointFromBytes(wrong), LeNetError, "Cannot resume");
    assertEquals(error.code, "checkpoint/malformed");
  }
});
