import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { Dataset } from "../../src/data/dataset.ts";
import { syntheticDigits } from "../../src/data/synthetic/digits.ts";
import { LeNetError } from "../../src/errors.ts";
import type { DigitImage } from "../../src/image/image.ts";
import { LeNet } from "../../src/lenet.ts";
import { initialize } from "../../src/model/initialize.ts";
import { architectureByName } from "../../src/model/zoo.ts";
import type { TrainProgress } from "../../src/train/epoch.ts";
import { DivergedError, fineTune, type FineTuneOptions } from "../../src/train/fine_tune.ts";
import type { Sample, Samples } from "../../src/train/samples.ts";
import { train } from "../../src/train/train.ts";
import { assertRejection } from "../assert_error.ts";
import { otherHand } from "../bench/other_hand.ts";
import { bars, TINY } from "./tiny.ts";
import { loadTiny, OPTIONS, pictures, TINY_MODEL } from "./tiny_net.ts";

const SAMPLES = new URL("../../scripts/samples/", import.meta.url);

/** The bytes of the network that fine-tuning comes to. */
async function tuned(samples: Samples, options: FineTuneOptions = {}): Promise<Uint8Array> {
  using old = await loadTiny();
  const { net } = await fineTune(old, samples, { ...OPTIONS, epochs: 3, ...options });
  using _ = net;
  return net.save();
}

Deno.test("fineTune learns from its samples, and leaves the old network as it was", async () => {
  using old = await loadTiny();
  const before = old.save();
  const { net, history } = await fineTune(old, bars(90), { ...OPTIONS, epochs: 60 });
  using _ = net;
  const test = bars(300, 2);
  assertGreater((await net.evaluate(test)).accuracy, 0.9);
  assertLess((await old.evaluate(test)).accuracy, 0.6);
  assertEquals(old.save(), before);
  assertLess(history.at(-1)!.loss, history[0].loss);
  assertGreater(history.at(-1)!.accuracy, 0.9);
});

Deno.test("fineTune gives the same weights for the same seed, bit for bit, and others for another", async () => {
  const options = { augment: true, validation: 6 };
  const first = await tuned(bars(30), { ...options, seed: 3 });
  assertEquals(await tuned(bars(30), { ...options, seed: 3 }), first);
  assertNotEquals(await tuned(bars(30), { ...options, seed: 4 }), first);
});

Deno.test("fineTune takes lists, generators, streams and datasets of the same samples for the same", async () => {
  const list = pictures(bars(12));
  function* generate(): Generator<Sample> {
    yield* list;
  }
  async function* stream(): AsyncGenerator<Sample> {
    for (const sample of list) yield await Promise.resolve(sample);
  }
  const named = list.map(({ image, label }) => ({
    image,
    label: bars(3).classNames[Number(label)],
  }));
  const first = await tuned(list);
  for (const samples of [named, generate(), stream(), ReadableStream.from(list)]) {
    assertEquals(await tuned(samples), first);
  }
  using net = await LeNet.load(first);
  using same = await LeNet.load(await tuned(bars(12)));
  assertEquals(same.model.parameters, net.model.parameters);
});

Deno.test("fineTune finds the labels of a dataset by the names of its classes", async () => {
  const { classNames, ...rest } = bars(12);
  const turned = {
    ...rest,
    labels: rest.labels.map((label) => 2 - label),
    classNames: classNames.toReversed(),
  };
  assertEquals(await tuned(turned), await tuned(bars(12)));
});

Deno.test("fineTune changes the layers that it is told, and nothing else", async () => {
  using old = await loadTiny();
  const expected: [FineTuneOptions["train"], string[]][] = [
    ["head", ["fc1"]],
    [["conv1"], ["conv1"]],
    ["all", ["conv1", "fc1"]],
  ];
  for (const [train, layers] of expected) {
    using net = (await fineTune(old, bars(12), { ...OPTIONS, epochs: 2, train: train! })).net;
    const changed = [...net.model.parameters]
      .filter(([name, { data }]) => String(data) !== String(old.model.parameters.get(name)!.data))
      .map(([name]) => name.split(".")[0]);
    assertEquals([...new Set(changed)], layers);
  }
});

