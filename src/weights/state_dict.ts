import { LeNetError, oneLine } from "../errors.ts";
import type { Architecture } from "../model/architecture.ts";
import type { Model, ModelMetadata, Normalization, Preparation } from "../model/model.ts";
import { checkParameters, type Parameters, parameterShapes } from "../model/parameters.ts";
import { architectureByName } from "../model/zoo.ts";
import { architectureFromJson, metadataFromJson } from "./description_json.ts";

/** What a caller says of a network, because its file may not. */
export interface ModelDescription {
  /** The network, or its name, such as `lenet5`; needed for a file that holds weights and nothing else. */
  readonly architecture?: Architecture | string;
  /** A name for each class, in the order of the logits; default `0`, `1`, …. */
  readonly classNames?: readonly string[];
  /** How the values of each channel, 0 to 1, were normalized in training; default not at all. */
  readonly normalization?: Normalization;
  /** How a picture becomes an input; default `digit` for networks of one channel, else `picture`. */
  readonly preparation?: Preparation;
}

/**
 * Makes a network of a state dict, such as PyTorch saves, and of what the caller says of it. Nothing of either is
 * trusted.
 *
 * @param tensors The tensors of the state dict, by name.
 * @param named The architecture, or its name.
 * @param given The metadata; the rest has defaults.
 * @returns The network.
 * @throws {LeNetError} `weights/malformed` when a value is out of range, or what is given is no description of a
 * network; `weights/mismatch` when the tensors are not those of the architecture; `architecture/invalid` when the layers
 * do not fit; `option/invalid` when no architecture has the given name.
 */
export function modelFromStateDict(
  tensors: Parameters,
  named: Architecture | string,
  given: ModelDescription,
): Model {
  const architecture = givenArchitecture(named);
  return {
    architecture,
    parameters: matchStateDict(architecture, tensors),
    metadata: metadataFromJson(withDefaults(given, architecture), architecture),
  };
}

function withDefaults(given: ModelDescription, { input, classes }: Architecture): unknown {
  const [channels] = input;
  return {
    classNames: given.classNames ?? Array.from({ length: classes }, (_, index) => String(index)),
    normalization: given.normalization ??
      { mean: Array(channels).fill(0), std: Array(channels).fill(1) },
    preparation: given.preparation ?? (channels === 1 ? "digit" : "picture"),
    temperature: 1,
  };
}

