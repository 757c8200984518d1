import type { Architecture } from "../model/architecture.ts";
import { LeNetError } from "../model/error.ts";
import type { Model, ModelMetadata } from "../model/model.ts";
import { oneLine } from "../model/one_line.ts";
import { architectureFromJson } from "./architecture_json.ts";
import { givenArchitecture } from "./given_architecture.ts";
import type { GivenDescription } from "./given_description.ts";
import { metadataFromJson } from "./metadata_json.ts";

/**
 * Checks that what a caller says of a network is what the network says of itself. Names of architectures may differ.
 *
 * @param model The network.
 * @param given What the caller says.
 * @throws {LeNetError} `weights/mismatch` naming the first thing that differs; `weights/malformed`,
 * `architecture/invalid` or `option/invalid` when what is given is no description of a network.
 */
export function checkGiven(model: Model, given: GivenDescription): void {
  const { architecture, metadata } = model;
  if (given.architecture !== undefined) {
    const other = givenArchitecture(given.architecture);
    if (layersOf(architecture) !== layersOf(other)) {
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
function layersOf(architecture: Architecture): string {
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
