import { LeNetError } from "../model/error.ts";
import { collect } from "./collect.ts";

/**
 * Tells gzip from other bytes.
 *
 * @param bytes Any bytes.
 * @returns Whether they begin as gzip does (RFC 1952: 0x1f 0x8b).
 */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks gzip.
 *
 * @param bytes The packed bytes.
 * @param limit How many unpacked bytes to accept.
 * @param what A name for the bytes, for messages.
 * @returns The unpacked bytes.
 * @throws {LeNetError} `data/malformed` when the bytes are cut off, damaged, or unpack to more than the limit.
 */
export async function gunzip(
  bytes: Uint8Array<ArrayBuffer>,
  limit: number,
  what: string,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await collect(gunzipStream(bytes), limit, `unpack ${what}`);
  } catch (error) {
    if (error instanceof LeNetError) throw error;
    throw new LeNetError(
      "data/malformed",
      `Cannot unpack ${what}: its gzip data is cut off or damaged, expected a whole gzip file`,
      { cause: error },
    );
  }
}

/**
 * Unpacks gzip piece by piece.
 *
 * @param bytes The packed bytes.
 * @returns The unpacked bytes; the stream fails when the packed ones are cut off or damaged.
 */
export function gunzipStream(
  bytes: Uint8Array<ArrayBuffer>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
}
