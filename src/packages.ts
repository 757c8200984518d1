import { LeNetError } from "./errors.ts";

/** What parts of the library import from npm when they first need it. */
export type PackageName =
  | "@tensorflow/tfjs-core"
  | "@tensorflow/tfjs-backend-wasm"
  | "@tensorflow/tfjs-backend-webgpu"
  | "@jsquash/jpeg/decode.js"
  | "@jsquash/webp/decode.js"
  | "modern-tar";

const PACKAGE_NAMES: readonly PackageName[] = [
  "@tensorflow/tfjs-core",
  "@tensorflow/tfjs-backend-wasm",
  "@tensorflow/tfjs-backend-webgpu",
  "@jsquash/jpeg/decode.js",
  "@jsquash/webp/decode.js",
  "modern-tar",
];

const provided = new Map<string, () => Promise<unknown>>();

/**
 * Says how to import packages where their names mean nothing: in what a bundler made, and in pages. Bundlers see the
 * imports that are written here, which they do not see in the library; nothing is loaded before it is needed.
 *
 * The packages must be of the versions that this one is tested with: those of its `deno.json`.
 *
 * @param packages A function for each package, which imports it.
 * @throws {LeNetError} `option/unknown` for a package that the library never imports, `option/invalid` for anything
 * but a function.
 *
 * @example In the worker of a page that fine-tunes
 * ```ts ignore
 * import { providePackages } from "@x/lenet/train";
 *
 * providePackages({
 *   "@tensorflow/tfjs-core": () => import("@tensorflow/tfjs-core"),
 *   "@tensorflow/tfjs-backend-wasm": async () => {
 *     const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
 *     setWasmPaths("/wasm/"); // where the page's server has the package's .wasm files
 *   },
 * });
 * ```
 */
export function providePackages(
  packages: { readonly [Name in PackageName]?: () => Promise<unknown> },
): void {
  for (const [name, load] of Object.entries(packages)) {
    if (!(PACKAGE_NAMES as readonly string[]).includes(name)) {
      throw new LeNetError(
        "option/unknown",
        `Cannot take the package ${name}: expected ${PACKAGE_NAMES.join(", ")}`,
      );
    }
    if (typeof load !== "function") {
      throw new LeNetError(
        "option/invalid",
        `Cannot take the package ${name}: found ${typeof load}, expected a function that imports it`,
      );
    }
  }
  // All or nothing: one that is wrong leaves the others as they were.
  for (const [name, load] of Object.entries(packages)) provided.set(name, load);
}

/**
 * Imports an npm package by a name that is put together here: Deno downloads every package that an import names
 * outright before a program starts, and most programs never need these.
 *
 * @param name The package, such as `@tensorflow/tfjs-core`.
 * @param version The version that is tested. Outside Deno it is the one that is installed.
 * @param file A file of it, beginning with `/`; left out for the package itself.
 * @returns The module.
 */
export function importPackage(name: string, version: string, file = ""): Promise<unknown> {
  const given = provided.get(`${name}${file}`);
  if (given !== undefined) return given();
  const specifier = "Deno" in globalThis ? `npm:${name}@${version}${file}` : `${name}${file}`;
  // Without these comments webpack, rspack and Next.js try to bundle whatever the expression could match, and fail.
  return import(/* webpackIgnore: true */ /* turbopackIgnore: true */ specifier);
}