/** The tensors of one layer. */
interface LayerTensors {
  /** The beginning of their names, such as `conv1.`. */
  readonly prefix: string;
  /** By the rest of their names, such as `weight`. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** Sorts `conv2` before `conv10`. */
const { compare: compareNaturally } = new Intl.Collator("en", { numeric: true });

/**
 * Finds the parameters of an architecture in a state dict of PyTorch, whatever its modules are named.
 *
 * If all names are those of the architecture, or all are after one common prefix, layers are matched by name. Otherwise
 * they are matched by shape, all tensors of a layer together: `features.0` is the first convolution because no other
 * layer has its shapes. Layers of the same shapes are matched in the order of the numbers in their names, such as `3`
 * and `10`, or `layers.conv2` and `layers.conv3`. If their names differ in anything else, their order is unknown and
 * they are refused.
 *
 * @param architecture The network.
 * @param tensors The tensors of the state dict, by name, in any order.
 * @returns The parameters of the network, in the order of its layers.
 * @throws {LeNetError} `weights/mismatch` when a tensor is missing, superfluous, of another shape or ambiguous;
 * `weights/malformed` when a value is out of range.
 */
export function matchStateDict(architecture: Architecture, tensors: Parameters): Parameters {
  const expected = parameterShapes(architecture);
  const prefix = commonPrefix([...expected.keys()], tensors);
  const rename = prefix === undefined
    ? renameByShapes(architecture, tensors)
    : new Map([...expected.keys()].map((name) => [name, `${prefix}${name}`]));
  const renamed = new Map([...rename].map(([name, found]) => [name, tensors.get(found)!]));
  return checkParameters(architecture, renamed);
}

/** The prefix that makes the expected names those that were found, if there is one. */
function commonPrefix(expected: readonly string[], found: Parameters): string | undefined {
  if (expected.length !== found.size || found.size === 0) return undefined;
  const [first] = expected;
  return [...found.keys()]
    .filter((name) => name.endsWith(first))
    .map((name) => name.slice(0, name.length - first.length))
    .find((prefix) => expected.every((name) => found.has(`${prefix}${name}`)));
}

/** The name in the state dict for each name of the architecture. */
function renameByShapes(architecture: Architecture, tensors: Parameters): Map<string, string> {
  const fail = (problem: string): never => {
    throw new LeNetError(
      "weights/mismatch",
      `Cannot use the weights in ${oneLine(architecture.name)}: ${oneLine(problem)}`,
    );
  };
  const expected = layersOf(parameterShapes(architecture));
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  const found = layersOf(shapes).sort((a, b) => compareNaturally(a.prefix, b.prefix));
  const wanted = groupBy(expected, describe);
  const offered = groupBy(found, describe);

  const missing = surplus(wanted, offered);
  const excess = surplus(offered, wanted);
  if (missing.length > 0) {
    const nearest = excess.find((layer) => rankOf(layer) === rankOf(missing[0])) ?? excess[0];
    const instead = nearest === undefined ? "nothing for it" : inWords(nearest);
    fail(`found ${instead}, expected ${inWords(missing[0])}`);
  }
  if (excess.length > 0) {
    const names = expected.map(nameOf).join(", ");
    fail(`found ${inWords(excess[0])}, which is not part of it, expected ${names} alone`);
  }

  const rename = new Map<string, string>();
  for (const [key, layers] of wanted) {
    const taken = offered.get(key) as LayerTensors[];
    for (const [index, { prefix, shapes }] of layers.entries()) {
      const before = taken[index - 1] ?? taken[index];
      if (index > 0 && !isNumbered(before.prefix, taken[index].prefix)) {
        fail(
          `found ${nameOf(before)} and ${
            nameOf(taken[index])
          }, both with ${key}, expected names whose numbers tell their order`,
        );
      }
      for (const rest of shapes.keys()) {
        rename.set(`${prefix}${rest}`, `${taken[index].prefix}${rest}`);
      }
    }
  }
  return rename;
}

function layersOf(shapes: ReadonlyMap<string, readonly number[]>): LayerTensors[] {
  const end = (name: string): number => name.lastIndexOf(".") + 1;
  const layers = groupBy([...shapes], ([name]) => name.slice(0, end(name)));
  return [...layers].map(([prefix, tensors]) => ({
    prefix,
    shapes: new Map(tensors.map(([name, shape]) => [name.slice(end(name)), shape])),
  }));
}

/** As `Map.groupBy`, which Node 20 lacks. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** The layers of each group that exceed the number in the same group of the others. */
function surplus(
  groups: ReadonlyMap<string, LayerTensors[]>,
  others: ReadonlyMap<string, LayerTensors[]>,
): LayerTensors[] {
  return [...groups].flatMap(([key, layers]) => layers.slice(others.get(key)?.length ?? 0));
}

/** The shapes of a layer as text, the same for the same shapes. */
function describe({ shapes }: LayerTensors): string {
  return [...shapes].map(([rest, shape]) => `${rest} [${shape}]`).sort().join(", ");
}

function nameOf({ prefix }: LayerTensors): string {
  return prefix.slice(0, -1);
}

function inWords(layer: LayerTensors): string {
  return `${nameOf(layer)} with ${describe(layer)}`;
}

/** The number of dimensions of the weights: four for convolutions, two for dense layers, one for others. */
function rankOf({ shapes }: LayerTensors): number | undefined {
  return shapes.get("weight")?.length;
}

/** Whether two names differ in numbers alone, and those of the second are larger. */
function isNumbered(before: string, after: string): boolean {
  const withoutNumbers = (name: string): string => name.replace(/\d+/g, "#");
  return withoutNumbers(before) === withoutNumbers(after) && compareNaturally(before, after) < 0;
}

/**
 * Checks that a caller's description of a network agrees with the network. Names of architectures may differ.
 *
 * @param model The network.
 * @param given The caller's description.
 * @throws {LeNetError} `weights/mismatch` naming the first difference; `weights/malformed`, `architecture/invalid` or
 * `option/invalid` when what is given is no description of a network.
 */
export function checkDescription(model: Model, given: ModelDescription): void {
  const { architecture, metadata } = model;
  if (given.architecture !== undefined) {
    const other = givenArchitecture(given.architecture);
    if (describeLayers(architecture) !== describeLayers(other)) {
      throw differs("architecture", architecture.name, `${other.name}, which is another`);
    }
  }
  for (const key of ["classNames", "normalization", "preparation"] as const) {
    if (given[key] === undefined) continue;
    const own = metadataValueOf(key, metadata, architecture);
    const other = metadataValueOf(key, { ...metadata, [key]: given[key] }, architecture);
    if (own !== other) throw differs(key, own, other);
  }
}

/** The layers as text. It is made of a copy, whose keys are in a fixed order, so that equal layers have equal texts. */
function describeLayers(architecture: Architecture): string {
  return JSON.stringify({ ...architectureFromJson(architecture), name: "" });
}

function metadataValueOf(
  key: "classNames" | "normalization" | "preparation",
  stored: ModelMetadata,
  architecture: Architecture,
): string {
  const metadata = { preparation: "digit", ...stored };
  return JSON.stringify(metadataFromJson(metadata, architecture)[key]);
}

function differs(key: string, own: string, other: string): LeNetError {
  return new LeNetError(
    "weights/mismatch",
    `Cannot load the weights: they come with the ${key} ${
      oneLine(own)
    }, expected no option ${key} or the same, found ${oneLine(other)}`,
  );
}

/** The architecture that a caller names or gives, checked. */
function givenArchitecture(given: Architecture | string): Architecture {
  return typeof given === "string" ? architectureByName(given) : architectureFromJson(given);
}
