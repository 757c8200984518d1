/**
 * How long training takes: a step of every network beside PyTorch and plain tfjs, and an epoch of the command. Run it
 * with `deno task bench:train`.
 *
 * @module
 */

import { runCommand } from "../../src/cli/command.ts";
import { wasmTrainer } from "../../src/engine/wasm/trainer.ts";
import { type Architecture, sizeOf } from "../../src/model/architecture.ts";
import { initialize } from "../../src/model/initialize.ts";
import { Random } from "../../src/model/random.ts";
import { ARCHITECTURE_NAMES, architectureByName } from "../../src/model/zoo.ts";
import { HAS_TORCH, PYTHON } from "../weights/torch.ts";
import { thisMachine } from "./machine.ts";
import { median, ratioOfRounds, stepsInTurns, type TakeSteps } from "./measure.ts";
import { plainLeNet } from "./plain_tfjs.ts";
import { missedTrainGoals, type StepTimes } from "./train_goals.ts";
import { PyTorch, type Run, runTrain } from "./train_processes.ts";

const BATCH = 128;

/** Turns of each trainer. */
const ROUNDS = 9;

await runCommand({
  name: "bench:train",
  summary: "Times training on WASM: a step of every network at batch 128, and an epoch of MNIST.",
  details:
    "Beside each step the same network in PyTorch, on one thread, where python3 has it; beside lenet5 plain tfjs, which gets only the kernel that it lacks. The epoch is one of the command `train`, with all augmentation on all cores; its memory is that of its process.",
  flags: {
    data: {
      kind: "text",
      value: "DIR",
      default: "../shared/data",
      help: "the folder with mnist/",
    },
    json: { kind: "boolean", help: "print one line of JSON" },
    check: { kind: "boolean", help: "the exit code is 1 if a goal is missed" },
  },
  async run({ flags }) {
    const machine = thisMachine();
    const unavailable: string[] = [];
    const { pytorch, steps } = await measureSteps();
    if (pytorch === undefined) unavailable.push(`PyTorch: ${PYTHON} has none`);
    let run: Run | undefined;
    try {
      console.error("an epoch of MNIST …");
      run = await runTrain(flags.data, (epoch) => console.error(`  epoch ${epoch}`));
    } catch (error) {
      unavailable.push(`an epoch of MNIST and its memory: ${(error as Error).message}`);
    }
    const missed = missedTrainGoals(steps, run);
    if (flags.json) {
      console.log(JSON.stringify({
        machine,
        pytorch,
        steps,
        ...run && { epoch_seconds: run.epochSeconds, peak_mb: run.peakMegabytes },
        unavailable,
        missed,
      }));
    } else {
      const { cpu, cores, load, deno } = machine;
      const engines = [`Deno ${deno}`, ...pytorch === undefined ? [] : [pytorch]].join("; ");
      console.log(`${cpu}, ${cores} cores, load ${load.toFixed(1)}; ${engines}\n`);
      console.log(stepTable(steps));
      if (run !== undefined) {
        const { epochSeconds, peakMegabytes } = run;
        console.log(`\nAn epoch of MNIST, augmented: ${epochSeconds.toFixed(1)} s`);
        console.log(`Memory of train: ${peakMegabytes.toFixed(0)} MB`);
      }
      for (const what of unavailable) console.log(`Not measured: ${what}`);
      for (const miss of missed) console.error(`missed: ${miss}`);
    }
    return flags.check && missed.length > 0 ? 1 : 0;
  },
});

/** Times steps of every network, beside PyTorch where there is one. */
async function measureSteps(): Promise<{ pytorch: string | undefined; steps: StepTimes[] }> {
  await using pytorch = HAS_TORCH ? await PyTorch.start() : undefined;
  const steps: StepTimes[] = [];
  for (const name of ARCHITECTURE_NAMES) {
    console.error(`steps of ${name} …`);
    const architecture = architectureByName(name);
    const images = randomImages(architecture);
    const labels = Uint8Array.from({ length: BATCH }, (_, n) => n % architecture.classes);
    using trainer = await wasmTrainer(architecture, {
      parameters: initialize(architecture),
      slots: new Map(),
      steps: 0,
    });
    const plain = name === "lenet5" ? await plainLeNet() : undefined;
    const times: Record<string, number[]> = await stepsInTurns<string>({
      ours: timed(() => trainer.step(images, labels, 1e-3)),
      ...pytorch && { pytorch: pytorch.trainer(architecture, BATCH) },
      ...plain && { plain: timed(() => plain.step(images, labels)) },
    }, ROUNDS);
    const beside = (other: string) => ({
      ms: median(times[other]),
      ratio: ratioOfRounds(times[other], times.ours),
    });
    steps.push({
      network: name,
      ours: median(times.ours),
      ...pytorch && { pytorch: beside("pytorch") },
      ...plain && { plain: beside("plain") },
    });
  }
  return { pytorch: pytorch?.version, steps };
}

function randomImages({ input }: Architecture): Float32Array {
  const random = new Random(1);
  return Float32Array.from({ length: BATCH * sizeOf(input) }, () => random.next());
}

/** Times every step of a trainer of this process. */
function timed(step: () => unknown): TakeSteps {
  return async (steps) => {
    const times: number[] = [];
    for (; steps > 0; steps--) {
      const start = performance.now();
      await step();
      times.push(performance.now() - start);
    }
    return times;
  };
}

/** A row for each network, with how many times as long the others take. */
function stepTable(steps: readonly StepTimes[]): string {
  const beside = (other: StepTimes["plain"]): string =>
    other === undefined ? "–" : `${other.ms.toFixed(1)} (${other.ratio.toFixed(2)} ×)`;
  const rows = [
    ["ms a step", "ours", "PyTorch", "plain tfjs"],
    ...steps.map(({ network, ours, pytorch, plain }) => [
      network,
      ours.toFixed(1),
      beside(pytorch),
      beside(plain),
    ]),
  ];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) => row.map((text, i) => text.padEnd(widths[i])).join("  ").trimEnd())
    .join("\n");
}
