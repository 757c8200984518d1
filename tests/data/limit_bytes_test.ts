import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { collect } from "../../src/data/collect.ts";
import { limitBytes } from "../../src/data/limit_bytes.ts";
import { assertError } from "./assert_error.ts";

/** These pieces, and whether their source was told to stop. */
function streamOf(pieces: readonly Uint8Array[]): {
  stream: ReadableStream<Uint8Array>;
  isCancelled: () => boolean;
} {
  let isCancelled = false;
  let next = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (next < pieces.length) controller.enqueue(pieces[next++]);
      else controller.close();
    },
    cancel() {
      isCancelled = true;
    },
  });
  return { stream, isCancelled: () => isCancelled };
}

Deno.test("limitBytes lets everything through up to its limit, and nothing more", async () => {
  const anyPieces = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 9 });
  await fc.assert(fc.asyncProperty(anyPieces, fc.nat(20), async (pieces, spare) => {
    const all = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
    const read = (limit: number) =>
      collect(streamOf(pieces).stream.pipeThrough(limitBytes(limit, "read it")), 1000, "collect");
    assertEquals(await read(all.length + spare), all);
    if (all.length > 0) {
      const limit = Math.max(0, all.length - 1 - spare);
      await assertError(
        () => read(limit),
        "data/malformed",
        `Cannot read it: it holds more than ${limit} bytes, expected at most that`,
      );
    }
  }));
});

Deno.test("limitBytes stops its source at the limit, however much more would come", async () => {
  const { stream, isCancelled } = streamOf(new Array(1000).fill(new Uint8Array(100)));
  await assertError(
    () => collect(stream.pipeThrough(limitBytes(250, "read it")), 1e6, "collect"),
    "data/malformed",
    "more than 250 bytes",
  );
  assertEquals(isCancelled(), true);
});
