import { LeNetError } from "../model/error.ts";
import type { Preparation } from "../model/model.ts";
import { checkOptionNames } from "../model/options.ts";
import type { DownloadOptions } from "./download.ts";

/** A part of a published collection: what to learn from, or what to be measured on. */
export type Split = "train" | "test";

/** The parts that a published collection is divided into. */
export const SPLITS: readonly Split[] = ["train", "test"];

/** A published collection of labelled images. */
export interface Collection {
  /** Its name, such as `MNIST`. */
  readonly name: string;
  /** The name of its folder in the cache. */
  readonly folder: string;
  /** A name for each class, in label order. */
  readonly classNames: readonly string[];
  /** How a picture becomes an image like these; `digit` where it is left out. */
  readonly preparation?: Preparation;
  /** The URLs of the folders that hold its files, each ending in `/`, best first. */
  readonly mirrors: readonly string[];
}

/** What to load of a {@linkcode Collection}, and from where. */
export interface LoadOptions extends DownloadOptions {
  /** Which part to load. */
  readonly split: Split;
  /** The folder that holds the files. Without it they are downloaded, once, into a folder for caches. */
  readonly directory?: string | undefined;
}

/**
 * Checks what is asked of a collection.
 *
 * @param collection The collection.
 * @param options What was asked for.
 * @throws {LeNetError} `option/unknown`; `option/invalid` for a split that there is not.
 */
export function checkLoadOptions({ name }: Collection, options: LoadOptions): void {
  checkOptionNames(`load ${name}`, options, LOAD_OPTIONS);
  if (!SPLITS.includes(options.split)) {
    throw new LeNetError(
      "option/invalid",
      `Cannot load ${name}: the split is ${options.split}, expected one of ${SPLITS.join(", ")}`,
    );
  }
}

const LOAD_OPTIONS: readonly (keyof LoadOptions)[] = [
  "split",
  "directory",
  "signal",
  "onProgress",
  "idleTimeout",
];
