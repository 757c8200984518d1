import type { Layer } from "./layer.ts";

/**
 * Names for all layers of a network: the names that some have of their own, and for the others their kind with a
 * number, such as `relu1` and `pool2`; radial basis functions are the `output`.
 *
 * @param layers The layers, in order.
 * @returns One name for each layer, no two the same.
 */
export function stageNames(layers: readonly Layer[]): string[] {
  const taken = new Set(layers.flatMap((layer) => "name" in layer ? [layer.name] : []));
  return layers.map((layer) => {
    if ("name" in layer) return layer.name;
    const kind = layer.kind === "activation" ? layer.activation : layer.kind;
    if (kind === "rbf" && !taken.has("output")) {
      taken.add("output");
      return "output";
    }
    let number = 1;
    while (taken.has(`${kind}${number}`)) number++;
    taken.add(`${kind}${number}`);
    return `${kind}${number}`;
  });
}
