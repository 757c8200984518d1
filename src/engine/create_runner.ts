import type { Architecture } from "../model/architecture.ts";
import type { Parameters } from "../model/parameters.ts";
import type { Runner } from "./runner.ts";
import { isSimdSupported } from "./simd/module.ts";
import { simdRunner } from "./simd/runner.ts";

/**
 * Makes a network ready to run.
 *
 * `wasm` is our own SIMD kernels, or plain loops where WebAssembly has no SIMD. What `webgpu` needs is loaded when
 * first asked for.
 *
 * @param backend Where to run.
 * @param architecture The network.
 * @param parameters Its weights.
 * @returns The runner.
 * @throws {LeNetError} `backend/unavailable` when the backend cannot be started here.
 */
export async function createRunner(
  backend: "webgpu" | "wasm",
  architecture: Architecture,
  parameters: Parameters,
): Promise<Runner> {
  if (backend === "webgpu") {
    const { tfjsRunner } = await import("./tfjs/runner.ts");
    return await tfjsRunner(backend, architecture, parameters);
  }
  if (isSimdSupported()) return simdRunner(architecture, parameters);
  const { referenceRunner } = await import("./reference.ts");
  return referenceRunner(architecture, parameters);
}
