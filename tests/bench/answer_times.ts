import { sizeOf } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import { Random } from "../../src/model/random.ts";
import { summarize } from "../../src/model/summary.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import type { ByEngine, Measurements } from "./bench_result.ts";
import { BATCHES, type BatchName } from "./cases.ts";
import { checkAgreement, loadEngines } from "./engines.ts";
import { MULTIPLY_ADDS_PER_ROUND, peakKernel } from "./peak_kernel.ts";
import { timeCalls, type TimedCall } from "./timed_calls.ts";

/** In larger batches the reference takes as long for each digit, and minutes for all. */
const LARGEST_REFERENCE_BATCH = 16;

/** How many images all engines must agree on before they are timed. */
const CHECKED_IMAGES = 64;

/** What {@linkcode answerTimes} measures. */
export interface AnswerTimes extends Pick<Measurements, "unavailable"> {
  readonly cases: Readonly<Record<BatchName, ByEngine>>;
}

/**
 * Times the answers of all engines, with the same weights and images, warm and in turns. The peak rate of the machine
 * has its turns among theirs, under the name of `bound`.
 *
 * @param onCase Is told which case begins.
 * @returns The times for one digit.
 */
export async function answerTimes(onCase: (name: BatchName) => void): Promise<AnswerTimes> {
  const architecture = lenet5();
  const size = sizeOf(architecture.input);
  const { answers, unavailable } = await loadEngines(architecture, initialize(architecture));
  const random = new Random(1);
  const images = Float32Array.from(
    { length: Math.max(...Object.values(BATCHES)) * size },
    () => random.next(),
  );
  await checkAgreement(answers, images.subarray(0, CHECKED_IMAGES * size), CHECKED_IMAGES);

  const bound = await peakCall(summarize(architecture).multiplyAdds);
  const cases = {} as Record<BatchName, ByEngine>;
  for (const [name, count] of Object.entries(BATCHES) as [BatchName, number][]) {
    onCase(name);
    const batch = images.subarray(0, count * size);
    const calls: Record<string, TimedCall> = { bound };
    for (const [engine, answer] of answers) {
      if (engine === "reference" && count > LARGEST_REFERENCE_BATCH) continue;
      calls[engine] = { call: () => answer(batch, count), digits: count };
    }
    cases[name] = await timeCalls(calls);
  }
  return { cases, unavailable };
}

/** Does as many multiplications and additions as a digit needs, at the peak rate. */
async function peakCall(multiplyAdds: number): Promise<TimedCall> {
  const kernel = await peakKernel();
  const rounds = Math.round(multiplyAdds / MULTIPLY_ADDS_PER_ROUND);
  return { call: () => kernel(rounds), digits: 1 };
}
