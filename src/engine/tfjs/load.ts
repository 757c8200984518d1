import type * as tfjs from "@tensorflow/tfjs-core";
import { LeNetError } from "../../errors.ts";
import { importPackage } from "../../packages.ts";

/** tfjs-core, with one of its backends active. */
export type Tfjs = typeof tfjs;

/** The version that is tested; deno.json names it, too. */
const TFJS_VERSION = "4.22.0";

/** The backends of tfjs that are used here. */
export type TfjsBackend = "wasm" | "webgpu";

/**
 * Loads tfjs-core and one backend, when first asked, and makes the backend the active one.
 *
 * @param backend Which one.
 * @returns tfjs-core.
 * @throws {LeNetError} `backend/unavailable` when it cannot be loaded or started here.
 */
export async function loadTfjs(backend: TfjsBackend): Promise<Tfjs> {
  try {
    const tf = await importTfjs("core") as Tfjs;
    // Silences the banner that the backends print.
    tf.env().set("PROD", true);
    await importTfjs(`backend-${backend}`);
    if (!await tf.setBackend(backend)) throw new Error("it could not be started");
    return tf;
  } catch (error) {
    const reason = globalThis.navigator?.userAgent === "Cloudflare-Workers"
      ? "Workers compile no WebAssembly from bytes, which it needs; train elsewhere, and load the weights there"
      : error instanceof Error
      ? error.message
      : String(error);
    throw new LeNetError(
      "backend/unavailable",
      `Cannot use the tfjs backend ${backend}: ${reason}`,
      { cause: error },
    );
  }
}

function importTfjs(part: "core" | `backend-${TfjsBackend}`): Promise<unknown> {
  return importPackage(`@tensorflow/tfjs-${part}`, TFJS_VERSION);
}

/**
 * Runs something synchronous with a backend active, whichever one was active before, and frees all tensors that it
 * made but does not return.
 *
 * Backends are global to tfjs; nets on different ones may take turns.
 *
 * @param tf tfjs-core, in which the backend was started before.
 * @param backend The backend to compute on.
 * @param compute What to run.
 * @returns What it returned.
 */
export function withBackend<T extends tfjs.TensorContainer>(
  tf: Tfjs,
  backend: TfjsBackend,
  compute: () => T,
): T {
  // For a backend that was started before, this takes effect at once.
  if (tf.getBackend() !== backend) tf.setBackend(backend);
  return tf.tidy(compute);
}
