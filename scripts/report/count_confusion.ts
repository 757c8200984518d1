import type { AnsweredPicture } from "./run_report.ts";

/**
 * @param pictures Pictures with what they are and what they were taken for.
 * @param classes How many classes there are.
 * @returns How many pictures of each class (row) were taken for which (column).
 */
export function countConfusion(
  pictures: readonly Pick<AnsweredPicture, "label" | "answer">[],
  classes: number,
): number[][] {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { label, answer } of pictures) confusion[label][answer]++;
  return confusion;
}
