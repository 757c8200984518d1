import { fileURLToPath } from "node:url";
import { installPackages } from "../runtimes/install_packages.ts";
import type { Measurements } from "./bench_result.ts";
import { type BundledFile, type EsbuildOptions, importPackage, packageUrl } from "./packages.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What somebody imports who runs LeNet-5 in plain tfjs, and the WebAssembly that comes with it. */
const TFJS = `
  import "@tensorflow/tfjs-backend-wasm";
  export { fused, maxPool, reshape, setBackend, tensor4d, tidy } from "@tensorflow/tfjs-core";
`;
const TFJS_PACKAGES = ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm"];
const TFJS_WASM = "node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm";

/**
 * How many bytes a page loads before it has read a drawing: JavaScript, minified, and WebAssembly, all gzipped. Ours has
 * the weights in it, and what prepares drawings and tells whether they are digits; the others have neither.
 */
const BUNDLES = {
  async "ours"() {
    const folder = await Deno.makeTempDir();
    try {
      const files = await bundle({
        stdin: { contents: 'export { classifyDigit } from "./mod.ts"', resolveDir: ROOT },
        alias: { "@x/lenet-weights": `${ROOT}weights` },
        // Both are imported when they are asked for, which reading a digit does not.
        external: ["@tensorflow/*", "node:*"],
        // As bundlers for pages do: what is imported later is loaded later.
        splitting: true,
        outdir: folder,
      });
      return await loadedLength(files);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
  async "tfjs-wasm"() {
    const folder = await Deno.makeTempDir();
    try {
      await installPackages(TFJS_PACKAGES, folder);
      const [script] = await bundle({ stdin: { contents: TFJS, resolveDir: folder } });
      const wasm = await Deno.readFile(`${folder}/${TFJS_WASM}`);
      return await gzippedLength(script.contents) + await gzippedLength(wasm);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
  async "onnxruntime-web"() {
    // It is published as one minified file, with its WebAssembly beside it.
    await importPackage("onnxruntime-web");
    const script = packageUrl("onnxruntime-web");
    const wasm = new URL("ort-wasm-simd-threaded.wasm", script);
    return await gzippedLength(await Deno.readFile(script)) +
      await gzippedLength(await Deno.readFile(wasm));
  },
};

/**
 * Bundles everything there is a bundle of.
 *
 * @returns Their sizes, and why there are no others.
 */
export async function measureBundles(): Promise<
  Pick<Measurements, "bundle_bytes" | "unavailable">
> {
  const bundle_bytes: Record<string, number> = {};
  const unavailable: Record<string, string> = {};
  for (const [name, measure] of Object.entries(BUNDLES)) {
    try {
      bundle_bytes[name] = await measure();
    } catch (error) {
      unavailable[`${name}, bundled`] = (error as Error).message;
    }
  }
  return { bundle_bytes, unavailable };
}

/** Has the files read a drawing, and adds up those that were loaded for it. */
async function loadedLength(files: readonly BundledFile[]): Promise<number> {
  const loaded = new Set<string>();
  Object.assign(globalThis, { loaded });
  const text = new TextDecoder();
  for (const { path, contents } of files) {
    const notes = `globalThis.loaded.add(${JSON.stringify(path)});`;
    await Deno.writeTextFile(path, notes + text.decode(contents));
  }
  const entry = files.find(({ path }) => path.endsWith("/stdin.js"))?.path;
  const { classifyDigit } = await import(`file://${entry}`);
  const { digitProbability } = await classifyDigit(drawing());
  if (digitProbability === null) throw new Error("The drawing was not read as one");
  let length = 0;
  for (const { path, contents } of files) {
    if (loaded.has(path)) length += await gzippedLength(contents);
  }
  return length;
}

/** The upright stroke of a one, on a canvas. */
function drawing(): ImageData {
  const side = 280;
  const data = new Uint8ClampedArray(4 * side * side).fill(255);
  for (let y = 60; y < 220; y++) {
    for (let x = 130; x < 150; x++) data.set([0, 0, 0], 4 * (y * side + x));
  }
  return new ImageData(data, side, side);
}

async function bundle(options: EsbuildOptions): Promise<BundledFile[]> {
  const esbuild = await importPackage("esbuild");
  try {
    const { outputFiles } = await esbuild.build({
      ...options,
      bundle: true,
      minify: true,
      format: "esm",
      platform: "browser",
      write: false,
      logLevel: "silent",
    });
    return outputFiles;
  } finally {
    await esbuild.stop();
  }
}

async function gzippedLength(bytes: Uint8Array): Promise<number> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}
