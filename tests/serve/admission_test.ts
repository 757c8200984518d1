import { assertEquals, assertThrows } from "@std/assert";
import { AdmissionControl, type GateLimits, type Ticket } from "../../src/serve/admission.ts";
import { createHandler } from "../../src/serve/mod.ts";
import { Problem } from "../../src/serve/reply.ts";
import { assertProblem } from "./assert_problem.ts";
import { until } from "./server.ts";

const SEVEN = await Deno.readFile(new URL("../../scripts/samples/7.png", import.meta.url));

const gateOf = (limits: Partial<GateLimits>): AdmissionControl =>
  new AdmissionControl({ maxRequests: 100, maxWait: Infinity, maxHeld: 100, ...limits });

function assertBusy(action: () => unknown): void {
  const { status, code } = assertThrows(action, Problem);
  assertEquals([status, code], [503, "server/busy"]);
}

/** Lets requests through whose answers take so long, one after another. */
function answerIn(gate: AdmissionControl, ...milliseconds: number[]): void {
  for (const duration of milliseconds) {
    const visit = gate.enter();
    visit.work(duration);
    visit.leave();
  }
}

Deno.test("AdmissionControl.enter lets in exactly as many requests as may be inside", () => {
  const gate = gateOf({ maxRequests: 3 });
  const visits = [gate.enter(), gate.enter(), gate.enter()];
  assertBusy(() => gate.enter());
  assertEquals(gate.count, 3);
  visits[1].leave();
  gate.enter();
  assertBusy(() => gate.enter());
});

Deno.test("Ticket.hold takes every byte up to the limit and not one more, over all visits", () => {
  const gate = gateOf({ maxHeld: 100 });
  const [one, two] = [gate.enter(), gate.enter()];
  one.hold(60);
  assertBusy(() => two.hold(41));
  two.hold(40);
  assertBusy(() => one.hold(1));
  assertBusy(() => two.hold(1));
});

Deno.test("Ticket.hold takes the whole limit at once, and no byte above it", () => {
  assertBusy(() => gateOf({ maxHeld: 100 }).enter().hold(101));
  gateOf({ maxHeld: 100 }).enter().hold(100);
});

Deno.test("Ticket.leave gives back the bytes that were held, all of them and no others", () => {
  const gate = gateOf({ maxHeld: 100 });
  const [one, two] = [gate.enter(), gate.enter()];
  one.hold(30);
  one.hold(30);
  two.hold(40);
  // What was refused was not taken, and is not given back.
  assertBusy(() => one.hold(7));
  one.leave();
  const three = gate.enter();
  assertBusy(() => three.hold(61));
  three.hold(60);
  assertBusy(() => three.hold(1));
  two.leave();
  three.leave();
  const four = gate.enter();
  assertBusy(() => four.hold(101));
  four.hold(100);
});

Deno.test("AdmissionControl.enter expects a tenth of what the last answer took and nine tenths of what was usual", () => {
  // What is usual after these answers, in milliseconds. One request inside makes the next wait for so long.
  const cases: [answers: number[], usual: number][] = [
    [[1000], 100],
    [[1000, 1000], 190],
    [[1000, 500], 140],
    [[1000, 50], 95],
  ];
  for (const [answers, usual] of cases) {
    const roomy = gateOf({ maxWait: usual });
    answerIn(roomy, ...answers);
    roomy.enter();
    roomy.enter();
    // The wait behind two is twice as long.
    assertBusy(() => roomy.enter());
    const tight = gateOf({ maxWait: usual - 1 });
    answerIn(tight, ...answers);
    tight.enter();
    assertBusy(() => tight.enter());
  }
});

Deno.test("AdmissionControl.enter lets in whoever is alone, however long answers take", () => {
  const gate = gateOf({ maxWait: 1 });
  answerIn(gate, 1e6, 1e6);
  gate.enter();
  assertBusy(() => gate.enter());
});

Deno.test("Ticket.leave counts the work of a visit as one answer, and a visit without work as none", () => {
  const idle = gateOf({ maxWait: 99 });
  answerIn(idle, 1000);
  idle.enter().leave();
  idle.enter();
  assertBusy(() => idle.enter());
  const summed = gateOf({ maxWait: 99 });
  const visit = summed.enter();
  visit.work(400);
  visit.work(600);
  visit.leave();
  summed.enter();
  assertBusy(() => summed.enter());
});

Deno.test("Ticket.wait makes room for others, for exactly as many slow senders as requests may be inside", () => {
  const gate = gateOf({ maxRequests: 2 });
  const slow: Ticket[] = [];
  for (let n = 0; n < 2; n++) {
    const visit = gate.enter();
    visit.wait();
    slow.push(visit);
  }
  const inside = [gate.enter(), gate.enter()];
  assertBusy(() => gate.enter());
  assertBusy(() => inside[0].wait());
  assertEquals(gate.count, 4);
  // Whoever was refused still has its place, and gives it back.
  inside[0].leave();
  const again = gate.enter();
  assertBusy(() => gate.enter());
  // A slow sender who hangs up gives back the place of a slow sender; one who has sent all counts as inside again.
  slow[0].leave();
  inside[1].wait();
  slow[1].goOn();
  assertEquals(gate.count, 3);
  assertBusy(() => gate.enter());
  for (const visit of [inside[1], slow[1], again]) visit.leave();
  assertEquals(gate.count, 0);
});

Deno.test("createHandler holds two bodies of the largest size in memory, and not one byte more", async () => {
  const maxBytes = 100_000;
  for (const held of [2 * maxBytes - 1, 2 * maxBytes]) {
    const handler = createHandler({ maxBytes });
    const classify = (body: ReadableStream<Uint8Array>) =>
      handler(
        new Request("http://localhost/classify", {
          method: "POST",
          headers: { "content-type": "image/png" },
          body,
        }),
      );
    const ends: (() => void)[] = [];
    const read = new Set<number>();
    const waiting = [maxBytes, held - maxBytes].map((length, n) =>
      classify(
        new ReadableStream({
          start: (controller) => {
            const bytes = new Uint8Array(length);
            bytes.set(SEVEN); // What follows the end of a PNG is ignored.
            controller.enqueue(bytes);
            ends.push(() => controller.close());
          },
          pull: () => void read.add(n), // What was enqueued has been read.
        }, { highWaterMark: 1 }),
      )
    );
    await until(() => read.size === 2);
    const third = await classify(ReadableStream.from([new Uint8Array(1)]));
    if (held < 2 * maxBytes) await assertProblem(third, 415, "image/unsupported");
    else await assertProblem(third, 503, "server/busy");
    for (const end of ends) end();
    for (const response of await Promise.all(waiting)) {
      assertEquals((await response.json()).digit, 7);
    }
  }
});
