import type { Dataset } from "../../src/data/dataset.ts";
import { createRunner } from "../../src/engine/create_runner.ts";
import { forward } from "../../src/engine/reference.ts";
import { argMax, softmax } from "../../src/engine/softmax.ts";
import { normalize } from "../../src/image/normalize.ts";
import type { ImageShape } from "../../src/model/architecture.ts";
import type { Model } from "../../src/model/model.ts";
import { inferShapes, sizeOf } from "../../src/model/shapes.ts";
import { stageNames } from "../../src/model/stage_names.ts";
import { summarize } from "../../src/model/summary.ts";
import { duration } from "../progress_line.ts";
import type { AnsweredPicture, RunReport } from "../report/run_report.ts";
import type { Outcome } from "./results.ts";
import type { Row } from "./rows.ts";
import type { RowResult } from "./run_row.ts";

/** How many pictures are shown as a sample, and how many as mistakes. */
const SHOWN = 20;
/** For how many pictures the activations are shown. */
const LOOKED_INTO = 3;

/**
 * What the report shows of a row.
 *
 * @param result What its training came to.
 * @param outcome What was measured.
 * @param test The test set, from which pictures are shown.
 * @returns The row's part of the report.
 */
export async function reportRow(
  { row, model, history, backend }: RowResult,
  outcome: Outcome,
  test: Dataset,
): Promise<RunReport> {
  const answered = await answerAll(model, test);
  const mistakes = answered
    .filter(({ answer, label }) => answer !== label)
    .sort((a, b) => b.confidence - a.confidence);
  const { epochs, batchSize, learningRate, schedule } = row.recipe;
  const { name: network } = model.architecture;
  return {
    name: row.name,
    description: row.name === network ? row.description : `${network}: ${row.description}`,
    facts: [
      ["reported", outcome.reported],
      ["reached", outcome.reached],
      ["time", duration(outcome.seconds)],
      ["data", test.name.replace(/ test$/, "")],
      ["epochs", `${epochs} of batches of ${batchSize}`],
      ["optimizer", describeOptimizer(row)],
      ["learning rate", `${learningRate}, ${schedule}`],
      ["backend", backend],
    ],
    summary: summarize(model.architecture),
    history,
    classNames: test.classNames,
    samples: answered.slice(0, SHOWN),
    confusion: outcome.evaluation.confusion,
    mistakes: mistakes.slice(0, SHOWN),
    activations: firstOfClasses(answered, LOOKED_INTO).map((input) => ({
      input,
      stages: pooledStages(model, input),
    })),
  };
}

function describeOptimizer({ recipe: { optimizer = {} } }: Row): string {
  const { name = "adam", momentum, weightDecay } = optimizer;
  return [
    name,
    ...momentum ? [`momentum ${momentum}`] : [],
    ...weightDecay ? [`weight decay ${weightDecay}`] : [],
  ].join(", ");
}

/** The network's answer to every picture. */
async function answerAll(model: Model, test: Dataset): Promise<AnsweredPicture[]> {
  const { architecture, parameters, metadata } = model;
  const { images, labels, count, shape } = test;
  const size = sizeOf(shape);
  using runner = await createRunner("wasm", architecture, parameters);
  const inputs = Float32Array.from(images, (value) => value / 255);
  normalize(inputs, shape, metadata.normalization);
  const logits = await runner.logits(inputs, count);
  return Array.from({ length: count }, (_, n) => {
    const row = logits.subarray(n * architecture.classes, (n + 1) * architecture.classes);
    const probabilities = softmax(row, metadata.temperature);
    const answer = argMax(probabilities);
    return {
      shape,
      pixels: images.slice(n * size, (n + 1) * size),
      label: labels[n],
      answer,
      confidence: probabilities[answer],
    };
  });
}

/** The first picture of each of the first classes. */
function firstOfClasses(pictures: readonly AnsweredPicture[], classes: number): AnsweredPicture[] {
  return Array.from({ length: classes }, (_, label) => label).flatMap((label) =>
    pictures.find((picture) => picture.label === label) ?? []
  );
}

/** What the first and the second stage make of a picture: what comes out of their pooling. */
function pooledStages(model: Model, { pixels, shape }: AnsweredPicture) {
  const { architecture, parameters, metadata } = model;
  const input = Float32Array.from(pixels, (value) => value / 255);
  normalize(input, shape, metadata.normalization);
  const names = stageNames(architecture.layers);
  const outputs = forward(architecture, parameters, input);
  return inferShapes(architecture).flatMap(({ layer, output }, index) =>
    layer.kind === "pool" || layer.kind === "subsample"
      ? [{ name: names[index], shape: output as ImageShape, values: outputs[index] }]
      : []
  ).slice(0, 2);
}
