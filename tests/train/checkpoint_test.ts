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

Deno.test("checkResumable refuses a checkpoint of another run, and says what to do", async () => {
  const { checkpoint } = await trained();
  checkResumable(checkpoint, checkpoint);
  const others: [string, Partial<Checkpoint>][] = [
    ["the network", { architecture: { ...checkpoint.architecture, name: "other" } }],
    ["batchSize", { recipe: { ...checkpoint.recipe, batchSize: 7 } }],
    ["the data", { data: { ...checkpoint.data, checksums: { images: "cd".repeat(32) } } }],
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
