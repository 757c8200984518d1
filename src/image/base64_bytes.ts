import { imageError } from "./image_error.ts";

/**
 * The bytes that a text in base64 stands for, in every runtime.
 *
 * @param text Base64 or base64url, with or without padding, in one line or in many.
 * @returns The bytes.
 * @throws {LeNetError} `image/unreadable` when it holds anything else.
 */
export function base64Bytes(text: string): Uint8Array<ArrayBuffer> {
  const letters = text.replaceAll("-", "+").replaceAll("_", "/");
  // Where the runtime can do it at once. Node 20 cannot.
  const { fromBase64 } = Uint8Array as unknown as {
    fromBase64?: (text: string) => Uint8Array<ArrayBuffer>;
  };
  try {
    if (fromBase64 !== undefined) return fromBase64.call(Uint8Array, letters);
    return Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  } catch (cause) {
    throw imageError("image/unreadable", "its base64 is damaged", cause);
  }
}
