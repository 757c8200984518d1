import { readImage } from "../../src/image/read_image.ts";
import { toBase64 } from "../image/decode/base64.ts";
import { encodeBmp } from "../image/decode/bmp_encoder.ts";
import { DRAWING } from "../image/decode/gif_encoder.ts";
import { BASELINE } from "../image/decode/jpeg_files.ts";
import { ANIMATED, LOSSLESS, LOSSY_ALPHA } from "../image/decode/webp_files.ts";

/** A file of every format that is not decoded by the same code everywhere, or is new to a runtime. */
const FILES: readonly Uint8Array[] = [
  DRAWING,
  encodeBmp({ width: 2, height: 1, depth: 24, data: [1, 2, 3, 4, 5, 6, 0, 0] }),
  BASELINE,
  LOSSLESS,
  LOSSY_ALPHA,
  ANIMATED,
];

/** Reads a file of every format from memory, and some from where else they may be, and hashes what came out. */
export async function readFiles(): Promise<string> {
  const forms = [
    ...FILES,
    ...FILES.map(toBase64),
    `data:image/gif;base64,${toBase64(DRAWING)}`,
    new URL(`data:image/gif;base64,${toBase64(DRAWING)}`),
    new Blob([new Uint8Array(DRAWING)]),
    new Response(new Uint8Array(DRAWING)),
    new Response(new Uint8Array(DRAWING)).body!,
  ];
  const parts: Uint8Array[] = [];
  for (const form of forms) {
    const { data, width, height } = await readImage(form);
    parts.push(Uint8Array.of(width, height), new Uint8Array(data));
  }
  const hash = await crypto.subtle.digest(
    "SHA-256",
    await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer(),
  );
  return toBase64(new Uint8Array(hash));
}
