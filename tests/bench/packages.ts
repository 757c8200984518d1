/**
 * The packages that only benches and single tests need. Deno lays every npm package that deno.json maps, that its lock
 * file names or that code imports by a literal into the cache of whoever runs anything of the project for the first
 * time, and these are 600 MB. So they are named here, have a lock file of their own, and are imported by names that are
 * computed.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

const PACKAGES = {
  "esbuild": "npm:esbuild@0.28.2",
  "onnxruntime-node": "npm:onnxruntime-node@1.30.0",
  "onnxruntime-web": "npm:onnxruntime-web@1.30.0/wasm",
  "workerd": "npm:workerd@1.20261117.1",
} as const;

/** What may differ from one bundle to another. */
export interface EsbuildOptions {
  stdin: { contents: string; resolveDir: string; loader?: "ts" };
  alias?: Record<string, string>;
  external?: string[];
  /** Folders with packages, after those that lie beside what imports them. */
  nodePaths?: string[];
  loader?: Record<string, "copy">;
  outfile?: string;
  /** Whether what is imported later comes in files of its own, which then lie in `outdir`. */
  splitting?: boolean;
  outdir?: string;
}

/** A file that esbuild made. */
export interface BundledFile {
  readonly path: string;
  readonly contents: Uint8Array;
}

/** As much of workerd, the runtime of Cloudflare Workers, as is used: where its program lies. */
export type Workerd = { readonly default: { readonly default: string } };

/** As much of esbuild as is used. */
export interface Esbuild {
  build(
    options: EsbuildOptions & {
      bundle: true;
      minify: true;
      format: "esm";
      platform: "browser";
      write: false;
      logLevel: "silent";
    },
  ): Promise<{ outputFiles: BundledFile[] }>;
  stop(): Promise<void>;
}

/** As much of onnxruntime as is used; both of its packages have it. */
export interface Onnxruntime {
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: { intraOpNumThreads: number; interOpNumThreads: number },
    ): Promise<{
      run(inputs: Record<string, unknown>): Promise<Record<string, { data: Float32Array }>>;
    }>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => unknown;
}

interface Packages {
  "esbuild": Esbuild;
  "onnxruntime-node": Onnxruntime;
  "onnxruntime-web": Onnxruntime;
  "workerd": Workerd;
}

/**
 * Imports one of them.
 *
 * @param name Its name.
 * @returns The module.
 */
export async function importPackage<Name extends keyof Packages>(
  name: Name,
): Promise<Packages[Name]> {
  return await import(PACKAGES[name]);
}

/**
 * Where the module of one of them lies. It must have been imported.
 *
 * @param name Its name.
 * @returns The URL of a file.
 */
export function packageUrl(name: keyof Packages): URL {
  return new URL(import.meta.resolve(PACKAGES[name]));
}

/** What `deno run` must be given by whatever imports one of them, so that it stays out of the project's lock file. */
export const LOCK_OPTION = `--lock=${fileURLToPath(new URL("./deno.lock", import.meta.url))}`;
