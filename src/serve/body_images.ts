import type { DigitImage } from "../image/digit_image.ts";
import { jsonImages } from "./json_images.ts";
import type { BodyType } from "./media_type.ts";
import { multipartImages } from "./multipart_images.ts";

/** A picture that was sent, and the name of its file if it had one. */
export interface SentImage {
  readonly file?: string;
  readonly image: DigitImage;
}

/** What a body holds: one picture, to be answered by itself, or several, to be answered by a list. */
export type SentImages = { readonly one: SentImage } | { readonly several: readonly SentImage[] };

/**
 * Takes the pictures out of a body.
 *
 * @param bytes The body.
 * @param type What its header says it is.
 * @param maxImages The largest number of pictures.
 * @returns The pictures; whether they can be read shows later.
 * @throws {Problem} 400 when the body is not what its type says, 413 when it holds too many pictures, 422 when its
 * JSON is not that of pictures.
 */
export async function bodyImages(
  bytes: Uint8Array<ArrayBuffer>,
  { kind, parameters }: BodyType,
  maxImages: number,
): Promise<SentImages> {
  switch (kind) {
    case "file":
      return { one: { image: bytes } };
    case "json":
      return jsonImages(bytes, maxImages);
    case "multipart":
      return { several: await multipartImages(bytes, parameters.get("boundary"), maxImages) };
  }
}
