import { answerTimes } from "./answer_times.ts";
import type { Measurements } from "./bench_result.ts";
import { measureBundles } from "./bundles.ts";
import { FIRST_ANSWER } from "./cases.ts";
import { thisMachine } from "./machine.ts";
import { measureProcesses } from "./processes.ts";

/**
 * Measures everything that the bench compares.
 *
 * @param onStep Is told what is being done.
 * @returns What was measured.
 */
export async function measureAll(onStep: (step: string) => void): Promise<Measurements> {
  const machine = thisMachine();
  onStep("starting processes");
  const { first_answer_us, unavailable: processesMissing, ...processes } = await measureProcesses();
  onStep("bundling");
  const { unavailable: bundlesMissing, ...bundles } = await measureBundles();
  onStep("loading the engines");
  const { cases, unavailable } = await answerTimes((name) => onStep(`timing ${name}`));
  return {
    machine,
    cases: { ...cases, [FIRST_ANSWER]: first_answer_us },
    ...processes,
    ...bundles,
    unavailable: { ...processesMissing, ...bundlesMissing, ...unavailable },
  };
}
