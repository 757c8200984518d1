import { importPackage } from "../import_package.ts";
import type { LeNetError } from "../model/error.ts";
import type { ForeignFormat } from "./foreign_format.ts";
import { imageError } from "./image_error.ts";
import { importNodeModule } from "./node_module.ts";
import { reasonOf } from "./reason_of.ts";
import type { RgbaImage } from "./rgba_image.ts";

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

const loaded = new Map<string, Promise<LoadedDecoder>>();

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
export async function decodeByPackage(
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

async function loadOnce(format: ForeignFormat): Promise<LoadedDecoder> {
  const key = format.package;
  try {
    if (!loaded.has(key)) loaded.set(key, load(format));
    return await loaded.get(key)!;
  } catch (cause) {
    // A failure is not kept: the next call tries again.
    loaded.delete(key);
    throw noDecoder(format, cause);
  }
}

async function load(format: ForeignFormat): Promise<LoadedDecoder> {
  const decoder = await importPackage(format.package, format.version, "/decode.js") as Decoder;
  const { Deno, process } = globalThis as {
    Deno?: DenoPermissions;
    process?: { release?: { name?: string } };
  };
  // Elsewhere it fetches its WebAssembly, but Node's fetch reads no files.
  if (Deno === undefined && process?.release?.name !== "node") return { decoder };
  const name = Deno ? `npm:${format.package}@${format.version}` : format.package;
  const path = new URL(import.meta.resolve(`${name}${format.wasm}`));
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
