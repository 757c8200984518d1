import { checkDataset, type Dataset } from "../data/dataset.ts";
import type { Architecture } from "../model/architecture.ts";
import { LeNetError } from "../model/error.ts";
import { inferShapes } from "../model/shapes.ts";

/**
 * Checks that a network can be used on a dataset: images of its shape, labels within its classes.
 *
 * @param doing What for; it follows "Cannot ".
 * @param architecture The network.
 * @param dataset The images and labels.
 * @throws {LeNetError} `data/mismatch` when they do not fit; `architecture/invalid`; what {@linkcode checkDataset}
 * throws.
 */
export function checkFits(doing: string, architecture: Architecture, dataset: Dataset): void {
  inferShapes(architecture);
  checkDataset(dataset);
  const fail = (problem: string): never => {
    throw new LeNetError("data/mismatch", `Cannot ${doing} on ${dataset.name}: ${problem}`);
  };
  if (String(architecture.input) !== String(dataset.shape)) {
    fail(`its images have shape [${dataset.shape}], expected [${architecture.input}]`);
  }
  if (architecture.classes !== dataset.classNames.length) {
    fail(`it has ${dataset.classNames.length} classes, expected ${architecture.classes}`);
  }
}
