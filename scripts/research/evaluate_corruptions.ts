import { interruptible, runCommand } from "../../src/cli/command.ts";
import type { FlagTable } from "../../src/cli/flags.ts";
import { bar, ProgressLine } from "../../src/cli/run_output.ts";
import {
  DATASET_FLAGS,
  loadPart,
  NET_FLAGS,
  SPLIT_FLAG,
  weightsOf,
} from "../../src/cli/sources.ts";
import { type Dataset, takeDataset } from "../../src/data/dataset.ts";
import { LeNet } from "../../src/lenet.ts";
import { percent } from "../../src/watch/html.ts";
import { corruptDataset, CORRUPTIONS } from "./corruptions/corruptions.ts";
import {
  corruptionTable,
  meanOf,
  measureCorruption,
  type NetworkResult,
  type Scores,
} from "./corruptions/measure.ts";

/** The least mean accuracy over the fifteen corruptions, on the plain pixels. */
const GOAL = 0.96;

const NAMES = Object.keys(CORRUPTIONS);

const FLAGS = {
  data: DATASET_FLAGS.data,
  weights: NET_FLAGS.weights,
  against: { kind: "text", value: "NAME", help: "another network, measured beside it" },
  ...SPLIT_FLAG,
  limit: { kind: "integer", min: 1, value: "N", help: "use the first N images only" },
  seed: {
    kind: "integer",
    min: 0,
    value: "N",
    default: 0,
    help: "another seed draws other corruptions",
  },
  json: { kind: "boolean", help: "print one line of JSON" },
  check: {
    kind: "boolean",
    help: `the exit code is 1 if the mean accuracy of --weights on the plain pixels is below ${
      percent(GOAL)
    }`,
  },
} as const satisfies FlagTable;

await runCommand({
  name: "evaluate:corruptions",
  summary: "Measures networks on the fifteen corruptions of MNIST-C (Mu and Gilmer, 2019).",
  details:
    "These are noise, blur, affine distortions, light, weather, lines and outlines, as severe as there, drawn by " +
    "the project's own code. Each network is measured on the plain pixels, as is usual, and with the whole library, " +
    "which may prepare a picture, and may answer that it shows no digit.",
  flags: FLAGS,
  async run({ flags }) {
    const { seed, limit, split: part } = flags;
    using interrupt = interruptible();
    const { signal } = interrupt;
    const names = [flags.weights, flags.against ?? []].flat();
    using nets = new DisposableStack();
    const networks = new Map<string, LeNet>();
    for (const name of names) {
      networks.set(name, nets.use(await LeNet.load(await weightsOf(name), { backend: "wasm" })));
    }
    const whole = await loadPart("mnist", part, flags.data, signal);
    const digits = limit === undefined ? whole : takeDataset(whole, limit);

    const results = await measure(networks, digits, seed, signal);
    const [{ mean: { direct: { accuracy } } }] = results;
    const isMet = accuracy >= GOAL;
    if (flags.json) {
      const goal = { least: GOAL, value: accuracy, isMet };
      console.log(
        JSON.stringify({ digits: digits.name, count: digits.count, seed, results, goal }),
      );
    } else {
      console.log([
        `${digits.name}, ${digits.count.toLocaleString("en-US")} images, seed ${seed}`,
        "",
        corruptionTable(results),
        "",
        `${isMet ? "met" : "MISSED"}: the mean is ${percent(accuracy)}, the goal is at least ${
          percent(GOAL)
        }`,
      ].join("\n"));
    }
    return flags.check && !isMet ? 1 : 0;
  },
});

/** Measures each network without corruption, then with each one. */
async function measure(
  networks: ReadonlyMap<string, LeNet>,
  digits: Dataset,
  seed: number,
  signal: AbortSignal,
): Promise<NetworkResult[]> {
  const line = new ProgressLine();
  const scores = new Map<string, Map<string, Scores>>();
  for (const [kind, name] of ["none", ...NAMES].entries()) {
    const pictures = name === "none" ? digits : corruptDataset(digits, name, seed);
    for (const [number, [weights, net]] of [...networks].entries()) {
      const scoresOfNetwork = scores.get(weights) ?? new Map<string, Scores>();
      scores.set(weights, scoresOfNetwork);
      const onProgress = (done: number): void => {
        const part = (number + done / digits.count) / networks.size;
        line.draw(() =>
          `${bar((kind + part) / (1 + NAMES.length), 20)}  ${name}, ${weights} ${done}`
        );
      };
      scoresOfNetwork.set(
        name,
        await measureCorruption(net, pictures, { onProgress, signal }).finally(() => line.clear()),
      );
    }
  }
  return [...scores].map(([weights, found]) => {
    const corruptions = Object.fromEntries(NAMES.map((name) => [name, found.get(name) as Scores]));
    return {
      weights,
      clean: found.get("none") as Scores,
      corruptions,
      mean: meanOf(Object.values(corruptions)),
    };
  });
}
