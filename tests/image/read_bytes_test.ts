import { assertEquals } from "@std/assert";
import { Readable } from "node:stream";
import type { DigitImage } from "../../src/image/image.ts";
import { type FileSource, readBytes } from "../../src/image/read_bytes.ts";
import { isEncoded } from "../../src/image/read_image.ts";
import { assertRejection } from "../assert_error.ts";
import { DRAWING } from "./decode/gif_encoder.ts";
import { encodePng } from "./decode/png_encoder.ts";

const BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i * 7 % 256);

/** A stream of these chunks that records how it is read. */
function streamOf(chunks: readonly unknown[], end: "close" | "error" | "never" = "close") {
  const account = { given: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (account.given < chunks.length) {
        controller.enqueue(chunks[account.given++] as Uint8Array);
      } else if (end === "close") controller.close();
      else if (end === "error") controller.error(new Error("the line went dead"));
      else controller.enqueue(new Uint8Array(100));
    },
    cancel() {
      account.cancelled = true;
    },
  }, { highWaterMark: 0 });
  return { stream, account };
}

async function* piecesOf(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

Deno.test("readBytes reads the same bytes from every form", async () => {
  const forms: FileSource[] = [
    new Blob([BYTES]),
    new File([BYTES], "digit.png"),
    new Request("http://example.com", { method: "POST", body: BYTES }),
    new Response(BYTES),
    new Response(new Blob([BYTES]).stream()),
    new Blob([BYTES]).stream(),
    streamOf([BYTES.subarray(0, 1), BYTES.subarray(1, 1), BYTES.subarray(1)]).stream,
    Readable.from([Buffer.from(BYTES.subarray(0, 7)), Buffer.from(BYTES.subarray(7))]),
    piecesOf(BYTES.subarray(0, 500), BYTES.subarray(500)),
  ];
  for (const form of forms) assertEquals(Array.from(await readBytes(form, 1000)), [...BYTES]);
});

Deno.test("readBytes rejects more bytes than the limit in every form", async () => {
  const forms: (() => FileSource)[] = [
    () => new Blob([BYTES]),
    () => new Request("http://example.com", { method: "POST", body: BYTES }),
    () => piecesOf(BYTES),
    () => new Response(BYTES),
    () => new Response("", { headers: { "content-length": "1000" } }),
    () => new Blob([BYTES]).stream(),
  ];
  for (const form of forms) {
    await assertRejection(
      () => readBytes(form(), 999),
      "image/too-large",
      "1000 bytes or more, expected at most 999",
    );
  }
});

Deno.test("readBytes does not start to read a source whose known size exceeds the limit", async () => {
  const blob = new Blob([BYTES]);
  blob.stream = () => {
    throw new Error("it was read");
  };
  await assertRejection(() => readBytes(blob, 999), "image/too-large", "1000 bytes");
  const { stream, account } = streamOf([BYTES]);
  const response = new Response(stream, { headers: { "content-length": "1000" } });
  await assertRejection(() => readBytes(response, 999), "image/too-large", "1000 bytes");
  assertEquals(account, { given: 0, cancelled: true });
});

Deno.test("readBytes cancels a stream as soon as it exceeds the limit", async () => {
  const { stream, account } = streamOf([], "never");
  await assertRejection(() => readBytes(stream, 250), "image/too-large", "300 bytes or more");
  assertEquals([account.cancelled, stream.locked], [true, false]);
});

Deno.test("readBytes rejects a response whose status is not a success, and cancels its body", async () => {
  const { stream, account } = streamOf([BYTES]);
  const response = new Response(stream, { status: 404 });
  await assertRejection(
    () => readBytes(response, 1000),
    "image/unreadable",
    "the response has status 404, expected 200 to 299",
  );
  assertEquals(account, { given: 0, cancelled: true });
});

Deno.test({
  name: "readBytes closes the connection of every response",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    await using server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/missing") return new Response("no such picture", { status: 404 });
        if (pathname === "/endless") return new Response(streamOf([], "never").stream);
        return new Response(BYTES);
      },
    );
    const get = (path: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${server.addr.port}/${path}`);
    assertEquals(Array.from(await readBytes(await get("digit"), 1000)), [...BYTES]);
    const missing = await get("missing");
    await assertRejection(() => readBytes(missing, 1000), "image/unreadable", "status 404");
    const large = await get("digit");
    await assertRejection(() => readBytes(large, 999), "image/too-large", "1000 bytes");
    const endless = await get("endless");
    await assertRejection(() => readBytes(endless, 5000), "image/too-large", "bytes or more");
  },
});

Deno.test("readBytes returns no bytes for a response without a body", async () => {
  assertEquals(await readBytes(new Response(null), 10), new Uint8Array(0));
});

Deno.test("readBytes rejects a body or stream that is locked or was read", async () => {
  const used = new Response(BYTES);
  await used.arrayBuffer();
  await assertRejection(() => readBytes(used, 1000), "image/unreadable", "already read");
  const { stream } = streamOf([BYTES]);
  stream.getReader();
  await assertRejection(() => readBytes(stream, 1000), "image/unreadable", "locked");
  const response = new Response(new Blob([BYTES]).stream());
  response.body!.getReader();
  await assertRejection(() => readBytes(response, 1000), "image/unreadable", "locked");
});

Deno.test("readBytes reads a request in a browser that has no body property", async () => {
  const request = new Request("http://example.com", { method: "POST", body: BYTES });
  Object.defineProperty(request, "body", { value: undefined });
  const other = request.clone();
  Object.defineProperty(other, "body", { value: undefined });
  assertEquals(Array.from(await readBytes(request, 1000)), [...BYTES]);
  await assertRejection(() => readBytes(other, 999), "image/too-large", "1000 bytes");
});

Deno.test("readBytes destroys a stream of Node that exceeds the limit", async () => {
  const stream = Readable.from((function* () {
    for (;;) yield Buffer.alloc(100);
  })());
  await assertRejection(() => readBytes(stream, 250), "image/too-large", "300 bytes or more");
  assertEquals(stream.destroyed, true);
});

Deno.test("readBytes reports why a stream failed", async () => {
  const { stream } = streamOf([BYTES], "error");
  await assertRejection(
    () => readBytes(stream, 5000),
    "image/unreadable",
    "its stream failed before its end: the line went dead",
  );
  assertEquals(stream.locked, false);
});

Deno.test("readBytes rejects a stream of anything but bytes", async () => {
  for (const value of ["text", 7, null, new Float32Array(4), [1, 2]]) {
    const { stream, account } = streamOf([BYTES, value]);
    await assertRejection(() => readBytes(stream, 5000), "image/unreadable", "not a Uint8Array");
    assertEquals(account.cancelled, true);
  }
});

Deno.test("readBytes copies chunks, whose memory a stream may reuse", async () => {
  const shared = new Uint8Array(1);
  let next = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (next === 5) return controller.close();
      shared[0] = next++;
      controller.enqueue(shared);
    },
  }, { highWaterMark: 0 });
  assertEquals(Array.from(await readBytes(stream, 10)), [0, 1, 2, 3, 4]);
});

Deno.test("isEncoded tells files from pixels", () => {
  const png = encodePng({ width: 1, height: 1, colourType: 0, depth: 8, samples: [0] });
  const padded = new Uint8Array(784);
  padded.set(png);
  const gif = new Uint8Array(784);
  gif.set(DRAWING);
  const encoded: DigitImage[] = [
    png,
    padded,
    gif,
    new Uint8Array(783),
    new Uint8Array(0),
    new ArrayBuffer(784),
    new Blob([]),
    new Response(""),
    new Request("http://example.com"),
    new Blob([]).stream(),
    piecesOf(),
    new DataView(new ArrayBuffer(784)),
    new SharedArrayBuffer(784),
    new URL("http://example.com"),
    "text",
  ];
  for (const image of encoded) assertEquals(isEncoded(image), true);
  const pixels: unknown[] = [
    new Uint8Array(784),
    new Uint8ClampedArray(png),
    new Float32Array(784),
    Array(784).fill(0),
    [[0]],
    { data: png, width: 1, height: 1 },
    { ok: true, stream: 7 },
    new OffscreenCanvas(1, 1),
    null,
    undefined,
    7,
  ];
  for (const image of pixels) assertEquals(isEncoded(image as DigitImage), false);
});
