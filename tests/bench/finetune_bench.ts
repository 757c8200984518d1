/**
 * What fine-tuning the stock network comes to: digits in another hand, another label set, and how long it takes. Run
 * it with `deno task bench:finetune`.
 *
 * @module
 */

import { LeNet } from "../../mod.ts";
import { runCommand } from "../../src/cli/command.ts";
import { loadPublished } from "../../src/cli/sources.ts";
import {
  fineTune,
  type FineTuneOptions,
  type Sample,
  syntheticDigits,
} from "../../src/train/mod.ts";
import { percent } from "../../src/watch/html.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { bundleProgram } from "../runtimes/bundle_program.ts";
import { findWorkerd } from "../runtimes/workerd.ts";
import { otherHand } from "./other_hand.ts";
import { takeOfClass, takePerClass } from "./take_per_class.ts";
import { measureRequest } from "./worker_cpu.ts";

/** A Worker that fine-tunes on as many samples in a request. */
const WORKER = (samples: number): string =>
  `import { LeNet } from "@x/lenet/workers";
import { fineTune, syntheticDigits } from "@x/lenet/train";

const { images, labels } = syntheticDigits({ count: ${samples}, seed: 1 });
const samples = Array.from(labels, (label, n) => ({
  image: Float32Array.from(images.subarray(n * 784, (n + 1) * 784), (value) => value / 255),
  label,
}));
const stock = await LeNet.load();

export default {
  async fetch() {
    const { net } = await fineTune(stock, samples);
    return Response.json(await net.classify(samples[0].image));
  },
};`;

const OPTIONS: FineTuneOptions = { backend: "wasm" };

/** What fine-tuning may cost of the accuracy on plain MNIST. */
const MAX_LOST = 0.001;

/** How many samples are timed. */
const SAMPLES = 100;

