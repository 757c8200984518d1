/**
 * How long a training step takes, beside PyTorch and plain tfjs. Run it with `deno task bench:train`.
 *
 * @module
 */

import { runCommand } from "../../src/cli/command.ts";
import { wasmTrainer } from "../../src/engine/wasm/trainer.ts";
import { initialize } from "../../src/model/initialize.ts";
import { Random } from "../../src/model/random.ts";
import { lenet5 } from "../../src/model/zoo.ts";
import { HAS_TORCH, PYTHON } from "../weights/torch.ts";
import { takeTurns } from "./measure.ts";
import { plainLeNet } from "./plain_tfjs.ts";

const BATCH = 128;

const STEPS_IN_EPOCH = Math.ceil(60_000 / BATCH);

/** How many times as fast as PyTorch on one thread a step is to be. */
const MIN_PYTORCH_RATIO = 2.8;

/** The same step in PyTorch: prints the median of 60 in milliseconds. */
const PYTORCH = `
import statistics, time, torch
torch.set_num_threads(1)
torch.manual_seed(1)
net = torch.nn.Sequential(
    torch.nn.Conv2d(1, 6, 5, padding=2), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
    torch.nn.Conv2d(6, 16, 5), torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Flatten(),
    torch.nn.Linear(400, 120), torch.nn.ReLU(), torch.nn.Linear(120, 84), torch.nn.ReLU(),
    torch.nn.Linear(84, 10))
optimizer = torch.optim.Adam(net.parameters(), 1e-3)
images, labels = torch.rand(${BATCH}, 1, 28, 28), torch.randint(10, (${BATCH},))
times = []
for _ in range(70):
    start = time.perf_counter()
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(net(images), labels).backward()
    optimizer.step()
    times.append(time.perf_counter() - start)
print(statistics.median(times[10:]) * 1000)
`;

/** Milliseconds of a step in PyTorch; undefined where python3 has none. */
async function pytorchStep(): Promise<number | undefined> {
  if (!HAS_TORCH) return undefined;
  const { stdout } = await new Deno.Command(PYTHON, { args: ["-c", PYTORCH], stderr: "inherit" })
    .output();
  return Number(new TextDecoder().decode(stdout));
}

await runCommand({
  name: "bench:train",
  summary: "Times a training step of lenet5 at batch 128 on WASM, beside PyTorch and plain tfjs.",
  details:
    "PyTorch computes on one thread, where python3 has it. Plain tfjs gets only the kernel that it lacks.",
  flags: {
    json: { kind: "boolean", help: "print one line of JSON" },
    check: { kind: "boolean", help: "the exit code is 1 if a goal is missed" },
  },
  async run({ flags }) {
    const random = new Random(1);
    const images = Float32Array.from({ length: BATCH * 784 }, () => random.next());
    const labels = Uint8Array.from({ length: BATCH }, () => random.integer(10));
    const plain = await plainLeNet();
    using trainer = await wasmTrainer(lenet5(), {
      parameters: initialize(lenet5()),
      slots: new Map(),
      steps: 0,
    });
    const turns = await takeTurns({
      ours: () => trainer.step(images, labels, 1e-3),
      plain: () => plain.step(images, labels),
    }, 60);
    const pytorch = await pytorchStep();
    const ms = { ...turns, ...pytorch !== undefined && { pytorch } };
    const pytorchRatio = pytorch === undefined ? undefined : pytorch / ms.ours;
    const ratio = ms.plain / ms.ours;
    const megabytes = Deno.memoryUsage().rss / 1e6;
    const missed = [
      ...pytorchRatio !== undefined && pytorchRatio < MIN_PYTORCH_RATIO
        ? [
          `a step is ${
            pytorchRatio.toFixed(2)
          } × as fast as PyTorch's, the goal is ${MIN_PYTORCH_RATIO} ×`,
        ]
        : [],
      ...ratio < 2
        ? [`a step is ${ratio.toFixed(2)} × faster than plain tfjs, the goal is 2 ×`]
        : [],
      ...megabytes > 600 ? [`memory is ${Math.round(megabytes)} MB, the goal is 600 MB`] : [],
    ];
    if (flags.json) {
      console.log(
        JSON.stringify({
          step_ms: ms,
          ratio,
          pytorch_ratio: pytorchRatio,
          rss_mb: megabytes,
          missed,
        }),
      );
    } else {
      for (const [name, time] of Object.entries(ms)) {
        const epoch = time * STEPS_IN_EPOCH / 1000;
        console.log(
          `${name.padEnd(7)} ${time.toFixed(1)} ms a step, ${epoch.toFixed(1)} s an epoch`,
        );
      }
      if (pytorchRatio !== undefined) {
        console.log(`${pytorchRatio.toFixed(2)} × as fast as PyTorch`);
      }
      console.log(`${ratio.toFixed(2)} × as fast as plain tfjs, ${Math.round(megabytes)} MB`);
      for (const miss of missed) console.error(`missed: ${miss}`);
    }
    return flags.check && missed.length > 0 ? 1 : 0;
  },
});
