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
  /** What their names begin with, such as `conv1.`. */
  readonly prefix: string;
  /** By the rest of their names, such as `weight`. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/** `conv2` before `conv10`. */
const { compare: compareNaturally } = new Intl.Collator("en", { numeric: true });

/**
 * Finds the parameters of an architecture in a state dict of PyTorch, whatever its modules are called.
 *
 * Where all names are ours, or ours after one prefix, they tell which is which. Otherwise the shapes do: all tensors of
 * a layer at once, so that `features.0` is the first convolution because no other layer has its shapes. Where several
 * layers have the same shapes, they are taken in the order of the numbers in their names, such as `3` and `10`, or
 * `layers.conv2` and `layers.conv3`; if anything but a number tells these names apart, their order is not known, and
 * nothing is guessed.
 *
 * @param architecture The network.
 * @param tensors What was found, by name, in any order.
 * @returns The parameters of the network, in the order of its layers.
 * @throws {LeNetError} `weights/mismatch` when a tensor is missing, too many, of another shape, or might be one of
 * several; `weights/malformed` when a value cannot be.
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

/** What stands before every expected name, if that gives all that was found. */
function commonPrefix(expected: readonly string[], found: Parameters): string | undefined {
  if (expected.length !== found.size || found.size === 0) return undefined;
  const [first] = expected;
  return [...found.keys()]
    .filter((name) => name.endsWith(first))
    .map((name) => name.slice(0, name.length - first.length))
    .find((prefix) => expected.every((name) => found.has(`${prefix}${name}`)));
}

/** The name in the file for each name of ours. */
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

  const missing = beyond(wanted, offered);
  const excess = beyond(offered, wanted);
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

/** The layers of each group that are more than there are in the other's group. */
function beyond(
  groups: ReadonlyMap<string, LayerTensors[]>,
  others: ReadonlyMap<string, LayerTensors[]>,
): LayerTensors[] {
  return [...groups].flatMap(([key, layers]) => layers.slice(others.get(key)?.length ?? 0));
}

/** The shapes of a layer: the same text for the same shapes. */
function describe({ shapes }: LayerTensors): string {
  return [...shapes].map(([rest, shape]) => `${rest} [${shape}]`).sort().join(", ");
}

function nameOf({ prefix }: LayerTensors): string {
  return prefix.slice(0, -1);
}

function inWords(layer: LayerTensors): string {
  return `${nameOf(layer)} with ${describe(layer)}`;
}

/** How many sizes the weights of a layer have: four in convolutions, two in dense layers, one in others. */
function rankOf({ shapes }: LayerTensors): number | undefined {
  return shapes.get("weight")?.length;
}

/** Whether the numbers in two names, and nothing else, tell their order. */
function isNumbered(before: string, after: string): boolean {
  const withoutNumbers = (name: string): string => name.replace(/\d+/g, "#");
  return withoutNumbers(before) === withoutNumbers(after) && compareNaturally(before, after) < 0;
}

/**
 * Checks that what a caller says of a network is what the network says of itself. Names of architectures may differ.
 *
 * @param model The network.
 * @param given What the caller says.
 * @throws {LeNetError} `weights/mismatch` naming the first thing that differs; `weights/malformed`,
 * `architecture/invalid` or `option/invalid` when what is given is no description of a network.
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
    const own = factOf(key, metadata, architecture);
    const other = factOf(key, { ...metadata, [key]: given[key] }, architecture);
    if (own !== other) throw differs(key, own, other);
  }
}

/** Made anew of known properties, so that equal things have equal texts, whatever the order of their keys. */
function describeLayers(architecture: Architecture): string {
  return JSON.stringify({ ...architectureFromJson(architecture), name: "" });
}

function factOf(
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

/**
 * The architecture that a caller names or gives.
 *
 * @param given A name of {@linkcode ARCHITECTURE_NAMES}, or an architecture, of which nothing is trusted.
 * @returns The architecture.
 * @throws {LeNetError} `option/invalid` when there is none of that name; `weights/malformed` or
 * `architecture/invalid` when it is no architecture.
 */
function givenArchitecture(given: Architecture | string): Architecture {
  return typeof given === "string" ? architectureByName(given) : architectureFromJson(given);
}