await runCommand({
  name: "bench:finetune",
  summary: "Fine-tunes the stock network with the defaults, on WASM.",
  details:
    "On 100 digits in another hand (MNIST slanted by 35° with a thinner pen), on five digits of one class alone in that hand, and on 1,000 pictures of clothing (Fashion-MNIST). All are measured on the 10,000 test images. Where npm has workerd, 100 samples are also timed in a Worker.",
  flags: {
    data: {
      kind: "text",
      value: "DIR",
      default: "../shared/data",
      help: "the folder with mnist/ and fashion-mnist/",
    },
    json: { kind: "boolean", help: "print one line of JSON" },
    check: { kind: "boolean", help: "the exit code is 1 if a goal is missed" },
  },
  async run({ flags }) {
    const directory = flags.data;
    const { signal } = new AbortController();
    using stock = await LeNet.load("digits", { backend: "wasm" });

    // First, so that nothing is compiled or cached yet, and the datasets do not count as idle memory.
    const samples = pictures(SAMPLES);
    await stock.classify(samples[0].image);
    const idle = Deno.memoryUsage().rss;
    let peak = 0;
    const started = performance.now();
    const { net: timed } = await fineTune(stock, samples, {
      ...OPTIONS,
      onProgress: () => void (peak = Math.max(peak, Deno.memoryUsage().rss)),
    });
    const seconds = (performance.now() - started) / 1000;
    const megabytes = (Math.max(peak, Deno.memoryUsage().rss) - idle) / 1e6;
    timed[Symbol.dispose]();

    const mnist = {
      train: await loadPublished("mnist", { split: "train", directory, signal }),
      test: await loadPublished("mnist", { split: "test", directory, signal }),
    };
    const handTest = otherHand(mnist.test);
    const { net: hand } = await fineTune(stock, otherHand(takePerClass(mnist.train, 10)), OPTIONS);
    const before = {
      hand: (await stock.evaluate(handTest)).accuracy,
      plain: (await stock.evaluate(mnist.test)).accuracy,
    };
    const after = {
      hand: (await hand.evaluate(handTest)).accuracy,
      plain: (await hand.evaluate(mnist.test)).accuracy,
    };
    hand[Symbol.dispose]();

    const oneClass = { label: -1, lost: -Infinity };
    for (const label of mnist.train.classNames.keys()) {
      const shown = otherHand(takeOfClass(mnist.train, label, 5));
      const { net } = await fineTune(stock, shown, OPTIONS);
      const lost = before.plain - (await net.evaluate(mnist.test)).accuracy;
      net[Symbol.dispose]();
      if (lost > oneClass.lost) Object.assign(oneClass, { label, lost });
    }

    const clothing = await loadPublished("fashion-mnist", { split: "train", directory, signal });
    const { net: fashion } = await fineTune(stock, takePerClass(clothing, 100), {
      ...OPTIONS,
      classes: clothing.classNames,
    });
    const clothingTest = await loadPublished("fashion-mnist", { split: "test", directory, signal });
    const { accuracy: newClasses } = await fashion.evaluate(clothingTest);
    fashion[Symbol.dispose]();

    const workerd = await findWorkerd();
    let workerMs: number | undefined;
    if (workerd !== undefined) {
      await inTemporaryFolder(async (folder) => {
        await bundleProgram(WORKER(SAMPLES), folder);
        workerMs = await measureRequest(workerd, folder);
      });
    }

    const cut = 1 - (1 - after.hand) / (1 - before.hand);
    const lost = before.plain - after.plain;
    const missed = [
      ...cut < 0.6 ? [`the error in another hand is cut by ${percent(cut)}, the goal is 60 %`] : [],
      ...lost > MAX_LOST
        ? [`accuracy on plain MNIST falls by ${percent(lost)}, the goal is at most 0.1 %`]
        : [],
      ...oneClass.lost > MAX_LOST
        ? [
          `five samples of class ${oneClass.label} alone cost plain MNIST ${
            percent(oneClass.lost)
          }, the goal is at most 0.1 %`,
        ]
        : [],
      ...newClasses < 0.8
        ? [`accuracy on Fashion-MNIST is ${percent(newClasses)}, the goal is 80 %`]
        : [],
      ...seconds > 0.6
        ? [`100 samples take ${seconds.toFixed(2)} s, the goal is at most 0.6 s`]
        : [],
      ...megabytes > 60
        ? [`memory is ${Math.round(megabytes)} MB above idle, the goal is at most 60 MB`]
        : [],
    ];
    if (flags.json) {
      console.log(
        JSON.stringify({
          hand: { before: before.hand, after: after.hand, error_cut: cut },
          plain: { before: before.plain, after: after.plain, lost },
          one_class: oneClass,
          new_classes: newClasses,
          seconds,
          above_idle_mb: megabytes,
          worker_cpu_ms: workerMs,
          missed,
        }),
      );
    } else {
      const turn = (from: number, to: number): string => `${percent(from)} → ${percent(to)}`;
      console.log(`another hand   ${turn(before.hand, after.hand)}, error cut by ${percent(cut)}`);
      console.log(`plain MNIST    ${turn(before.plain, after.plain)}`);
      console.log(
        `one class      plain MNIST ${
          percent(before.plain - oneClass.lost)
        } after class ${oneClass.label} in another hand, the worst`,
      );
      console.log(`Fashion-MNIST  ${percent(newClasses)}`);
      console.log(`100 samples    ${seconds.toFixed(2)} s, ${Math.round(megabytes)} MB above idle`);
      if (workerMs !== undefined) {
        console.log(`in workerd     ${(workerMs / 1000).toFixed(2)} s of processor time`);
      }
      for (const miss of missed) console.error(`missed: ${miss}`);
    }
    return flags.check && missed.length > 0 ? 1 : 0;
  },
});

/** Synthetic digits, as pictures with labels. */
function pictures(count: number): Sample[] {
  const { images, labels } = syntheticDigits({ count, seed: 1 });
  return Array.from(labels, (label, n) => ({
    image: Float32Array.from(images.subarray(n * 784, (n + 1) * 784), (value) => value / 255),
    label,
  }));
}
