/**
 * What the build has compressed (RFC 1951): base64 in a script takes a third more bytes, and hardly compresses on the
 * way.
 *
 * @module
 */

import { init, isSimdSupported } from "../../engine/wasm/runner.ts";
import { fromBase64, toBase64, type WeightsModule } from "../../weights/model_file.ts";

/** Ends the metadata in the file of a network. */
const LINE_FEED = 10;

/**
 * Loads a network from a file of the page: the metadata as one line of JSON, and the safetensors file. The build makes it
 * the import of a weights module.
 *
 * @param name The name of the network, which is that of the file.
 * @returns The weights module.
 * @throws {Error} When the file cannot be loaded.
 */
export async function packedNetwork(name: string): Promise<WeightsModule> {
  const response = await fetch(`${name}.bin`);
  if (!response.ok) {
    throw new Error(
      `Cannot load ${name}.bin: the server answered ${response.status}, expected 200`,
    );
  }
  const bytes = await inflate(await response.arrayBuffer());
  const end = bytes.indexOf(LINE_FEED);
  return {
    metadata: JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))),
    safetensors: toBase64(bytes.subarray(end + 1)),
  };
}

/** Set by the build: the kernels that run networks, compressed, in base64. Without a build the library has its own. */
declare const KERNELS: string | undefined;

/** Gives the library the kernels that run networks. No network can run before. */
export async function unpackKernels(): Promise<void> {
  if (typeof KERNELS === "string") await useKernels(KERNELS);
}

/**
 * Gives the library kernels.
 *
 * @param packed The compressed bytes in base64.
 */
export async function useKernels(packed: string): Promise<void> {
  // Without SIMD networks run in plain loops.
  if (isSimdSupported()) init(await WebAssembly.compile(await inflate(fromBase64(packed))));
}

async function inflate(bytes: BlobPart): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
