import { readFile } from "../src/data/read_file.ts";
import { BACKENDS } from "../src/engine/select.ts";
import { LeNet } from "../src/lenet.ts";
import type { WeightsModule } from "../src/weights/read_module.ts";
import manifest from "../weights/deno.json" with { type: "json" };
import type { Arguments } from "./cli.ts";

/** The pretrained networks that `--weights` knows: all that read by themselves. */
export const PRETRAINED: readonly string[] = Object.keys(manifest.exports)
  .map((path) => path.slice("./".length))
  .filter((name) => !["judge", "types", "whole-digit"].includes(name));

/**
 * Loads the network that `--weights` names, for the backend that `--backend` names.
 *
 * @param args The arguments of the script.
 * @returns The network; the script disposes of it.
 */
export async function loadNet(args: Arguments): Promise<LeNet> {
  const backend = args.choice("backend", BACKENDS) ?? "auto";
  return await LeNet.load(await weightsOf(args.text("weights") ?? "digits"), { backend });
}

/**
 * What `--weights` names.
 *
 * @param name One of {@linkcode PRETRAINED}, or a path.
 * @returns The module, or the bytes of the file.
 */
export async function weightsOf(name: string): Promise<WeightsModule | Uint8Array> {
  return PRETRAINED.includes(name) ? await pretrained(name) : await readFile(name);
}

/**
 * Loads one of the pretrained networks.
 *
 * @param name One of {@linkcode PRETRAINED}.
 * @returns Its module.
 */
export async function pretrained(name: string): Promise<WeightsModule> {
  // Put together here, so that a script reads no module but the one it is asked for.
  return await import(`@x/lenet-weights/${name}`);
}
