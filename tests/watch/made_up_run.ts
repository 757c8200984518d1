import { renderSyntheticDigit } from "../../src/data/synthetic/digits.ts";
import { Random } from "../../src/model/random.ts";
import { summarize } from "../../src/model/summary.ts";
import { architectureByName } from "../../src/model/zoo.ts";
import type { EpochRecord } from "../../src/train/epoch.ts";
import type { AnsweredPicture } from "../../src/watch/pictures.ts";
import type { RunReport } from "../../src/watch/report.ts";

const DIGITS = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** How a made-up run is to be. */
export interface MadeUp {
  readonly name?: string;
  /** A network of the zoo. */
  readonly network?: string;
  readonly classNames?: readonly string[];
  readonly epochs?: number;
  readonly steps?: number;
}

/** A run that never was, with everything in it that a report can show. */
export function madeUpRun(
  { name = "made-up", network = "lenet5", classNames = DIGITS, epochs = 8, steps = 400 }: MadeUp =
    {},
): RunReport {
  const random = new Random(name.length);
  const architecture = architectureByName(network);
  const [channels, side] = architecture.input;
  const picture = (label: number, right: boolean): AnsweredPicture => ({
    shape: architecture.input,
    pixels: colouredDigit(label, channels, side, random),
    label,
    answer: right ? label : (label + 1 + random.integer(9)) % 10,
    confidence: random.uniform(0.5, 1),
  });
  const samples = Array.from({ length: 20 }, (_, i) => picture(i % 10, i % 7 !== 3));
  const mistakes = Array.from({ length: 20 }, () => picture(random.integer(10), false));
  return {
    name,
    description: `${network}, a run that was made up to see how it looks.`,
    facts: [
      ["reported", "97.9 % at epoch 8"],
      ["reached", "98.41 %"],
      ["time", "2:05"],
      ["data", "MNIST"],
      ["optimizer", '{"kind":"sgd"}, rate 0.01, constant'],
      ["backend", "wasm"],
    ],
    summary: summarize(architecture),
    history: Array.from({ length: epochs }, (_, i) => madeUpEpoch(i + 1, steps, random)),
    classNames,
    samples,
    confusion: classNames.map((_, label) =>
      classNames.map((_, answer) =>
        label === answer ? 950 + random.integer(50) : Math.floor(random.next() ** 6 * 20)
      )
    ),
    mistakes: mistakes.sort((a, b) => b.confidence - a.confidence),
    activations: samples.slice(0, 3).map((input) => ({
      input,
      stages: [
        { name: "pool1", shape: [6, 14, 14], values: waves(6, 14) },
        { name: "pool2", shape: [16, 5, 5], values: waves(16, 5) },
      ],
    })),
  };
}

function madeUpEpoch(epoch: number, steps: number, random: Random): EpochRecord {
  const stepLosses = Array.from({ length: steps }, (_, step) => {
    const passed = epoch - 1 + step / steps;
    return (2.3 * Math.exp(-3 * passed) + 0.2 / (1 + passed)) * random.uniform(0.5, 1.6);
  });
  const loss = stepLosses.reduce((sum, value) => sum + value, 0) / steps;
  const accuracy = Math.exp(-0.35 * loss);
  return {
    epoch,
    learningRate: 0.01,
    loss,
    accuracy,
    stepLosses,
    validation: { loss: loss * 0.9 + 0.02, accuracy: 0.99 * Math.exp(-0.3 * loss) },
  };
}

function colouredDigit(digit: number, channels: number, side: number, random: Random): Uint8Array {
  const ink = renderSyntheticDigit(digit, random, { side });
  const strengths = Array.from({ length: channels }, () => channels === 1 ? 1 : random.next());
  return Uint8Array.from(
    { length: channels * ink.length },
    (_, i) => Math.round(255 * ink[i % ink.length] * strengths[Math.floor(i / ink.length)]),
  );
}

/** Something to see in every channel. */
function waves(channels: number, side: number): Float32Array {
  return Float32Array.from({ length: channels * side * side }, (_, i) => {
    const [channel, y, x] = [Math.floor(i / side / side), Math.floor(i / side) % side, i % side];
    return Math.sin(channel + x / 2) * Math.cos(channel * 2 + y / 3);
  });
}
