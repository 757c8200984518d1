import { LeNetError, reasonOf } from "../../errors.ts";
import { importPackage } from "../../packages.ts";
import type { Tfjs } from "./types.ts";

/** The backends of tfjs that are used here. */
export type TfjsBackend = "wasm" | "webgpu";

/** The version that the tests run with; `deno.json` names the same. */
const TFJS_VERSION = "4.22.0";

/**
 * Loads tfjs with one backend, and makes that backend the active one.
 *
 * @param backend The backend.
 * @returns tfjs-core.
 * @throws {LeNetError} `backend/unavailable` when it cannot be loaded or started here.
 */
export async function loadTfjs(backend: TfjsBackend): Promise<Tfjs> {
  const tf = await importTfjs(backend);
  const started = await tf.setBackend(backend).catch((error: unknown) => error);
  if (started === true) return tf;
  throw unavailable(backend, started || "it could not be started");
}

/**
 * Imports the packages of tfjs, and starts nothing.
 *
 * @param backend The backend whose package is imported beside tfjs-core.
 * @returns tfjs-core.
 * @throws {LeNetError} `backend/unavailable` when a package cannot be imported here.
 */
export async function importTfjs(backend: TfjsBackend): Promise<Tfjs> {
  try {
    const tf = await importPackage("@tensorflow/tfjs-core", TFJS_VERSION) as Tfjs;
    // Silences the banner that the backends print when they are imported.
    tf.env().set("PROD", true);
    await importPackage(`@tensorflow/tfjs-backend-${backend}`, TFJS_VERSION);
    return tf;
  } catch (error) {
    const packages = `@tensorflow/tfjs-core and @tensorflow/tfjs-backend-${backend}`;
    throw unavailable(backend, error, `, expected ${packages} to be installed`);
  }
}

function unavailable(backend: TfjsBackend, cause: unknown, expected = ""): LeNetError {
  return new LeNetError(
    "backend/unavailable",
    `Cannot use the tfjs backend ${backend}: ${reasonOf(cause)}${expected}`,
    { cause },
  );
}

/**
 * Runs synchronous work with a backend active, and frees all tensors that it made but does not return.
 *
 * The active backend is global to tfjs: networks on different ones take turns.
 *
 * @param tf tfjs-core, in which {@linkcode loadTfjs} has started the backend.
 * @param backend The backend to compute on.
 * @param compute The work.
 * @returns What it returned.
 */
export function withBackend<T>(tf: Tfjs, backend: TfjsBackend, compute: () => T): T {
  // A backend that has been started is active at once.
  if (tf.getBackend() !== backend) tf.setBackend(backend);
  return tf.tidy(compute) as T;
}
