import { imageError, LeNetError, reasonOf } from "../../errors.ts";
import { importPackage, memoizeAsync, packageSpecifier } from "../../packages.ts";
import { has2dCanvas, readDrawable } from "../canvas.ts";
import type { RgbaImage } from "../image.ts";
import type { ForeignFormat } from "./format.ts";

/**
 * Decodes a file by what others have made: in a browser by the browser, so that a page needs no package; elsewhere by a
 * package, or by the runtime where that cannot be loaded.
 *
 * @param format The format.
 * @param bytes The file, whose size is known to be within the limits.
 * @param size The size that its header claims; a picture that was turned may have it the other way round.
 * @returns The picture in RGBA, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/unsupported` when there is no decoder.
 */
export async function decodeExternal(
  format: ForeignFormat,
  bytes: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<RgbaImage> {
  const picture = await decode(format, bytes);
  const isAsClaimed = (picture.width === width && picture.height === height) ||
    (picture.width === height && picture.height === width);
  if (!isAsClaimed || picture.data.length !== 4 * width * height) {
    throw imageError(
      "image/unreadable",
      `the ${format.name} claims ${width}×${height} pixels and has ${picture.width}×${picture.height}`,
    );
  }
  return picture;
}

async function decode(format: ForeignFormat, bytes: Uint8Array): Promise<RgbaImage> {
  if (hasPlatformDecoder()) return await decodeOnPlatform(format, bytes);
  try {
    return await decodeByPackage(format, bytes);
  } catch (error) {
    const isMissing = error instanceof LeNetError && error.code === "image/unsupported";
    if (!isMissing || !hasPngDetour()) throw error;
    return await decodeOnPlatform(format, bytes);
  }
}

/**
 * Tells whether the platform decodes pictures and gives their pixels, as browsers do.
 *
 * @returns Whether it does.
 */
function hasPlatformDecoder(): boolean {
  return typeof createImageBitmap === "function" && has2dCanvas();
}

/**
 * Tells whether the platform decodes pictures and gives their pixels by a detour: Deno has no canvas to draw on, but one
 * that shows a bitmap and gives it as a PNG.
 *
 * @returns Whether it does.
 */
function hasPngDetour(): boolean {
  return typeof createImageBitmap === "function" && typeof OffscreenCanvas === "function" &&
    typeof OffscreenCanvas.prototype.convertToBlob === "function";
}

/**
 * Decodes a file by what the platform has for it, turned upright as its EXIF orientation says. Colour profiles are
 * ignored. Whether data are damaged is for the platform to say: some take what can be made of them.
 *
 * @param format The format.
 * @param bytes The file, whose size is known to be within the limits.
 * @returns The picture in RGBA, not premultiplied, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the platform cannot decode it.
 */
async function decodeOnPlatform(
  { name, type }: ForeignFormat,
  bytes: Uint8Array,
): Promise<RgbaImage> {
  const file = new Blob([bytes as Uint8Array<ArrayBuffer>], { type });
  const options = { colorSpaceConversion: "none" } as const;
  const bitmap = await createImageBitmap(file, options).catch((cause) => {
    throw imageError("image/unreadable", `the ${name} is damaged: its decoder gave up`, cause);
  });
  try {
    return await readDrawable(bitmap, Infinity);
  } finally {
    bitmap.close();
  }
}

/** What is used of a decoder of jSquash. */
interface Decoder {
  /** Makes a fresh instance, which the next call of `default` takes. */
  init(options: {
    readonly wasmBinary?: Uint8Array;
    readonly printErr: (line: string) => void;
    readonly onRuntimeInitialized: () => void;
  }): unknown;
  /** Decodes a file. */
  default(bytes: Uint8Array, options?: ForeignFormat["options"]): Promise<RgbaImage>;
}

/** A decoder, and its WebAssembly where it does not find that by itself. */
interface LoadedDecoder {
  readonly decoder: Decoder;
  readonly wasmBinary?: Uint8Array;
}

/** As much of Deno as is used. */
interface DenoPermissions {
  readonly permissions: {
    query(permission: { name: "read"; path: URL }): Promise<{ readonly state: string }>;
  };
}

/**
 * Decodes a file by a package, which is loaded when first asked. Every picture has an instance of the decoder to
 * itself, whose memory is freed with it, and which no earlier failure can have left in disorder.
 *
 * @param format The format, and its package.
 * @param bytes The file, whose size is known to be within the limits.
 * @returns The picture in RGBA, in fresh memory.
 * @throws {LeNetError} `image/unreadable` when the file is damaged, `image/unsupported` when the package cannot be
 * loaded here.
 */
async function decodeByPackage(
  format: ForeignFormat,
  bytes: Uint8Array,
): Promise<RgbaImage> {
  const { decoder, wasmBinary } = await loadOnce(format);
  const complaints: string[] = [];
  let started = false;
  let picture: RgbaImage;
  try {
    decoder.init({
      ...wasmBinary && { wasmBinary },
      printErr: (line) => complaints.push(line),
      onRuntimeInitialized: () => started = true,
    });
    picture = await decoder.default(bytes, format.options);
  } catch (cause) {
    if (!started) throw noDecoder(format, cause);
    throw damaged(format, complaints[complaints.length - 1] ?? "its decoder gave up", cause);
  }
  const damage = complaints.find((line) => format.damage?.test(line));
  if (damage !== undefined) throw damaged(format, damage);
  // It may be an ImageData, which has them from its class and loses them when it is spread.
  const { data, width, height } = picture;
  return { data, width, height };
}

const loadOnce = memoizeAsync((format: ForeignFormat) =>
  load(format).catch((cause) => {
    throw noDecoder(format, cause);
  })
);

async function load(format: ForeignFormat): Promise<LoadedDecoder> {
  const decoder = await importPackage(format.package, format.version, "/decode.js") as Decoder;
  const { Deno, process } = globalThis as {
    Deno?: DenoPermissions;
    process?: { release?: { name?: string } };
  };
  // Elsewhere it fetches its WebAssembly, but Node's fetch reads no files.
  if (Deno === undefined && process?.release?.name !== "node") return { decoder };
  const { package: name, version, wasm } = format;
  const path = new URL(import.meta.resolve(packageSpecifier(name, version, wasm)));
  // A program that reads a picture should not begin to ask its user for permissions.
  if (Deno && (await Deno.permissions.query({ name: "read", path })).state !== "granted") {
    throw new Error("it needs --allow-read");
  }
  const { readFile } = await importNodeModule("fs/promises") as {
    readFile(path: URL): Promise<Uint8Array>;
  };
  return { decoder, wasmBinary: await readFile(path) };
}

function noDecoder({ name, package: decoder }: ForeignFormat, cause: unknown): LeNetError {
  return imageError(
    "image/unsupported",
    `it is a ${name}, and the decoder ${decoder} cannot be loaded: ${reasonOf(cause)}`,
    cause,
  );
}

function damaged({ name }: ForeignFormat, complaint: string, cause?: unknown): LeNetError {
  return imageError("image/unreadable", `the ${name} is damaged: ${complaint}`, cause);
}

/**
 * Imports a module of Node, which Deno and Bun have, too, by a name that is put together here: bundlers for browsers
 * stop at one that they see.
 *
 * @param name The module without its prefix, such as `fs`.
 * @returns The module.
 */
export function importNodeModule(name: string): Promise<unknown> {
  const specifier = ["node", name].join(":");
  // Without these comments webpack, rspack and Next.js try to bundle whatever the expression could match, and fail.
  return import(/* webpackIgnore: true */ /* turbopackIgnore: true */ specifier);
}
