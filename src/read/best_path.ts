/** A step of a path: from one place to a later one, and what it is worth. */
export interface Step {
  readonly first: number;
  readonly last: number;
  readonly score: number;
}

/**
 * Finds the steps that lead from the first place to the last and are worth the most together (Viterbi).
 *
 * @param steps All steps.
 * @param places The number of the last place; the first is 0.
 * @returns The steps of the best path, in order; none when no path leads there.
 */
export function bestPath<S extends Step>(steps: readonly S[], places: number): S[] {
  const scores = new Float64Array(places + 1).fill(-Infinity);
  const lastSteps = new Array<S | undefined>(places + 1);
  scores[0] = 0;
  for (const step of [...steps].sort((a, b) => a.first - b.first)) {
    const score = scores[step.first] + step.score;
    if (score > scores[step.last]) [scores[step.last], lastSteps[step.last]] = [score, step];
  }
  const path: S[] = [];
  for (let at = places; at > 0;) {
    const step = lastSteps[at];
    if (step === undefined) return [];
    path.push(step);
    at = step.first;
  }
  return path.reverse();
}
