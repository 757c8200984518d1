import { imageError, LeNetError, reasonOf } from "../../errors.ts";
import { type ImageLimits, resolveLimits } from "../../options.ts";
import { importNodeModule, importPackage, memoizeAsync, packageSpecifier } from "../../packages.ts";
import { has2dCanvas, readDrawable } from "../canvas.ts";
import type { RgbaImage } from "../image.ts";
import { checkFileSize, damaged } from "./checks.ts";

/** A file format that the platform or a package of npm decodes. */
export interface ExternalFormat {
  /** The name of the format, as in messages. */
  readonly name: string;
  readonly mediaType: string;
  /** The package that decodes it: one of jSquash, compiled to WebAssembly. */
  readonly package: string;
  /** The version of the package that is tested, as in `deno.json`. */
  readonly version: string;
  /** The path of its WebAssembly in the package. */
  readonly wasm: string;
  /** Options for the package's decoder. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Matches what the package's decoder prints about damage that it does not fail on. */
  readonly damage?: RegExp;
}

/**
 * Decodes a file with the platform or a package: in a browser with the browser, so that a page needs no package;
 * elsewhere with the package, or with the runtime where the package cannot be loaded.
 *
 * @param format The format.
 * @param bytes The file; its size was checked.
 * @param size The size in its header. A picture that was rotated upright may have columns and rows swapped.
 * @param refusal Why the package cannot decode the file, `image/unsupported`: then only the platform may.
 * @returns The picture in RGBA, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/unsupported` when there is no decoder.
 */
export async function decodeExternal(
  format: ExternalFormat,
  bytes: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  refusal?: LeNetError,
): Promise<RgbaImage> {
  const picture = await decode(format, bytes, refusal);
  const hasClaimedSize = (picture.width === width && picture.height === height) ||
    (picture.width === height && picture.height === width);
  if (!hasClaimedSize || picture.data.length !== 4 * width * height) {
    throw damaged(
      `the ${format.name} claims ${width}×${height} pixels and has ${picture.width}×${picture.height}`,
    );
  }
  return picture;
}

async function decode(
  format: ExternalFormat,
  bytes: Uint8Array,
  refusal: LeNetError | undefined,
): Promise<RgbaImage> {
  const platform = (): Promise<RgbaImage> =>
    decodeByPlatform(format, bytes).catch((error) => {
      throw refusal ?? error;
    });
  if (hasBrowserDecoder()) return await platform();
  try {
    if (refusal) throw refusal;
    return await decodeByPackage(format, bytes);
  } catch (error) {
    const isMissing = error instanceof LeNetError && error.code === "image/unsupported";
    if (!isMissing || !hasBitmapDecoder()) throw error;
    return await platform();
  }
}

/**
 * Decodes a file of a format that only some platforms decode.
 *
 * @param format The name and the media type of the format.
 * @param bytes The file.
 * @param limits The largest file and the largest picture that are accepted. The size of the picture is known only when
 * it was decoded.
 * @returns The picture in RGBA, in fresh memory; `undefined` where the platform does not decode the file.
 * @throws {LeNetError} `image/too-large` above a limit; `option/invalid` for a limit that is not a number above 0.
 */
export async function decodeForeign(
  format: Pick<ExternalFormat, "name" | "mediaType">,
  bytes: Uint8Array,
  limits: ImageLimits | undefined,
): Promise<RgbaImage | undefined> {
  const { maxBytes, maxPixels } = resolveLimits(limits);
  checkFileSize(format.name, bytes, maxBytes);
  if (!hasBrowserDecoder() && !hasBitmapDecoder()) return undefined;
  try {
    return await decodeByPlatform(format, bytes, maxPixels);
  } catch (error) {
    if (error instanceof LeNetError && error.code === "image/too-large") throw error;
    return undefined;
  }
}

/** Whether the platform decodes pictures to bitmaps, and a canvas returns their pixels, as in browsers. */
function hasBrowserDecoder(): boolean {
  return typeof createImageBitmap === "function" && has2dCanvas();
}

/** Whether the platform decodes pictures to bitmaps, and a canvas that cannot be drawn on encodes them, as in Deno. */
function hasBitmapDecoder(): boolean {
  return typeof createImageBitmap === "function" && typeof OffscreenCanvas === "function" &&
    typeof OffscreenCanvas.prototype.convertToBlob === "function";
}

