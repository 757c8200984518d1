import type { Architecture } from "../model/architecture.ts";
import type { Parameters } from "../model/parameters.ts";
import type { Runner } from "./runner.ts";

/**
 * Makes a network ready to run. What computes is loaded when first asked for.
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
  const { tfjsRunner } = await import("./tfjs/runner.ts");
  return await tfjsRunner(backend, architecture, parameters);
}
