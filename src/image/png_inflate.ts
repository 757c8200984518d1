import { imageError } from "./image_error.ts";

/** A byte of deflate holds at most 1,032 bytes of data (Gailly and Adler, zlib technical details). */
export const MOST_INFLATED_PER_BYTE = 1032;

/** Bytes handed to the decompressor at once: what comes of them takes at most 16 MiB. */
const PIECE = 16 * 1024;

/**
 * Decompresses zlib data with the platform's decompressor, piece by piece: no more is decompressed ahead than
 * one piece holds, and nothing after the caller leaves the loop.
 *
 * @param compressed The whole zlib stream.
 * @yields The data, in order.
 * @throws {LeNetError} `image/unreadable` when it is not a whole zlib stream.
 */
export async function* inflate(
  compressed: Uint8Array<ArrayBuffer>,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = decompress(compressed).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    throw imageError("image/unreadable", "the compressed data of the PNG is damaged", cause);
  } finally {
    // A stream that has failed cannot be cancelled, and need not be.
    await reader.cancel().catch(() => {});
  }
}

function decompress(compressed: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  const { readable, writable } = new DecompressionStream("deflate");
  if (compressed.length <= PIECE) {
    // One piece needs nothing that brings the next. What is wrong with it is told by the other end.
    const writer = writable.getWriter();
    writer.write(compressed).catch(() => {});
    writer.close().catch(() => {});
    return readable;
  }
  let at = 0;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (at < compressed.length) controller.enqueue(compressed.subarray(at, at += PIECE));
      else controller.close();
    },
  }, { highWaterMark: 0 });
  return source.pipeThrough({ readable, writable });
}