Deno.test("fineTune stays nearer to the old weights, the more is kept", async () => {
  using old = await loadTiny();
  const far = async (keep: number): Promise<number> => {
    using net = (await fineTune(old, bars(12), { ...OPTIONS, epochs: 3, keep })).net;
    let distance = 0;
    for (const [name, { data }] of net.model.parameters) {
      const before = old.model.parameters.get(name)!.data;
      data.forEach((value, i) => distance += (value - before[i]) ** 2);
    }
    return Math.sqrt(distance);
  };
  const [none, half, most] = [await far(0), await far(0.5), await far(0.95)];
  assertLess(half, 0.6 * none);
  assertLess(most, 0.2 * half);
  assertGreater(most, 0);
});

Deno.test("fineTune interpolates old and trained weights by keep, from none of the old to nearly all", async () => {
  using old = await loadTiny();
  let trained = new Float32Array();
  const weightsOf = async (keep: number): Promise<Float32Array> => {
    const { net } = await fineTune(old, bars(12), {
      ...OPTIONS,
      epochs: 1,
      keep,
      async onProgress(_, weights) {
        trained = (await weights()).get("fc1.weight")!.data;
      },
    });
    using _ = net;
    return net.model.parameters.get("fc1.weight")!.data;
  };
  const before = old.model.parameters.get("fc1.weight")!.data;
  assertEquals(await weightsOf(0), trained);
  assertEquals(await weightsOf(0.5), trained.map((value, i) => value + 0.5 * (before[i] - value)));
  assertNotEquals(trained, before);
  const most = await weightsOf(1 - 2 ** -40);
  most.forEach((value, i) => assertAlmostEquals(value, before[i], 1e-7));
});

Deno.test("fineTune of digits forgets less of what it is not shown while it rehearses", async () => {
  using old = await LeNet.load("digits", { backend: "wasm" });
  // Ones that shall be sevens, and sevens that shall be ones: to learn that, much has to change.
  const swapped = ofClasses([1, 7], syntheticDigits({ count: 200, seed: 5 }));
  const samples = { ...swapped, labels: swapped.labels.map((label) => 8 - label) };
  const others = ofClasses([0, 2, 3, 4, 5, 6, 8, 9], syntheticDigits({ count: 400, seed: 6 }));
  const lossOf = async (keep: number): Promise<number> => {
    const options = { backend: "wasm", learningRate: 5e-3, epochs: 10, keep } as const;
    using net = (await fineTune(old, samples, options)).net;
    return (await net.evaluate(others)).loss;
  };
  // So small a share of the old weights alone would change nothing.
  assertLess(await lossOf(0.01), 0.5 * await lossOf(0));
});

Deno.test("fineTune gives a network of new classes, which is saved and loaded with their names", async () => {
  using old = await loadTiny();
  const { labels, ...rest } = bars(90);
  const dataset: Dataset = {
    ...rest,
    labels: labels.map((label) => label === 2 ? 1 : 0),
    classNames: ["straight", "slanting"],
    preparation: "picture",
  };
  const options = { ...OPTIONS, classes: ["slanting", "straight"] };
  using net = (await fineTune(old, dataset, options)).net;
  using loaded = await LeNet.load(net.save());
  const { architecture, metadata } = loaded.model;
  assertEquals(architecture.classes, 2);
  assertEquals(metadata.classNames, options.classes);
  assertEquals(metadata.accuracy, undefined);
  assertEquals(metadata.recipe!.base, { epochs: 0 });
  const test = pictures(bars(30, 7));
  const answers = await loaded.classifyAll(test.map(({ image }) => image));
  const right = answers.filter(({ className }, n) =>
    className === (test[n].label === 2 ? "slanting" : "straight")
  );
  assertGreater(right.length, 26);
});

Deno.test("fineTune keeps the features as they are when only a new head learns", async () => {
  using old = await loadTiny();
  const options = { ...OPTIONS, classes: ["a", "b"], train: "head", epochs: 2 } as const;
  const samples = pictures(bars(9)).map(({ image, label }) => ({
    image,
    label: label === 0 ? 0 : 1,
  }));
  using net = (await fineTune(old, samples, options)).net;
  for (const name of ["conv1.weight", "conv1.bias"]) {
    assertEquals(net.model.parameters.get(name), old.model.parameters.get(name));
  }
});

