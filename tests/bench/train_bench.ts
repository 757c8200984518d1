/**
 * How long a training step takes, beside plain tfjs. Run it with `deno task bench:train`.
 *
 * @module
 */

import { runCommand } from "../../src/cli/command.ts";
import { tfjsTrainer } from "../../src/engine/tfjs/trainer.ts";
import { initialize } from "../../src/model/initialize.ts";
import { Random } from "../../src/model/random.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import { takeTurns } from "./measure.ts";
import { plainLeNet } from "./plain_tfjs.ts";

const BATCH = 128;

const STEPS_IN_EPOCH = Math.ceil(60_000 / BATCH);

await runCommand({
  name: "bench:train",
  summary: "Times a training step of lenet5 at batch 128 on WASM, beside plain tfjs.",
  details: "Plain tfjs gets only the kernel that it lacks.",
  flags: {
    json: { kind: "boolean", help: "print one line of JSON" },
    check: { kind: "boolean", help: "the exit code is 1 if a goal is missed" },
  },
  async run({ flags }) {
    const random = new Random(1);
    const images = Float32Array.from({ length: BATCH * 784 }, () => random.next());
    const labels = Uint8Array.from({ length: BATCH }, () => random.integer(10));
    const plain = await plainLeNet();
    using trainer = await tfjsTrainer("wasm", lenet5(), {
      parameters: initialize(lenet5()),
      slots: new Map(),
      steps: 0,
    });
    const ms = await takeTurns({
      ours: () => trainer.step(images, labels, 1e-3),
      plain: () => plain.step(images, labels),
    }, 60);
    const ratio = ms.plain / ms.ours;
    const megabytes = Deno.memoryUsage().rss / 1e6;
    const missed = [
      ...ratio < 2
        ? [`a step is ${ratio.toFixed(2)} × faster than plain tfjs, the goal is 2 ×`]
        : [],
      ...megabytes > 600 ? [`memory is ${Math.round(megabytes)} MB, the goal is 600 MB`] : [],
    ];
    if (flags.json) {
      console.log(JSON.stringify({ step_ms: ms, ratio, rss_mb: megabytes, missed }));
    } else {
      for (const [name, time] of Object.entries(ms)) {
        const epoch = time * STEPS_IN_EPOCH / 1000;
        console.log(
          `${name.padEnd(6)} ${time.toFixed(1)} ms a step, ${epoch.toFixed(1)} s an epoch`,
        );
      }
      console.log(`${ratio.toFixed(2)} × faster, ${Math.round(megabytes)} MB`);
      for (const miss of missed) console.error(`missed: ${miss}`);
    }
    return flags.check && missed.length > 0 ? 1 : 0;
  },
});
