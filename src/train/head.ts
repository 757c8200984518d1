import type { Architecture } from "../model/architecture.ts";

/**
 * The head of a network: what follows its flatten layer and tells classes by the features that the layers before it
 * give.
 *
 * @param architecture The network.
 * @returns The names of the head's layers that have parameters.
 */
export function headOf({ layers }: Architecture): string[] {
  const flatten = layers.findLastIndex(({ kind }) => kind === "flatten");
  return layers.slice(flatten + 1).flatMap((layer) => "name" in layer ? [layer.name] : []);
}