Deno.test("fineTune puts a dense layer in the place of radial basis functions for new classes", async () => {
  const architecture = architectureByName("lenet5-1998");
  using old = await LeNet.load({
    architecture,
    parameters: initialize(architecture),
    metadata: { ...TINY_MODEL.metadata, classNames: [..."0123456789"], preparation: "digit" },
  });
  const samples = await Promise.all(["3", "5"].map(async (label) => ({
    image: await Deno.readFile(new URL(`${label}.png`, SAMPLES)),
    label,
  })));
  const options = { backend: "wasm", epochs: 1 } as const;
  using same = (await fineTune(old, samples, options)).net;
  assertEquals(same.model.architecture, architecture);
  using other = (await fineTune(old, samples, { ...options, classes: ["3", "5"] })).net;
  assertEquals(other.model.architecture.layers.at(-1), { kind: "dense", name: "output", units: 2 });
});

Deno.test("fineTune measures on samples that it sets aside and does not learn from", async () => {
  using old = await loadTiny();
  const options = { ...OPTIONS, validation: 9, epochs: 4 };
  const { net, history } = await fineTune(old, pictures(bars(30)), options);
  using _ = net;
  assertEquals(history.length, 4);
  assertEquals(net.model.metadata.recipe!.samples, 21);
  for (const { validation } of history) {
    assertEquals(Math.round(validation!.accuracy * 9 * 1e6) % 1e6, 0);
  }
});

Deno.test("fineTune says how it is doing, in epochs that fill a batch", async () => {
  const seen: TrainProgress[] = [];
  await tuned(bars(12), { epochs: 2, onProgress: (progress) => void seen.push(progress) });
  assertEquals(seen.map(({ epoch, step, steps }) => [epoch, step, steps]), [[1, 1, 1], [2, 1, 1]]);
});

Deno.test("fineTune makes steps of at most 64 samples", async () => {
  using old = await loadTiny();
  const expected: [samples: number, steps: number][] = [[64, 1], [65, 2], [128, 2], [129, 3]];
  for (const [count, steps] of expected) {
    const { net, history } = await fineTune(old, bars(count), { ...OPTIONS, epochs: 1 });
    net[Symbol.dispose]();
    assertEquals(history[0].stepLosses.length, steps, `${count} samples`);
  }
});

Deno.test("fineTune holds out up to all samples but one", async () => {
  using old = await loadTiny();
  const run = async (validation: number): Promise<void> => {
    const options = { ...OPTIONS, epochs: 1, validation };
    (await fineTune(old, bars(12), options)).net[Symbol.dispose]();
  };
  for (const count of [1, 11]) await run(count);
  await assertRejection(() => run(12), "data/empty", "expected at most 11");
});

Deno.test("fineTune learns one class from one sample, and forgets none of the others", async () => {
  using old = await LeNet.load("digits", { backend: "wasm" });
  // A seven that leans so far that it is read as something else.
  const drawn = ofClasses([7], syntheticDigits({ count: 400, seed: 5 }));
  const leaning = otherHand(otherHand(drawn));
  const answers = await answersOf(old, leaning);
  const misread = answers.findIndex((digit) => digit !== 7);
  const sample = { image: imageAt(leaning, misread), label: 7 };
  using net = (await fineTune(old, [sample], { backend: "wasm" })).net;
  assertEquals((await net.classify(sample.image)).digit, 7);
  const sevensOf = (answers: (number | null)[]): number =>
    answers.filter((digit) => digit === 7).length;
  assertGreater(sevensOf(await answersOf(net, leaning)), sevensOf(answers));
  // So many that one image more or less does not decide.
  const all = syntheticDigits({ count: 4000, seed: 6 });
  const [before, after] = [await old.evaluate(all), await net.evaluate(all)];
  assertGreater(after.accuracy, before.accuracy - 0.0015);
  const known = await old.classify(imageAt(all, all.labels.indexOf(1)));
  assertEquals((await net.classify(imageAt(all, all.labels.indexOf(1)))).digit, known.digit);
});

Deno.test("fineTune stops at a signal, before, while it reads samples and while it learns", async () => {
  using old = await loadTiny();
  const before = old.save();
  const late = new AbortController();
  const reading = new AbortController();
  async function* stream(): AsyncGenerator<Sample> {
    for (const sample of pictures(bars(30))) {
      yield sample;
      reading.abort();
    }
  }
  const runs: [Samples, FineTuneOptions][] = [
    [pictures(bars(30)), { signal: AbortSignal.abort() }],
    [bars(30), { signal: AbortSignal.abort() }],
    [stream(), { signal: reading.signal }],
    [bars(30), {
      signal: late.signal,
      onProgress: ({ epoch }) => epoch < 3 ? undefined : late.abort(),
    }],
  ];
  for (const [samples, options] of runs) {
    const error = await assertRejects(
      () => fineTune(old, samples, { ...OPTIONS, ...options }),
      LeNetError,
    );
    assertEquals(error.code, "aborted");
  }
  assertEquals(old.save(), before);
});

