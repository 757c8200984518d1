import { type LineLogits, logSoftmaxes } from "../../src/engine/ctc.ts";

/** A line, from the logits of all classes at each step. */
export function lineOf(steps: readonly (readonly number[])[]): LineLogits {
  const classes = steps[0].length;
  const values = new Float64Array(classes * steps.length);
  for (const [step, logits] of steps.entries()) {
    for (const [k, logit] of logits.entries()) values[k * steps.length + step] = logit;
  }
  return { values, classes, steps: steps.length };
}

/** The logarithms of the probabilities of a line, from its logits. */
export function logsOf(line: LineLogits): LineLogits {
  return { ...line, values: logSoftmaxes(line) };
}

/** Every way through the steps of a line, and its probability by the softmax of each step. */
export function* eachWay(
  { values, classes, steps }: LineLogits,
): Generator<{ way: number[]; probability: number }> {
  const sums = Array.from({ length: steps }, (_, step) => {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp(values[k * steps + step]);
    return sum;
  });
  for (let number = 0; number < classes ** steps; number++) {
    const way = sums.map((_, step) => Math.floor(number / classes ** step) % classes);
    const probability = way.reduce(
      (product, k, step) => product * Math.exp(values[k * steps + step]) / sums[step],
      1,
    );
    yield { way, probability };
  }
}

/** What a way writes: equal classes in a row once, no blanks. */
export function textOfWay(way: readonly number[], blank: number): number[] {
  return way.filter((k, step) => k !== blank && (step === 0 || k !== way[step - 1]));
}
