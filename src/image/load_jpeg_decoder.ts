import { importPackage } from "../import_package.ts";
import type { LeNetError } from "../model/error.ts";
import { imageError } from "./image_error.ts";
import type { RgbaImage } from "./rgba_image.ts";

/** The version that is tested; deno.json names it, too. */
const VERSION = "1.6.0";

/** What is used of the decoder: mozjpeg, compiled to WebAssembly. */
export interface JpegDecoder {
  /** Makes a fresh instance, which the next call of `default` takes. */
  init(options: {
    readonly wasmBinary?: Uint8Array;
    readonly printErr: (line: string) => void;
    readonly onRuntimeInitialized: () => void;
  }): unknown;
  /** Decodes a file. */
  default(
    bytes: Uint8Array,
    options: { readonly preserveOrientation: boolean },
  ): Promise<RgbaImage>;
}

/** The decoder, and its WebAssembly where it does not find that by itself. */
export interface LoadedJpegDecoder {
  readonly decoder: JpegDecoder;
  readonly wasmBinary?: Uint8Array;
}

let loaded: Promise<LoadedJpegDecoder> | undefined;

/**
 * Loads the decoder of JPEGs when first asked.
 *
 * @returns The decoder.
 * @throws {LeNetError} `image/unsupported` when it cannot be loaded here.
 */
export async function loadJpegDecoder(): Promise<LoadedJpegDecoder> {
  try {
    return await (loaded ??= load());
  } catch (cause) {
    // A failure is not kept: the next call tries again.
    loaded = undefined;
    throw noJpegDecoder(cause);
  }
}

/**
 * The error for a JPEG where its decoder is not to be had.
 *
 * @param cause What went wrong.
 * @returns The error, to be thrown.
 */
export function noJpegDecoder(cause: unknown): LeNetError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return imageError(
    "image/unsupported",
    `it is a JPEG, and the decoder @jsquash/jpeg cannot be loaded: ${reason.split("\n")[0]}`,
    cause,
  );
}

async function load(): Promise<LoadedJpegDecoder> {
  const name = "@jsquash/jpeg";
  const decoder = await importPackage(name, VERSION, "/decode.js") as JpegDecoder;
  const { process } = globalThis as { process?: { release?: { name?: string } } };
  if (process?.release?.name !== "node") return { decoder };
  // Elsewhere it fetches its WebAssembly, but Node's fetch reads no files.
  const { readFile } = await import("node:fs/promises");
  const file = import.meta.resolve(`${name}/codec/dec/mozjpeg_dec.wasm`);
  return { decoder, wasmBinary: await readFile(new URL(file)) };
}