/**
 * Decodes a file with the platform, rotated upright as its EXIF orientation says. Colour profiles are ignored. Platforms
 * differ in what they accept of a damaged file.
 *
 * @param format The format.
 * @param bytes The file; its size was checked.
 * @param maxPixels The largest number of pixels that is accepted, where the header of the file was not read.
 * @returns The picture in RGBA, not premultiplied, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the platform cannot decode it, `image/too-large` above `maxPixels`.
 */
async function decodeByPlatform(
  format: Pick<ExternalFormat, "name" | "mediaType">,
  bytes: Uint8Array,
  maxPixels = Infinity,
): Promise<RgbaImage> {
  const file = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: format.mediaType });
  const options = { colorSpaceConversion: "none" } as const;
  const bitmap = await createImageBitmap(file, options).catch((cause) => {
    throw decoderFailed(format, undefined, cause);
  });
  try {
    return await readDrawable(bitmap, maxPixels);
  } finally {
    bitmap.close();
  }
}

/** The members of a decoder of jSquash that are used. */
interface Decoder {
  /** Creates an instance, which the next call of `default` uses. */
  init(options: {
    readonly wasmBinary?: Uint8Array;
    readonly printErr: (line: string) => void;
    readonly onRuntimeInitialized: () => void;
  }): unknown;
  /** Decodes a file. */
  default(bytes: Uint8Array, options?: ExternalFormat["options"]): Promise<RgbaImage>;
}

/** A decoder, and its WebAssembly where it cannot fetch that itself. */
interface LoadedDecoder {
  readonly decoder: Decoder;
  readonly wasmBinary?: Uint8Array;
}

/** The members of `Deno` that are used. */
interface DenoPermissions {
  readonly permissions: {
    query(permission: { name: "read"; path: URL }): Promise<{ readonly state: string }>;
  };
}

/**
 * Decodes a file with a package, which is imported for the first file. Each file gets its own instance of the decoder:
 * its memory is freed afterwards, and a failure cannot leave it in an invalid state for the next file.
 *
 * @param format The format.
 * @param bytes The file; its size was checked.
 * @returns The picture in RGBA, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/unsupported` when the package cannot be
 * loaded here.
 */
async function decodeByPackage(
  format: ExternalFormat,
  bytes: Uint8Array,
): Promise<RgbaImage> {
  const { decoder, wasmBinary } = await loadOnce(format);
  const messages: string[] = [];
  let started = false;
  let picture: RgbaImage;
  try {
    decoder.init({
      ...wasmBinary && { wasmBinary },
      printErr: (line) => messages.push(line),
      onRuntimeInitialized: () => started = true,
    });
    picture = await decoder.default(bytes, format.options);
  } catch (cause) {
    if (!started) throw noDecoder(format, cause);
    throw decoderFailed(format, messages[messages.length - 1], cause);
  }
  const damage = messages.find((line) => format.damage?.test(line));
  if (damage !== undefined) throw decoderFailed(format, damage);
  // It may be an ImageData, whose properties are on its prototype and get lost when it is spread.
  const { data, width, height } = picture;
  return { data, width, height };
}

const loadOnce = memoizeAsync((format: ExternalFormat) =>
  load(format).catch((cause) => {
    throw noDecoder(format, cause);
  })
);

async function load(format: ExternalFormat): Promise<LoadedDecoder> {
  const decoder = await importPackage(format.package, format.version, "/decode.js") as Decoder;
  const { Deno, process } = globalThis as {
    Deno?: DenoPermissions;
    process?: { release?: { name?: string } };
  };
  // Elsewhere the decoder fetches its WebAssembly, but Node's fetch does not read files.
  if (Deno === undefined && process?.release?.name !== "node") return { decoder };
  const { package: name, version, wasm } = format;
  const path = new URL(import.meta.resolve(packageSpecifier(name, version, wasm)));
  // Reading without the permission would prompt the user.
  if (Deno && (await Deno.permissions.query({ name: "read", path })).state !== "granted") {
    throw new Error("it needs --allow-read");
  }
  const { readFile } = await importNodeModule("fs/promises") as {
    readFile(path: URL): Promise<Uint8Array>;
  };
  return { decoder, wasmBinary: await readFile(path) };
}

function noDecoder({ name, package: decoder }: ExternalFormat, cause: unknown): LeNetError {
  return imageError(
    "image/unsupported",
    `it is a ${name}, and the decoder ${decoder} cannot be loaded: ${reasonOf(cause)}`,
    cause,
  );
}

function decoderFailed(
  { name }: Pick<ExternalFormat, "name">,
  message = "its decoder gave up",
  cause?: unknown,
): LeNetError {
  return damaged(`the ${name} is damaged: ${message}`, cause);
}
