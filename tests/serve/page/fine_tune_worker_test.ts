import { assertEquals, assertGreater } from "@std/assert";
import { LeNet } from "../../../mod.ts";
import { syntheticDigits } from "../../../src/data/synthetic/digits.ts";
import type {
  FineTuningMessage,
  FineTuningRequest,
} from "../../../src/serve/page/fine_tune_worker.ts";

const WORKER = new URL("../../../src/serve/page/fine_tune_worker.ts", import.meta.url);

/** All messages of the worker to its last. */
function messagesFor(request: FineTuningRequest): Promise<FineTuningMessage[]> {
  const worker = new Worker(WORKER, { type: "module" });
  const { promise, resolve, reject } = Promise.withResolvers<FineTuningMessage[]>();
  const messages: FineTuningMessage[] = [];
  worker.onerror = reject;
  worker.onmessage = ({ data }: MessageEvent<FineTuningMessage>) => {
    messages.push(data);
    if (data.kind !== "progress") resolve(messages);
  };
  worker.postMessage(request);
  return promise.finally(() => worker.terminate());
}

Deno.test("fine_tune_worker learns a single correction, and keeps what the network knew", async () => {
  using old = await LeNet.load("digits", { backend: "wasm" });
  const { images, labels } = syntheticDigits({ count: 100, seed: 4 });
  const pixelsAt = (n: number): Uint8Array => images.slice(n * 784, (n + 1) * 784);
  const seven = labels.indexOf(7);
  // From now on this seven is a one, whatever is thought of it.
  const messages = await messagesFor({
    pretrained: old.save(),
    corrections: [{ pixels: pixelsAt(seven), label: 1 }],
  });
  const last = messages.at(-1)!;
  assertEquals(last.kind, "learned");
  const shares = messages.flatMap((message) => message.kind === "progress" ? [message.share] : []);
  assertEquals([shares.at(-1), shares.toSorted((a, b) => a - b)], [1, shares]);
  using net = await LeNet.load((last as { bytes: Uint8Array<ArrayBuffer> }).bytes);
  const answerTo = async (n: number): Promise<number | null> =>
    (await net.classify({ data: pixelsAt(n), width: 28, height: 28 })).digit;
  assertEquals(await answerTo(seven), 1);
  const others = [...labels.keys()].filter((n) => labels[n] !== 7 && labels[n] !== 1);
  const right = await Promise.all(others.map(async (n) => await answerTo(n) === labels[n]));
  assertGreater(right.filter(Boolean).length, 0.95 * others.length);
});

Deno.test("fine_tune_worker says why it cannot learn", async () => {
  using old = await LeNet.load("digits", { backend: "wasm" });
  const corrections = [{ pixels: new Uint8Array(784), label: 1 }];
  const [message] = await messagesFor({ pretrained: old.save(), corrections });
  assertEquals(message.kind, "failed");
});
