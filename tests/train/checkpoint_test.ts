import { assertEquals, assertThrows } from "@std/assert";
import { LeNetError } from "../../src/errors.ts";
import {
  type Checkpoint,
  checkpointFromBytes,
  checkpointToBytes,
} from "../../src/train/checkpoint.ts";
import { train } from "../../src/train/train.ts";
import { modelToBytes } from "../../src/weights/model_file.ts";
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
