import { LeNetError } from "../model/error.ts";
import { checkByteCount } from "./check_byte_count.ts";
import { imageError } from "./image_error.ts";
import { reasonOf } from "./reason_of.ts";
import { isBytes } from "./type_name.ts";

/**
 * Takes all bytes out of a stream, which is cancelled as soon as it has given too much.
 *
 * @param stream A stream, or anything else that gives bytes in `for await`, as the streams of Node do.
 * @param maxBytes The largest number of bytes that is accepted.
 * @returns The bytes, in fresh memory.
 * @throws {LeNetError} `image/too-large` above the limit, `image/unreadable` when the stream fails, gives anything but
 * bytes, or is in use.
 */
export async function readStream(
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const pieces = "getReader" in stream ? readPieces(stream) : stream;
  try {
    for await (const piece of pieces) {
      if (!isBytes(piece)) {
        throw imageError(
          "image/unreadable",
          `its stream gave a ${typeof piece} that is no Uint8Array, expected bytes`,
        );
      }
      checkByteCount(size += piece.length, maxBytes);
      // A copy, because some sources fill the same memory again.
      chunks.push(new Uint8Array(piece));
    }
  } catch (cause) {
    if (cause instanceof LeNetError) throw cause;
    const reason = reasonOf(cause);
    throw imageError("image/unreadable", `its stream failed before its end: ${reason}`, cause);
  }
  return chunks.length === 1 ? chunks[0] : concat(chunks, size);
}

async function* readPieces(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (stream.locked) {
    throw imageError("image/unreadable", "its stream is locked, expected one that nobody reads");
  }
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (;;) {
      const piece = await reader.read();
      isDone = piece.done;
      if (piece.done) return;
      yield piece.value;
    }
  } finally {
    if (!isDone) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
