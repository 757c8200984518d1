import {
  type Arguments,
  interruptible,
  refusePositionals,
  runScript,
} from "../../src/cli/command.ts";
import { bar, percent, ProgressLine } from "../../src/cli/progress.ts";
import { loadPart, PARTS, weightsOf } from "../../src/cli/sources.ts";
import { type Dataset, takeDataset } from "../../src/data/dataset.ts";
import { LeNetError } from "../../src/errors.ts";
import { LeNet } from "../../src/lenet.ts";
import { corruptDataset, CORRUPTIONS } from "./corruptions/corruptions.ts";
import {
  corruptionTable,
  meanOf,
  measureCorruption,
  type NetworkResult,
  type Scores,
} from "./corruptions/measure.ts";

/** The least mean accuracy of the fifteen corruptions, of the pixels as they are. */
const GOAL = 0.96;

const NAMES = Object.keys(CORRUPTIONS);

const USAGE = `
Usage: deno task evaluate:corruptions [--data DIR] [--weights NAME|FILE] [--against NAME|FILE] [--split NAME]
                                      [--limit N] [--seed N] [--json] [--check]

Measures how well digits are read that are damaged in the fifteen ways of MNIST-C (Mu and Gilmer, 2019): noise, blur,
turns and moves, light, weather, lines and outlines, as severe as there, drawn by the project's own code. Each network
is given the pixels as they are, as networks are usually measured, and beside it all of the library, which may prepare a
picture, and may say that it shows no digit.

  --data DIR      holds MNIST's files, packed or not, or its folder; without it they are downloaded once
  --weights NAME  a pretrained network, or a safetensors file (default digits)
  --against NAME  another one, measured beside it
  --split NAME    ${
  PARTS.join(", ")
} (default test): train-tail is the last 10,000 training images, for tuning
  --limit N       only the first N images
  --seed N        another set of damages (default 0)
  --json          one line of JSON
  --check         exit code 1 where the mean of --weights on the pixels as they are is below ${
  percent(GOAL)
}
`;

await runScript(
  USAGE,
  {
    string: ["data", "weights", "against", "split", "limit", "seed"],
    boolean: ["json", "check"],
  },
  async (args) => {
    refusePositionals(args);
    const seed = seedOf(args);
    const limit = args.number("limit");
    using interrupt = interruptible();
    const { signal } = interrupt;
    const part = args.choice("split", PARTS) ?? "test";
    const names = [args.text("weights") ?? "digits", args.text("against") ?? []].flat();
    using nets = new DisposableStack();
    const networks = new Map<string, LeNet>();
    for (const name of names) {
      networks.set(name, nets.use(await LeNet.load(await weightsOf(name), { backend: "wasm" })));
    }
    const whole = await loadPart("mnist", part, args.text("data"), signal);
    const digits = limit === undefined ? whole : takeDataset(whole, limit);

    const results = await measure(networks, digits, seed, signal);
    const [{ mean: { direct: { accuracy } } }] = results;
    const isMet = accuracy >= GOAL;
    if (args.has("json")) {
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
    return args.has("check") && !isMet ? 1 : 0;
  },
);

/** Has each network read the digits as they are, then damaged in each way. */
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

function seedOf(args: Arguments): number {
  const seed = args.number("seed") ?? 0;
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new LeNetError(
      "option/invalid",
      `Cannot take the option --seed: found ${seed}, expected a whole number from 0`,
    );
  }
  return seed;
}
