import { assertEquals } from "@std/assert";
import { LeNet } from "../../../mod.ts";
import { type LearnerMessage, OwnNetwork } from "../../../src/serve/page/learner.ts";

/** A worker that answers when the test says so. */
class FakeWorker {
  static all: FakeWorker[] = [];
  onmessage: (event: { readonly data: LearnerMessage }) => void = () => {};
  terminate(): void {}
  postMessage(): void {
    FakeWorker.all.push(this);
  }
}

/** A network of its own in a page that keeps nothing, and the bytes of what a lesson makes of it. */
async function withOwnNetwork(
  test: (opened: {
    readonly own: OwnNetwork;
    readonly learned: LearnerMessage;
    /** Whether the network that reads is the one that was learned. */
    readonly isTrainable: () => boolean;
    readonly told: string[];
  }) => Promise<void>,
): Promise<void> {
  const { Worker } = globalThis;
  const scope = globalThis as unknown as Record<string, unknown>;
  FakeWorker.all = [];
  Object.assign(scope, { Worker: FakeWorker, document: { baseURI: "http://localhost/" } });
  try {
    using stock = await LeNet.load("digits", { backend: "wasm" });
    const bytes = stock.save();
    // Another last weight.
    bytes.fill(0, -4);
    const told: string[] = [];
    let net: LeNet | undefined;
    const own = new OwnNetwork({
      onNet(next) {
        net?.[Symbol.dispose]();
        net = next;
      },
      onCorrections() {},
      onProgress() {},
      onStatus: (text) => told.push(text),
    });
    await own.load();
    const isTrainable = () => net?.save().toHex() === bytes.toHex();
    await test({ own, learned: { kind: "learned", bytes }, isTrainable, told });
    net?.[Symbol.dispose]();
  } finally {
    Object.assign(scope, { Worker });
    delete scope.document;
  }
}

const correction = (label: number) => ({
  pixels: new Uint8Array(784).fill(label),
  label,
  digitness: null,
});

Deno.test("OwnNetwork uses what a lesson gave", async () => {
  await withOwnNetwork(async ({ own, learned, isTrainable, told }) => {
    await own.correct(correction(3));
    assertEquals([FakeWorker.all.length, isTrainable()], [1, false]);
    FakeWorker.all[0].onmessage({ data: learned });
    while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    assertEquals(isTrainable(), true);
  });
});

for (const isFirst of [true, false]) {
  const when = isFirst ? "just before" : "just after";
  Deno.test(`OwnNetwork forgets everything ${when} a lesson ends`, async () => {
    await withOwnNetwork(async ({ own, learned, isTrainable, told }) => {
      await own.correct(correction(3));
      const end = () => FakeWorker.all[0].onmessage({ data: learned });
      if (!isFirst) end();
      const forgotten = own.forget();
      if (isFirst) end();
      await forgotten;
      await new Promise((resolve) => setTimeout(resolve, 200));
      assertEquals(isTrainable(), false);
      assertEquals(told.at(-1), "All corrections are forgotten.");
    });
  });
}

Deno.test("OwnNetwork drops the lesson that ends while another correction is made", async () => {
  await withOwnNetwork(async ({ own, learned, isTrainable, told }) => {
    await own.correct(correction(3));
    const corrected = own.correct(correction(4));
    FakeWorker.all[0].onmessage({ data: learned });
    await corrected;
    await new Promise((resolve) => setTimeout(resolve, 200));
    assertEquals([FakeWorker.all.length, isTrainable()], [2, false]);
    assertEquals(told.at(-1), "Learning that this is a 4.");
    // Messages of the one that was ended, too.
    FakeWorker.all[0].onmessage({ data: { kind: "failed", message: "ended" } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assertEquals(told.at(-1), "Learning that this is a 4.");
  });
});

Deno.test("OwnNetwork says why the network that was learned cannot be used", async () => {
  await withOwnNetwork(async ({ own, told }) => {
    await own.correct(correction(3));
    FakeWorker.all[0].onmessage({ data: { kind: "learned", bytes: new Uint8Array(3) } });
    while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    assertEquals(told[1].startsWith("It could not learn: "), true);
  });
});