Deno.test("fineTune lets a timer stop it, however short its epochs are", async () => {
  using old = await loadTiny();
  const signal = AbortSignal.timeout(30);
  const error = await assertRejects(
    () => fineTune(old, bars(12), { ...OPTIONS, epochs: 100_000, signal }),
    LeNetError,
  );
  assertEquals(error.code, "aborted");
});

Deno.test("fineTune stops while it reads samples without end, and closes their iterator", async () => {
  using old = await loadTiny();
  const [sample] = pictures(bars(1));
  let closed = 0;
  function* endless(): Generator<Sample> {
    try {
      for (;;) yield sample;
    } finally {
      closed++;
    }
  }
  async function* stream(): AsyncGenerator<Sample> {
    yield* endless();
  }
  for (const samples of [endless(), stream()]) {
    const error = await assertRejects(
      () => fineTune(old, samples, { ...OPTIONS, signal: AbortSignal.timeout(30) }),
      LeNetError,
    );
    assertEquals(error.code, "aborted");
  }
  assertEquals(closed, 2);
});

Deno.test("fineTune stops while it waits for a sample that does not come", async () => {
  using old = await loadTiny();
  const never = new Promise<never>(() => {});
  const iterables: Samples[] = [
    { [Symbol.asyncIterator]: () => ({ next: () => never }) },
    { [Symbol.asyncIterator]: () => ({ next: () => never, return: () => never }) },
    [never as unknown as Sample],
  ];
  for (const samples of iterables) {
    // The timer of AbortSignal.timeout alone would not keep the process.
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 10);
    const error = await assertRejects(
      () => fineTune(old, samples, { ...OPTIONS, signal: controller.signal }),
      LeNetError,
    );
    assertEquals(error.code, "aborted");
  }
});

Deno.test("fineTune passes on what the iterator of its samples throws", async () => {
  using old = await loadTiny();
  // deno-lint-ignore require-yield
  function* broken(): Generator<Sample> {
    throw new RangeError("no more samples");
  }
  await assertRejects(() => fineTune(old, broken(), OPTIONS), RangeError, "no more samples");
});

for (const net of [null, undefined, {}, { model: {} }, "lenet5"]) {
  Deno.test(`fineTune refuses ${JSON.stringify(net)} for a network`, async () => {
    const error = await assertRejects(
      () => fineTune(net as unknown as LeNet, bars(12), OPTIONS),
      LeNetError,
      "expected a LeNet such as LeNet.load() gives",
    );
    assertEquals(error.code, "option/invalid");
  });
}

Deno.test("fineTune stops when its last step ruins the network, with the network before it", async () => {
  using old = await loadTiny();
  const error = await assertRejects(
    () => fineTune(old, bars(30), { ...OPTIONS, epochs: 1, learningRate: 1e15 }),
    DivergedError,
    "after epoch 1, try a learning rate below 1000000000000000",
  );
  using net = error.net;
  assertEquals(net.model.parameters, old.model.parameters);
});

Deno.test("fineTune stops when the loss is no longer finite, and gives the last good network", async () => {
  using old = await loadTiny();
  const error = await assertRejects(
    () => fineTune(old, bars(30), { ...OPTIONS, learningRate: 1e30 }),
    DivergedError,
    "try a learning rate below 1e+30",
  );
  using net = error.net;
  assertEquals(error.code, "train/diverged");
  const { loss } = await net.evaluate(bars(30));
  assertEquals(Number.isFinite(loss), true);
});

Deno.test("fineTune stops when the loss explodes, with the network before the epoch that did it", async () => {
  using old = await loadTiny();
  const error = await assertRejects(
    () => fineTune(old, bars(30), { ...OPTIONS, epochs: 4, learningRate: 1e15 }),
    DivergedError,
    "try a learning rate below 1000000000000000",
  );
  using net = error.net;
  assertEquals(error.code, "train/diverged");
  assertEquals(net.model.parameters, old.model.parameters);
});

