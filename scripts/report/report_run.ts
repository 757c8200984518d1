import type { Dataset } from "../../src/data/dataset.ts";
import type { Model } from "../../src/model/model.ts";
import { summarize } from "../../src/model/summary.ts";
import { answerPictures } from "./answer_pictures.ts";
import { countConfusion } from "./count_confusion.ts";
import { pooledStages } from "./pooled_stages.ts";
import type { AnsweredPicture, RunReport } from "./run_report.ts";

/** How many pictures are shown as a sample, and how many as mistakes. */
const SHOWN = 20;

/** For how many pictures the activations are shown. */
const LOOKED_INTO = 3;

/**
 * What a report shows of a trained network, beside what people are to be told of it.
 *
 * @param told What people are to be told, and how the training went.
 * @param model The network.
 * @param pictures What it is measured on, and from which pictures are shown.
 * @returns Its part of the report.
 */
export async function reportRun(
  told: Pick<RunReport, "name" | "description" | "facts" | "history" | "measuredOn">,
  model: Model,
  pictures: Dataset,
): Promise<RunReport> {
  const { classNames } = pictures;
  const answered = await answerPictures(model, pictures);
  const mistakes = answered
    .filter(({ answer, label }) => answer !== label)
    .sort((a, b) => b.confidence - a.confidence);
  return {
    ...told,
    summary: summarize(model.architecture),
    classNames,
    samples: answered.slice(0, SHOWN),
    confusion: countConfusion(answered, classNames.length),
    mistakes: mistakes.slice(0, SHOWN),
    activations: firstOfClasses(answered, LOOKED_INTO).map((input) => ({
      input,
      stages: pooledStages(model, input),
    })),
  };
}

/** The first picture of each of the first classes. */
function firstOfClasses(pictures: readonly AnsweredPicture[], classes: number): AnsweredPicture[] {
  return Array.from({ length: classes }, (_, label) => label).flatMap((label) =>
    pictures.find((picture) => picture.label === label) ?? []
  );
}
