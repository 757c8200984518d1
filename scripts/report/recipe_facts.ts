import type { OptimizerOptions } from "../../src/engine/optimizer_options.ts";
import type { RecipeOptions } from "../../src/train/recipe.ts";

/**
 * How a network was trained, for people.
 *
 * @param recipe What was asked for.
 * @returns Names and values, in order.
 */
export function recipeFacts(
  { epochs, batchSize, learningRate, schedule, optimizer = {} }: RecipeOptions,
): [name: string, value: string][] {
  return [
    ["epochs", `${epochs} of batches of ${batchSize}`],
    ["optimizer", describe(optimizer)],
    ["learning rate", `${learningRate}, ${schedule}`],
  ];
}

function describe({ name = "adam", momentum, weightDecay }: OptimizerOptions): string {
  return [
    name,
    ...momentum ? [`momentum ${momentum}`] : [],
    ...weightDecay ? [`weight decay ${weightDecay}`] : [],
  ].join(", ");
}
