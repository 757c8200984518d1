/**
 * How much quicker many pictures are read by all cores than by one. Run it with `deno task bench:bulk`.
 *
 * @module
 */

import { classifyMany } from "../../src/cli/bulk/classify_many.ts";
import { findPictures } from "../../src/cli/pictures.ts";
import { interruptible, runCommand } from "../../src/cli/command.ts";
import { ProgressLine } from "../../src/cli/run_output.ts";
import { thisMachine } from "./machine.ts";
import { median } from "./measure.ts";
import { digitBodies } from "./serve/bodies.ts";

/** All cores are to be quicker than one by at least this share of their number: 1.7 with two. */
const GOAL = 0.85;

await runCommand({
  name: "bench:bulk",
  summary:
    "Classifies a folder of 200×200 PNGs into a file of lines, by one worker and by one on each core, in turns.",
  flags: {
    pictures: {
      kind: "integer",
      min: 1,
      value: "N",
      default: 4000,
      help: "the number of pictures",
    },
    rounds: { kind: "integer", min: 1, value: "N", default: 3, help: "the number of rounds" },
    json: { kind: "boolean", help: "print one line of JSON" },
    check: { kind: "boolean", help: "the exit code is 1 if a goal is missed" },
  },
  async run({ flags }) {
    const count = flags.pictures;
    const rounds = flags.rounds;
    const cores = navigator.hardwareConcurrency;
    using interrupt = interruptible();
    const line = new ProgressLine();
    const folder = await Deno.makeTempDir();
    const speeds: Record<"one" | "all", number[]> = { one: [], all: [] };
    try {
      const { png } = await digitBodies();
      for (let n = 0; n < count; n++) {
        await Deno.writeFile(`${folder}/${n}.png`, png[n % png.length].bytes);
      }
      const pictures = await findPictures([folder]);
      for (let round = 0; round < rounds; round++) {
        for (const [name, jobs] of [["one", 1], ["all", cores]] as const) {
          const out = `${folder}/${name}-${round}.jsonl`;
          const start = performance.now();
          const { done, failed } = await classifyMany(pictures, out, {
            weights: "digits",
            backend: "wasm",
            jobs,
            signal: interrupt.signal,
            onProgress: ({ done, total }) =>
              line.draw(() => `round ${round + 1}, ${jobs} workers: ${done} of ${total}`),
          });
          if (failed > 0) throw new Error(`${failed} of ${done} pictures could not be read`);
          speeds[name].push(1000 * done / (performance.now() - start));
        }
      }
    } finally {
      line.clear();
      await Deno.remove(folder, { recursive: true });
    }
    // Round by round: what slows the machine for a while slows both of a round.
    const ratio = median(speeds.all.map((speed, round) => speed / speeds.one[round]));
    const goal = GOAL * cores;
    const missed = cores > 1 && ratio < goal
      ? [`${cores} cores are ${ratio.toFixed(2)} × as quick as one, the goal is ${goal.toFixed(1)}`]
      : [];
    const result = {
      one: median(speeds.one),
      all: median(speeds.all),
      ratio,
      speeds,
      machine: thisMachine(),
      missed,
    };
    if (flags.json) console.log(JSON.stringify(result));
    else {
      const { cpu, load } = result.machine;
      console.log(`one core    ${Math.round(result.one)} pictures a second`);
      console.log(`${cores} cores     ${Math.round(result.all)} pictures a second`);
      console.log(`            ${ratio.toFixed(2)} × as quick (${cpu}, load ${load.toFixed(1)})`);
      for (const miss of missed) console.error(`missed: ${miss}`);
    }
    return flags.check && missed.length > 0 ? 1 : 0;
  },
});
