import { fileURLToPath } from "node:url";
import { installPackages } from "../runtimes/install_packages.ts";
import type { Measurements } from "./bench_result.ts";
import { type EsbuildOptions, importPackage, packageUrl } from "./packages.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What somebody imports who runs LeNet-5 in plain tfjs, and the WebAssembly that comes with it. */
const TFJS = `
  import "@tensorflow/tfjs-backend-wasm";
  export { fused, maxPool, reshape, setBackend, tensor4d, tidy } from "@tensorflow/tfjs-core";
`;
const TFJS_PACKAGES = ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm"];
const TFJS_WASM = "node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm";

/**
 * How many bytes a page loads before it can read a digit: JavaScript, minified, and WebAssembly, all gzipped. Ours has
 * the weights in it, the others have none.
 */
const BUNDLES = {
  async "ours"() {
    const script = await bundle({
      stdin: { contents: 'export { classifyDigit } from "./mod.ts"', resolveDir: ROOT },
      alias: { "@x/lenet-weights": `${ROOT}weights` },
      // Both are imported when they are asked for, which reading a digit does not.
      external: ["@tensorflow/*", "node:*"],
    });
    return await gzippedLength(script);
  },
  async "tfjs-wasm"() {
    const folder = await Deno.makeTempDir();
    try {
      await installPackages(TFJS_PACKAGES, folder);
      const script = await bundle({ stdin: { contents: TFJS, resolveDir: folder } });
      const wasm = await Deno.readFile(`${folder}/${TFJS_WASM}`);
      return await gzippedLength(script) + await gzippedLength(wasm);
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

async function bundle(options: EsbuildOptions): Promise<Uint8Array> {
  const esbuild = await importPackage("esbuild");
  try {
    const { outputFiles: [{ contents }] } = await esbuild.build({
      ...options,
      bundle: true,
      minify: true,
      format: "esm",
      platform: "browser",
      write: false,
      logLevel: "silent",
    });
    return contents;
  } finally {
    await esbuild.stop();
  }
}

async function gzippedLength(bytes: Uint8Array): Promise<number> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}
