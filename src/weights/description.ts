import type { Model } from "../model/model.ts";
import { architectureFromJson } from "./architecture_json.ts";
import { objectOf, unexpected } from "./json_value.ts";
import { malformed } from "./malformed.ts";
import { metadataFromJson } from "./metadata_json.ts";

/** What is stored beside a network's parameters. */
export type Description = Omit<Model, "parameters">;

/** Goes up when a stored description can no longer be read as before. */
const FORMAT_VERSION = 1;

/**
 * Writes down what a network is, as JSON.
 *
 * @param description Its architecture and metadata.
 * @returns The text; {@linkcode parseDescription} accepts it.
 * @throws {LeNetError} `weights/malformed` or `architecture/invalid` when a value could not be read back.
 */
export function formatDescription(description: Description): string {
  return JSON.stringify({ version: FORMAT_VERSION, ...checkDescription(description) });
}

/**
 * Reads what {@linkcode formatDescription} wrote, trusting nothing about it.
 *
 * @param text The JSON.
 * @returns The architecture and metadata.
 * @throws {LeNetError} `weights/malformed` when the text is not JSON, of another version, or has a value that is
 * missing, unknown, of the wrong type or out of range; `architecture/invalid` when the layers do not fit.
 */
export function parseDescription(text: string): Description {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw malformed("use", "the description of the network is not JSON", cause);
  }
  const keys = ["version", "architecture", "metadata"];
  const { version, ...stored } = objectOf(json, "description", keys);
  if (version !== FORMAT_VERSION) {
    throw unexpected(version, "description.version", String(FORMAT_VERSION));
  }
  return checkDescription(stored);
}

function checkDescription(stored: { architecture?: unknown; metadata?: unknown }): Description {
  const architecture = architectureFromJson(stored.architecture);
  return { architecture, metadata: metadataFromJson(stored.metadata, architecture) };
}
