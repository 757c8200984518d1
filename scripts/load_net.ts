import { readFile } from "../src/data/read_file.ts";
import { BACKENDS } from "../src/engine/select.ts";
import { LeNet } from "../src/lenet.ts";
import { PRETRAINED_NAMES, type PretrainedName } from "../src/weights/pretrained.ts";
import type { Arguments } from "./cli.ts";

/**
 * Loads the network that `--weights` names, for the backend that `--backend` names.
 *
 * @param args The arguments of the script.
 * @returns The network; the script disposes of it.
 */
export async function loadNet(args: Arguments): Promise<LeNet> {
  const backend = args.choice("backend", BACKENDS) ?? "auto";
  const weights = args.text("weights") ?? "digits";
  const pretrained = PRETRAINED_NAMES.includes(weights);
  return await LeNet.load(
    pretrained ? weights as PretrainedName : await readFile(weights),
    { backend },
  );
}
