import type { Run } from "./train_processes.ts";

/** A step of one network, and how many times as long the others take. */
export interface StepTimes {
  readonly network: string;
  /** Milliseconds. */
  readonly ours: number;
  readonly pytorch?: { readonly ms: number; readonly ratio: number };
  /** Plain tfjs on its WASM backend. */
  readonly plain?: { readonly ms: number; readonly ratio: number };
}

/** How many times as long PyTorch, on one thread, is to take for a step; 1 where nothing is said. */
const MIN_PYTORCH_RATIO: Readonly<Record<string, number>> = { "lenet5": 2.8, "lenet-caffe": 0.5 };

/** How many times as long plain tfjs is to take for a step. */
const MIN_PLAIN_RATIO = 2;

/** An epoch of MNIST with all augmentation, in seconds. */
const MAX_EPOCH_SECONDS = 7;

/** The memory of `train` on MNIST. */
const MAX_MEGABYTES = 200;

/**
 * Holds what was measured to the goals.
 *
 * @param steps The networks.
 * @param run The command, if it could run.
 * @returns A sentence for every goal that was missed; what was not measured is not looked at.
 */
export function missedTrainGoals(steps: readonly StepTimes[], run: Run | undefined): string[] {
  const ratios = steps.flatMap(({ network, pytorch, plain }) => [
    { network, other: "PyTorch", found: pytorch?.ratio, goal: MIN_PYTORCH_RATIO[network] ?? 1 },
    { network, other: "plain tfjs", found: plain?.ratio, goal: MIN_PLAIN_RATIO },
  ]);
  const slow = ratios.filter(({ found, goal }) => found !== undefined && !(found >= goal));
  return [
    ...slow.map(({ network, other, found, goal }) =>
      `${network}: a step is ${found?.toFixed(2)} × as fast as in ${other}, the goal is ${goal} ×`
    ),
    ...run !== undefined && !(run.epochSeconds <= MAX_EPOCH_SECONDS)
      ? [`an epoch takes ${run.epochSeconds.toFixed(1)} s, the goal is ${MAX_EPOCH_SECONDS} s`]
      : [],
    ...run !== undefined && !(run.peakMegabytes <= MAX_MEGABYTES)
      ? [`train takes ${run.peakMegabytes.toFixed(0)} MB, the goal is ${MAX_MEGABYTES} MB`]
      : [],
  ];
}
