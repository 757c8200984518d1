// Classifies parts of a bulk run, one after another, on another core. The first message holds the settings.

/// <reference lib="deno.worker" />

import { LeNet } from "../../lenet.ts";
import { answerPart, type Part, type WorkerSettings } from "../bulk/answer_part.ts";
import { weightsOf } from "../sources.ts";

declare const self: DedicatedWorkerGlobalScope;

let ready: Promise<LeNet> | undefined;

let options: { reject?: number } = {};

self.onmessage = async ({ data }: MessageEvent<WorkerSettings | Part>) => {
  if ("weights" in data) {
    const { weights, backend, reject } = data;
    options = reject === undefined ? {} : { reject };
    ready = weightsOf(weights).then((source) => LeNet.load(source, { backend }));
    return;
  }
  const answer = await answerPart(await ready as LeNet, data, options);
  self.postMessage(answer, [answer.lines.buffer]);
};
