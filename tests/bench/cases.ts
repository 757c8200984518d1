/** The calls that are timed: how many digits each of them reads. */
export const BATCHES = {
  "one digit": 1,
  "batch of 16": 16,
  "batch of 256": 256,
  "batch of 4096": 4096,
} as const;

/** The name of such a call. */
export type BatchName = keyof typeof BATCHES;

/** From the first line of loading a network to its first answer, in a fresh process. */
export const FIRST_ANSWER = "first answer after load";

/** The name of everything that there is a row for. */
export type CaseName = BatchName | typeof FIRST_ANSWER;
