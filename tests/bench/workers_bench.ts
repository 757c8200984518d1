/**
 * What the digit reader costs in a Cloudflare Worker. Run it with `deno task bench:workers`.
 *
 * @module
 */

import { runCommand } from "../../src/cli/command.ts";
import { ROOT } from "../cli/run_task.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { bundleProgram } from "../runtimes/bundle_program.ts";
import { findWorkerd } from "../runtimes/workerd.ts";
import { thisMachine } from "./machine.ts";
import { measureWorker, type WorkerCpu } from "./worker_cpu.ts";

/** Cloudflare's free plan allows 1,000 ms for the start, and 10 ms for a request. */
const GOALS: Readonly<Record<keyof WorkerCpu, number>> = { start: 50, first: 5, early: 5, late: 5 };

const NAMES: Readonly<Record<keyof WorkerCpu, string>> = {
  start: "start",
  first: "first picture",
  early: "a picture soon after",
  late: "a picture later on",
};

/** How often both are started. The least time counts: whatever else the machine does only adds to it. */
const ROUNDS = 7;

const EMPTY = `export default {
  fetch: async (request: Request) => Response.json({ bytes: (await request.arrayBuffer()).byteLength }),
};`;

const least = (values: readonly number[]): number => Math.min(...values);

await runCommand({
  name: "bench:workers",
  summary: "Measures the processor time of the Worker of the README in workerd.",
  details: "It is that over a Worker that only receives what it is sent. It needs Linux.",
  flags: {
    json: { kind: "boolean", help: "print one line of JSON" },
    check: { kind: "boolean", help: "the exit code is 1 if a goal is missed" },
  },
  async run({ flags }) {
    const workerd = await findWorkerd();
    if (workerd === undefined) throw new Error("Cannot measure: found no workerd that runs here");
    const worker = await Deno.readTextFile(`${ROOT}tests/package/snippets/worker.ts`);
    const picture = await Deno.readFile(`${ROOT}scripts/samples/7.png`);
    const rounds: { ours: WorkerCpu; empty: WorkerCpu }[] = [];
    await inTemporaryFolder(async (folder) => {
      const [ours, empty] = [`${folder}/ours`, `${folder}/empty`];
      for (const [own, script] of [[ours, worker], [empty, EMPTY]]) {
        await Deno.mkdir(own);
        await bundleProgram(script, own);
      }
      for (let round = 0; round < ROUNDS; round++) {
        rounds.push({
          empty: await measureWorker(workerd, empty, picture),
          ours: await measureWorker(workerd, ours, picture),
        });
      }
    });
    const names = Object.keys(NAMES) as (keyof WorkerCpu)[];
    const rows = names.map((name) => ({
      name,
      ms: least(rounds.map(({ ours }) => ours[name])) -
        least(rounds.map(({ empty }) => empty[name])),
      empty_ms: least(rounds.map(({ empty }) => empty[name])),
      goal_ms: GOALS[name],
    }));
    const missed = rows.filter(({ ms, goal_ms }) => !(ms < goal_ms)).map(({ name, ms, goal_ms }) =>
      `${NAMES[name]}: ${ms.toFixed(2)} ms, the goal is below ${goal_ms} ms`
    );
    const machine = thisMachine();
    if (flags.json) console.log(JSON.stringify({ machine, rows, missed }));
    else {
      const { cpu, cores, load } = machine;
      console.log(`${cpu}, ${cores} cores, load ${load.toFixed(1)}`);
      console.log("processor time in ms: over an empty Worker (the empty Worker)");
      for (const { name, ms, empty_ms } of rows) {
        console.log(`${NAMES[name].padEnd(22)}${ms.toFixed(2)} (${empty_ms.toFixed(2)})`);
      }
      for (const miss of missed) console.error(`missed: ${miss}`);
    }
    return flags.check && missed.length > 0 ? 1 : 0;
  },
});
