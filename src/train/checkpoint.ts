import { LeNetError } from "../model/error.ts";
import type { TrainerState } from "../engine/trainer.ts";
import type { Architecture } from "../model/architecture.ts";
import type { RandomState } from "../model/random.ts";
import type { EpochRecord } from "./history.ts";
import type { Recipe } from "./recipe.ts";

/** A run between two epochs: everything needed to continue it to the same result. */
export interface Checkpoint {
  /** The network. */
  readonly architecture: Architecture;
  /** How it is trained. */
  readonly recipe: Recipe;
  /** What it is trained on. */
  readonly data: DataIdentity;
  /** How many epochs are done: one record for each. */
  readonly history: readonly EpochRecord[];
  /** Where the random numbers go on. */
  readonly random: RandomState;
  /** Weights, and what the optimizer carries. */
  readonly trainer: TrainerState;
}

/** Enough about a dataset to tell it from another. */
export interface DataIdentity {
  /** Its name. */
  readonly name: string;
  /** How many images it has. */
  readonly count: number;
  /** SHA-256 of each of its files. */
  readonly checksums: Readonly<Record<string, string>>;
}

/**
 * Checks that a run can go on from a checkpoint.
 *
 * @param checkpoint Where it was.
 * @param run What is to go on.
 * @throws {LeNetError} `checkpoint/mismatch` naming what differs.
 */
export function checkResumable(
  checkpoint: Checkpoint,
  run: Pick<Checkpoint, "architecture" | "recipe" | "data">,
): void {
  const compare = (name: string, before: unknown, now: unknown): void => {
    const [found, expected] = [JSON.stringify(now), JSON.stringify(before)];
    if (found === expected) return;
    throw new LeNetError(
      "checkpoint/mismatch",
      `Cannot resume: ${name} is ${found}, in the checkpoint it was ${expected}`,
    );
  };
  compare("the network", checkpoint.architecture, run.architecture);
  for (const key of Object.keys(run.recipe) as (keyof Recipe)[]) {
    compare(key, checkpoint.recipe[key], run.recipe[key]);
  }
  compare("the data", checkpoint.data, run.data);
}
