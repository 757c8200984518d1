import { limitBytes } from "./limit_bytes.ts";

/**
 * Reads a stream to its end into one array. Memory grows with what arrives, not with what is claimed.
 *
 * @param stream The bytes.
 * @param limit How many bytes to accept.
 * @param doing What it is for, as the verb and object of the message.
 * @returns All bytes.
 * @throws {LeNetError} `data/malformed` as soon as there are more bytes than the limit. What the stream throws
 * passes through.
 */
export async function collect(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  doing: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.pipeThrough(limitBytes(limit, doing)).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
