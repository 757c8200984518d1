import type { ImageFormat } from "./image_format.ts";

/** A file format that is decoded by the platform, or by a package of npm. */
export interface ForeignFormat {
  /** Its name. */
  readonly name: ImageFormat;
  /** Its media type. */
  readonly type: string;
  /** The package that decodes it: one of jSquash, compiled to WebAssembly. */
  readonly package: string;
  /** The version of the package that is tested; deno.json names it, too. */
  readonly version: string;
  /** The file of its WebAssembly. */
  readonly wasm: string;
  /** What its decoder is to be told. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** What its decoder says of damage that it reads past. */
  readonly damage?: RegExp;
}
