import { assertEquals } from "@std/assert";
import { channelPictures } from "../../scripts/report/channel_pictures.ts";
import { assertError } from "../data/assert_error.ts";

Deno.test("channelPictures gives all channels one scale, from black to white", () => {
  const values = Float32Array.of(-1, 0, 0, 0, 1, 1, 0, -1);
  const stage = { name: "pool1", shape: [2, 2, 2] as const, values };
  const { pictures, lowest, highest } = channelPictures(stage);
  assertEquals([lowest, highest], [-1, 1]);
  assertEquals(pictures.map(({ shape }) => [...shape]), [[1, 2, 2], [1, 2, 2]]);
  assertEquals(pictures.map(({ pixels }) => [...pixels]), [[0, 128, 128, 128], [255, 255, 128, 0]]);
});

Deno.test("channelPictures draws what is not a number, and what is one number, black", () => {
  const draw = (...values: number[]) =>
    channelPictures({ name: "s", shape: [1, 1, 2], values: Float32Array.from(values) });
  assertEquals([...draw(NaN, 3).pictures[0].pixels], [0, 0]);
  assertEquals([...draw(2, 2).pictures[0].pixels], [0, 0]);
  assertEquals(draw(NaN, Infinity).highest, NaN);
});

Deno.test("channelPictures refuses values that do not fit the shape", async () => {
  await assertError(
    () => channelPictures({ name: "pool1", shape: [1, 2, 2], values: new Float32Array(3) }),
    "image/invalid",
    "Cannot show pool1: it has 3 values, expected 4 for [1,2,2]",
  );
});