for (
  const [what, images, code] of [
    ["pictures with NaN", Float32Array.from({ length: 64 }, (_, i) => i === 5 ? NaN : 1), "image/"],
    ["pictures with Infinity", Float32Array.from({ length: 64 }, (_, i) => i / 0), "image/"],
    ["a dataset of NaN", { ...bars(1), images: new Float32Array(64).fill(NaN) }, "data/malformed"],
  ] as const
) {
  Deno.test(`fineTune refuses ${what} before the first step`, async () => {
    using old = await loadTiny();
    let steps = 0;
    const samples = images instanceof Float32Array
      ? [{ image: { data: images, width: 8, height: 8 }, label: 0 }]
      : images;
    const options: FineTuneOptions = { ...OPTIONS, onProgress: () => void steps++ };
    const run = fineTune(old, samples as unknown as Samples, options);
    assertStringIncludes((await assertRejects(() => run, LeNetError)).code, code);
    assertEquals(steps, 0);
  });
}

Deno.test("fineTune fifty times leaves memory where it was", async () => {
  const script = new URL("./fine_tune_memory.ts", import.meta.url).pathname;
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--allow-read", "--allow-env", "--v8-flags=--expose-gc", script],
  }).output();
  assertEquals(code, 0);
  const { before, after } = JSON.parse(new TextDecoder().decode(stdout));
  // Each run draws 1,000 digits, some 0.8 MB: fifty of them, held on to, would be 40 MB.
  assertLess(after - before, 30e6);
});

Deno.test("fineTune fits a network that train has made", async () => {
  const { model } = await train(TINY, bars(60), { backend: "wasm", epochs: 2, validation: 0 });
  using old = await LeNet.load(model);
  using net = (await fineTune(old, bars(12), { ...OPTIONS, epochs: 1 })).net;
  assertEquals(net.model.metadata.recipe!.base, model.metadata.recipe);
});

/** An image of a dataset, as a picture. */
function imageAt({ images }: Dataset, n: number): DigitImage {
  return { data: images.slice(n * 784, (n + 1) * 784), width: 28, height: 28 };
}

async function answersOf(net: LeNet, dataset: Dataset): Promise<(number | null)[]> {
  const pictures = Array.from(dataset.labels, (_, n) => imageAt(dataset, n));
  return (await net.classifyAll(pictures)).map(({ digit }) => digit);
}

/** The images of some classes alone. */
function ofClasses(classes: readonly number[], dataset: Dataset): Dataset {
  const size = dataset.images.length / dataset.count;
  const indices = [...dataset.labels.keys()].filter((n) => classes.includes(dataset.labels[n]));
  return {
    ...dataset,
    images: Uint8Array.from(
      indices.flatMap((n) => [...dataset.images.subarray(n * size, (n + 1) * size)]),
    ),
    labels: Uint8Array.from(indices, (n) => dataset.labels[n]),
    count: indices.length,
  };
}

Deno.test("fineTune tells of the new network before the first epoch and after each", async () => {
  using stock = await LeNet.load();
  const told: number[] = [];
  const { net, history } = await fineTune(stock, syntheticDigits({ count: 20, seed: 1 }), {
    epochs: 2,
    backend: "wasm",
    onEpoch(architecture, history) {
      assertEquals(architecture.classes, 10);
      told.push(history.length);
    },
  });
  net[Symbol.dispose]();
  assertEquals(told, [0, 1, 2]);
  assertEquals(history.length, 2);
});

Deno.test("fineTune waits for who is told of an epoch, and fails when they fail", async () => {
  using old = await loadTiny();
  let told = 0;
  const onEpoch = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (++told === 2) throw new RangeError("the disk is full");
  };
  await assertRejects(
    () => fineTune(old, bars(12), { ...OPTIONS, onEpoch }),
    RangeError,
    "the disk is full",
  );
  assertEquals(told, 2);
});

Deno.test("fineTune refuses callbacks that are no functions, and a signal that is none", async () => {
  const wrong: [options: object, message: string][] = [
    [{ onProgress: "log" }, "onProgress is log, expected a function"],
    [{ onEpoch: 1 }, "onEpoch is 1, expected a function"],
    [{ signal: "stop" }, "signal is stop, expected an AbortSignal"],
  ];
  for (const [options, message] of wrong) {
    const error = await assertRejects(() => tuned(bars(12), options), LeNetError, message);
    assertEquals(error.code, "option/invalid");
  }
});
