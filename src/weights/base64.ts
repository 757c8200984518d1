import { malformed } from "./malformed.ts";

/** Bytes at a time, few enough to be the arguments of one call. */
const CHUNK = 0x2000;

/**
 * Bytes as base64, in every runtime.
 *
 * @param bytes Any bytes.
 * @returns The text, padded with `=`.
 */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(binary);
}

/**
 * The bytes that base64 stands for, in every runtime.
 *
 * @param text What {@linkcode toBase64} gave.
 * @returns The bytes.
 * @throws {LeNetError} `weights/malformed` when the text is not base64.
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  // Where the runtime can do it, it takes a twentieth of the time on a cold start. Node 20 cannot.
  const { fromBase64 } = Uint8Array as unknown as {
    fromBase64?: (text: string) => Uint8Array<ArrayBuffer>;
  };
  let binary: string;
  try {
    if (fromBase64 !== undefined) return fromBase64.call(Uint8Array, text);
    binary = atob(text);
  } catch (cause) {
    throw malformed("read", "the text is not base64", cause);
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
