/**
 * What is loaded at run time, when it is first needed: npm packages, and modules of this package that importing it
 * does not load. No import here or elsewhere in the library names a package in a way that Deno, JSR or a bundler
 * follows, so that adding the library downloads nothing else.
 *
 * @module
 */

import { LeNetError } from "./errors.ts";

/** An npm package, or a file of one, that a part of the library imports. */
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
 * Provides packages where the library cannot import them by name: in bundles and pages. Bundlers follow the imports in
 * these functions, and not those in the library. Nothing is loaded before it is needed.
 *
 * The versions must be those in the library's `deno.json`, with which it is tested.
 *
 * @param packages For each package a function that imports it.
 * @throws {LeNetError} `option/unknown` for a package that the library never imports, `option/invalid` for anything
 * but a function.
 *
 * @example In a bundle for Node that unpacks the archive of CIFAR-10
 * ```ts ignore
 * import { providePackages } from "@x/lenet/train";
 *
 * providePackages({ "modern-tar": () => import("modern-tar") });
 * ```
 */
export function providePackages(
  packages: { readonly [Name in PackageName]?: () => Promise<unknown> },
): void {
  for (const [name, load] of Object.entries(packages)) {
    if (!(PACKAGE_NAMES as readonly string[]).includes(name)) {
      throw new LeNetError(
        "option/unknown",
        `Cannot provide the package ${name}: expected ${PACKAGE_NAMES.join(", ")}`,
      );
    }
    if (typeof load !== "function") {
      throw new LeNetError(
        "option/invalid",
        `Cannot provide the package ${name}: found ${typeof load}, expected a function that imports it`,
      );
    }
  }
  // All or nothing: an invalid entry leaves the others as they were.
  for (const [name, load] of Object.entries(packages)) provided.set(name, load);
}

/**
 * Provides packages that the program has not provided itself. Deno imports its own copies by `npm:` specifiers.
 *
 * @param packages For each package a function that imports it.
 */
export function provideDefaultPackages(packages: Parameters<typeof providePackages>[0]): void {
  if ("Deno" in globalThis) return;
  for (const [name, load] of Object.entries(packages)) {
    if (!provided.has(name)) provided.set(name, load);
  }
}

/**
 * Imports an npm package by a computed specifier.
 *
 * @param name The package, such as `@tensorflow/tfjs-core`.
 * @param version The version that Deno downloads. Elsewhere the installed one is imported.
 * @param file A file of it, beginning with `/`; left out for the package itself.
 * @returns The module.
 */
export function importPackage(name: string, version: string, file = ""): Promise<unknown> {
  return provided.get(`${name}${file}`)?.() ??
    importComputed(packageSpecifier(name, version, file));
}

/** The specifier by which this runtime imports a package; the parameters are those of {@linkcode importPackage}. */
export function packageSpecifier(name: string, version: string, file = ""): string {
  return "Deno" in globalThis ? `npm:${name}@${version}${file}` : `${name}${file}`;
}

/** As much of Deno as is used. */
interface DenoPermissions {
  readonly permissions: {
    query(
      permission: { name: "read"; path: URL } | { name: "import"; host: string },
    ): Promise<{ readonly state: string }>;
  };
}

/**
 * Imports a module of this package in Deno, without its being part of the module graph: Deno reads every module that a
 * literal import names before a program starts.
 *
 * @param path The module without its extension, relative to the importing one. Bundlers would take
 * `new URL("…", import.meta.url)` in the importing module for an asset.
 * @param importer `import.meta.url` of the importing module.
 * @returns The module.
 * @throws {Error} When it is not there, as in a bundle, or the program lacks the permission to import it.
 */
export async function importOwnModule(path: string, importer: string): Promise<unknown> {
  const url = new URL(`${path}${importer.slice(importer.lastIndexOf("."))}`, importer);
  const { Deno } = globalThis as unknown as { Deno: DenoPermissions };
  const [option, permission] = url.protocol === "file:"
    ? ["--allow-read", { name: "read", path: url } as const] as const
    : ["--allow-import", { name: "import", host: hostAndPort(url) } as const] as const;
  // The import itself would ask the user for the permission.
  if ((await Deno.permissions.query(permission)).state !== "granted") {
    throw new Error(`it needs ${option}`);
  }
  return await importComputed(url.href);
}

function hostAndPort({ protocol, hostname, port }: URL): string {
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}

function importComputed(specifier: string): Promise<unknown> {
  // Without these comments bundlers try to bundle whatever the expression could match, and fail or warn.
  return import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ specifier);
}

/**
 * Imports a module of Node, which Deno and Bun have, too. Its specifier is computed because bundlers for browsers fail
 * on one that they see.
 *
 * @param name The module without its prefix, such as `fs`.
 * @returns The module.
 */
export function importNodeModule(name: string): Promise<unknown> {
  return importComputed(["node", name].join(":"));
}

/**
 * Keeps the results of asynchronous work by its argument. A failure is not kept: the next call tries again.
 *
 * @param work The work, with one argument or none.
 * @returns The same function with a memory.
 */
export function memoizeAsync<Result, Key = void>(
  work: (key: Key) => Promise<Result>,
): (key: Key) => Promise<Result> {
  const results = new Map<Key, Promise<Result>>();
  return (key) => {
    let result = results.get(key);
    if (result === undefined) {
      result = work(key);
      results.set(key, result);
      result.catch(() => results.delete(key));
    }
    return result;
  };
}
