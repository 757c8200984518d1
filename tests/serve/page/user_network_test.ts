import { assertEquals } from "@std/assert";
import { LeNet } from "../../../mod.ts";
import type { FineTuningMessage } from "../../../src/serve/page/fine_tune_worker.ts";
import { UserNetwork } from "../../../src/serve/page/user_network.ts";

/** A worker whose messages the test sends. */
class FakeWorker {
  static all: FakeWorker[] = [];
  onmessage: (event: { readonly data: FineTuningMessage }) => void = () => {};
  terminate(): void {}
  postMessage(): void {
    FakeWorker.all.push(this);
  }
}

/** Runs a test with the network of a user whose browser stores nothing, and with the result of a fine-tuning. */
async function withUserNetwork(
  test: (opened: {
    readonly network: UserNetwork;
    readonly learned: FineTuningMessage;
    /** Whether the current network is the result of the fine-tuning. */
    readonly isLearned: () => boolean;
    readonly statuses: string[];
  }) => Promise<void>,
): Promise<void> {
  const { Worker } = globalThis;
  const scope = globalThis as unknown as Record<string, unknown>;
  FakeWorker.all = [];
  Object.assign(scope, { Worker: FakeWorker, document: { baseURI: "http://localhost/" } });
  try {
    using stock = await LeNet.load("digits", { backend: "wasm" });
    const bytes = stock.save();
    // Changes the last weight.
    bytes.fill(0, -4);
    const statuses: string[] = [];
    let net: LeNet | undefined;
    const network = new UserNetwork({
      onNet(next) {
        net?.[Symbol.dispose]();
        net = next;
      },
      onCorrections() {},
      onProgress() {},
      onStatus: (text) => statuses.push(text),
    });
    await network.load();
    const isLearned = () => net?.save().toHex() === bytes.toHex();
    await test({ network, learned: { kind: "learned", bytes }, isLearned, statuses });
    net?.[Symbol.dispose]();
  } finally {
    Object.assign(scope, { Worker });
    delete scope.document;
  }
}

const correction = (label: number) => ({
  pixels: new Uint8Array(784).fill(label),
  label,
  digitProbability: null,
});

Deno.test("UserNetwork uses the result of a fine-tuning", async () => {
  await withUserNetwork(async ({ network, learned, isLearned, statuses }) => {
    await network.correct(correction(3));
    assertEquals([FakeWorker.all.length, isLearned()], [1, false]);
    FakeWorker.all[0].onmessage({ data: learned });
    while (statuses.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    assertEquals(isLearned(), true);
  });
});

for (const isFirst of [true, false]) {
  const when = isFirst ? "just before" : "just after";
  Deno.test(`UserNetwork.clear deletes all corrections ${when} a fine-tuning ends`, async () => {
    await withUserNetwork(async ({ network, learned, isLearned, statuses }) => {
      await network.correct(correction(3));
      const end = () => FakeWorker.all[0].onmessage({ data: learned });
      if (!isFirst) end();
      const cleared = network.clear();
      if (isFirst) end();
      await cleared;
      await new Promise((resolve) => setTimeout(resolve, 200));
      assertEquals(isLearned(), false);
      assertEquals(statuses.at(-1), "All corrections were deleted.");
    });
  });
}

Deno.test("UserNetwork drops the result of a fine-tuning that ends while another correction is added", async () => {
  await withUserNetwork(async ({ network, learned, isLearned, statuses }) => {
    await network.correct(correction(3));
    const corrected = network.correct(correction(4));
    FakeWorker.all[0].onmessage({ data: learned });
    await corrected;
    await new Promise((resolve) => setTimeout(resolve, 200));
    assertEquals([FakeWorker.all.length, isLearned()], [2, false]);
    assertEquals(statuses.at(-1), "Learning that this is a 4.");
    // It drops messages of the terminated worker, too.
    FakeWorker.all[0].onmessage({ data: { kind: "failed", message: "ended" } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    assertEquals(statuses.at(-1), "Learning that this is a 4.");
  });
});

Deno.test("UserNetwork reports why the result of a fine-tuning cannot be used", async () => {
  await withUserNetwork(async ({ network, statuses }) => {
    await network.correct(correction(3));
    FakeWorker.all[0].onmessage({ data: { kind: "learned", bytes: new Uint8Array(3) } });
    while (statuses.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    assertEquals(statuses[1].startsWith("Cannot learn the corrections: "), true);
  });
});
