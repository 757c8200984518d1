import { assertEquals, assertGreaterOrEqual } from "@std/assert";
import fc from "fast-check";
import type { Activation, Classification, DigitImage, Reading, ReadOptions } from "../../../mod.ts";
import { type Clock, Reader, type ReaderNet } from "../../../src/serve/page/reader.ts";

/** Shortest duration of a task of the browser, in milliseconds. All times are dyadic fractions, so that sums are exact. */
const TASK = 0.125;

/** Shortest time between two computations of activations, in milliseconds. */
const INTERVAL = 100;

/** A clock that the test moves, with timers that fire early, as those of browsers may. */
class FakeClock implements Clock {
  #now = 0;
  readonly #early: number;
  readonly #timers = new Set<{ readonly due: number; readonly callback: () => void }>();

  /** @param early How much too early timers fire, in milliseconds. */
  constructor(early: number) {
    this.#early = early;
  }

  readonly now = (): number => this.#now;

  readonly callAfter = (delay: number, callback: () => void): () => void => {
    const timer = { due: this.#now + Math.max(0, delay - this.#early), callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  get isIdle(): boolean {
    return this.#timers.size === 0;
  }

  /** Advances the time, and fires the timers that are due. */
  async pass(time: number): Promise<void> {
    this.#now += Math.max(time, TASK);
    for (const timer of [...this.#timers]) {
      if (timer.due <= this.#now && this.#timers.delete(timer)) timer.callback();
    }
    await promisesSettle();
  }
}

/** A network whose calls the test completes. */
class FakeNet implements ReaderNet {
  readonly #clock: Clock;
  #calls: { readonly answer: () => void; readonly fail: (reason: Error) => void }[] = [];
  /** The times of the calls of `activations`. */
  readonly stagesAt: number[] = [];
  /** The options of the calls of `read`. */
  readonly reads: ReadOptions[] = [];
  /** What `classify` answers. */
  classification = {} as Classification;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isIdle(): boolean {
    return this.#calls.length === 0;
  }

  classify(): Promise<Classification> {
    return this.#call(this.classification);
  }

  read(_: DigitImage, options: ReadOptions = {}): Promise<Reading> {
    this.reads.push(options);
    return this.#call({ text: "42" } as Reading);
  }

  activations(): Promise<Activation[]> {
    this.stagesAt.push(this.#clock.now());
    return this.#call([]);
  }

  async answer(): Promise<void> {
    assertEquals(this.#calls.length <= 1, true, "Two pictures are read at the same time");
    this.#calls.pop()?.answer();
    await promisesSettle();
  }

  async fail(): Promise<void> {
    this.#calls.pop()?.fail(new Error("No picture"));
    await promisesSettle();
  }

  [Symbol.dispose](): void {}

  #call<T>(result: T): Promise<T> {
    return new Promise((resolve, reject) =>
      this.#calls.push({ answer: () => resolve(result), fail: reject })
    );
  }
}

/** Waits until all callbacks of settled promises have run. */
async function promisesSettle(): Promise<void> {
  for (let n = 0; n < 20; n++) await null;
}

/** A reader with a fake network and clock, and the results so far. */
function newReader(early: number) {
  const clock = new FakeClock(early);
  const net = new FakeNet(clock);
  const answered: DigitImage[] = [];
  const seen: DigitImage[] = [];
  const read: (string | null)[] = [];
  const reader = new Reader({
    onAnswer: (_, image) => answered.push(image),
    onReading: ({ text }) => read.push(text),
    onStages: (_, image) => seen.push(image),
    onFailure(error) {
      throw error;
    },
  }, clock);
  reader.use(net, undefined);
  const finish = async (): Promise<void> => {
    await promisesSettle();
    while (!clock.isIdle || !net.isIdle) {
      await net.answer();
      await clock.pass(1);
    }
  };
  return { reader, clock, net, answered, seen, read, finish };
}

/** A picture with an identity of its own. */
const newImage = (): DigitImage => ({ data: new Uint8Array(1), width: 1, height: 1 });

const early = fc.constantFrom(0, 0.25, 1, 3);

const events = fc.array(
  fc.oneof(
    fc.constant({ kind: "read" as const }),
    fc.constant({ kind: "answer" as const }),
    fc.constant({ kind: "stop" as const }),
    fc.record({ kind: fc.constant("pass" as const), time: fc.constantFrom(0, 1, 16, 99.875, 120) }),
  ),
  { maxLength: 40 },
);

Deno.test("Reader classifies the last picture last, and computes its activations last, after any events", async () => {
  await fc.assert(fc.asyncProperty(early, events, async (early, events) => {
    const { reader, clock, net, answered, seen, finish } = newReader(early);
    let last: DigitImage | undefined;
    let resultsAtStop: readonly number[] = [0, 0];
    for (const event of events) {
      if (event.kind === "read") reader.read(last = newImage());
      else if (event.kind === "answer") await net.answer();
      else if (event.kind === "stop") {
        reader.stop();
        last = undefined;
        resultsAtStop = [answered.length, seen.length];
      } else await clock.pass(event.time);
    }
    await finish();
    if (last === undefined) {
      assertEquals([answered.length, seen.length], resultsAtStop);
    } else {
      assertEquals(answered.at(-1) === last, true);
      assertEquals(seen.at(-1) === last, true);
    }
    const { stagesAt } = net;
    for (let n = 1; n < stagesAt.length; n++) {
      assertGreaterOrEqual(stagesAt[n] - stagesAt[n - 1], INTERVAL);
    }
  }));
});

Deno.test("Reader classifies a new picture at once, while activations of others wait for the interval", async () => {
  const { reader, clock, net, answered } = newReader(0);
  const images = Array.from({ length: 4 }, newImage);
  reader.read(images[0]);
  await net.answer();
  await clock.pass(0);
  assertEquals(net.stagesAt.length, 1);
  await net.answer();

  reader.read(images[1]);
  await net.answer();
  // The reader waits for the interval now.
  reader.read(images[2]);
  await promisesSettle();
  reader.read(images[3]);
  await net.answer();
  await clock.pass(0);
  await net.answer();
  assertEquals(answered, images);
  assertEquals(net.stagesAt.length, 1);
});

Deno.test("Reader.stop drops answers, activations and failures of earlier pictures", async () => {
  const { reader, clock, net, answered, seen, finish } = newReader(0);
  const [before, after] = [newImage(), newImage()];
  reader.read(before);
  await net.answer();
  await clock.pass(0);
  // Stopped while activations are computed.
  reader.stop();
  reader.read(before);
  await net.answer();
  assertEquals([answered, seen], [[before], []]);
  // Stopped while a picture is classified.
  reader.stop();
  reader.read(before);
  reader.stop();
  reader.read(after);
  await net.fail();
  await finish();
  assertEquals(answered.slice(1).every((image) => image === after), true);
  assertEquals(seen.every((image) => image === after), true);
  assertEquals([answered.length, seen.length], [2, 1]);
});

Deno.test("Reader reads a picture of several digits after it is classified, with the number that is expected", async () => {
  const { reader, net, answered, read, finish } = newReader(0);
  const image = newImage();
  reader.read(image);
  await finish();
  assertEquals([net.reads, read], [[], []]);
  net.classification = { reason: "several-digits" } as Classification;
  for (const length of [undefined, 5]) {
    reader.expect(length);
    reader.read(image);
    await finish();
  }
  assertEquals([net.reads, read], [[{}, { length: 5 }], ["42", "42"]]);
  assertEquals(answered, [image, image, image]);
});

Deno.test("Reader.stop drops what is being read, and a picture that waits is classified before another is read", async () => {
  const { reader, net, answered, read, finish } = newReader(0);
  net.classification = { reason: "several-digits" } as Classification;
  const [first, second] = [newImage(), newImage()];
  reader.read(first);
  await net.answer();
  assertEquals(net.reads.length, 1);
  reader.stop();
  await finish();
  assertEquals(read, []);
  reader.read(first);
  reader.read(second);
  await finish();
  assertEquals([answered.at(-1) === second, net.reads.length, read.length], [true, 2, 1]);
});
