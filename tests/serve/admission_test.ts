import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AdmissionControl,
  type AdmissionLimits,
  SerialQueue,
  type Ticket,
} from "../../src/serve/admission.ts";
import { createHandler } from "../../src/serve/mod.ts";
import { Problem } from "../../src/serve/reply.ts";
import { assertProblem } from "./assert_problem.ts";
import { until } from "./server.ts";

const SEVEN = await Deno.readFile(new URL("../../scripts/samples/7.png", import.meta.url));

const newAdmission = (limits: Partial<AdmissionLimits>): AdmissionControl =>
  new AdmissionControl({ maxRequests: 100, maxWait: Infinity, maxHeldBytes: 100, ...limits });

function assertBusy(action: () => unknown): void {
  const { status, code } = assertThrows(action, Problem);
  assertEquals([status, code], [503, "server/busy"]);
}

/** Admits and releases requests whose answers take these times. */
function answerIn(admission: AdmissionControl, ...milliseconds: number[]): void {
  for (const duration of milliseconds) {
    const ticket = admission.admit();
    ticket.addWork(duration);
    ticket.release();
  }
}

Deno.test("AdmissionControl.admit admits exactly maxRequests requests", () => {
  const admission = newAdmission({ maxRequests: 3 });
  const tickets = [admission.admit(), admission.admit(), admission.admit()];
  assertBusy(() => admission.admit());
  assertEquals(admission.count, 3);
  tickets[1].release();
  admission.admit();
  assertBusy(() => admission.admit());
});

Deno.test("Ticket.hold reserves every byte up to the limit and not one more, over all tickets", () => {
  const admission = newAdmission({ maxHeldBytes: 100 });
  const [one, two] = [admission.admit(), admission.admit()];
  one.hold(60);
  assertBusy(() => two.hold(41));
  two.hold(40);
  assertBusy(() => one.hold(1));
  assertBusy(() => two.hold(1));
});

Deno.test("Ticket.hold reserves the whole limit at once, and no byte above it", () => {
  assertBusy(() => newAdmission({ maxHeldBytes: 100 }).admit().hold(101));
  newAdmission({ maxHeldBytes: 100 }).admit().hold(100);
});

Deno.test("Ticket.release frees the bytes that were held, all of them and no others", () => {
  const admission = newAdmission({ maxHeldBytes: 100 });
  const [one, two] = [admission.admit(), admission.admit()];
  one.hold(30);
  one.hold(30);
  two.hold(40);
  // Refused bytes were not reserved, and are not freed.
  assertBusy(() => one.hold(7));
  one.release();
  const three = admission.admit();
  assertBusy(() => three.hold(61));
  three.hold(60);
  assertBusy(() => three.hold(1));
  two.release();
  three.release();
  const four = admission.admit();
  assertBusy(() => four.hold(101));
  four.hold(100);
});

Deno.test("AdmissionControl.admit estimates the wait from a moving average with weight 0.1 for the newest answer", () => {
  // The average after these answers, in milliseconds: the expected wait behind one active request.
  const cases: [answers: number[], average: number][] = [
    [[1000], 100],
    [[1000, 1000], 190],
    [[1000, 500], 140],
    [[1000, 50], 95],
  ];
  for (const [answers, average] of cases) {
    const roomy = newAdmission({ maxWait: average });
    answerIn(roomy, ...answers);
    roomy.admit();
    roomy.admit();
    // The wait behind two requests is twice as long.
    assertBusy(() => roomy.admit());
    const tight = newAdmission({ maxWait: average - 1 });
    answerIn(tight, ...answers);
    tight.admit();
    assertBusy(() => tight.admit());
  }
});

Deno.test("AdmissionControl.admit admits a single request, however long answers take", () => {
  const admission = newAdmission({ maxWait: 1 });
  answerIn(admission, 1e6, 1e6);
  admission.admit();
  assertBusy(() => admission.admit());
});

Deno.test("Ticket.release counts all work of a ticket as one answer, and a ticket without work as none", () => {
  const idle = newAdmission({ maxWait: 99 });
  answerIn(idle, 1000);
  idle.admit().release();
  idle.admit();
  assertBusy(() => idle.admit());
  const summed = newAdmission({ maxWait: 99 });
  const ticket = summed.admit();
  ticket.addWork(400);
  ticket.addWork(600);
  ticket.release();
  summed.admit();
  assertBusy(() => summed.admit());
});

Deno.test("Ticket.suspend makes room for other requests, for exactly maxRequests suspended ones", () => {
  const admission = newAdmission({ maxRequests: 2 });
  const suspended: Ticket[] = [];
  for (let n = 0; n < 2; n++) {
    const ticket = admission.admit();
    ticket.suspend();
    suspended.push(ticket);
  }
  const active = [admission.admit(), admission.admit()];
  assertBusy(() => admission.admit());
  assertBusy(() => active[0].suspend());
  assertEquals(admission.count, 4);
  // A refused ticket is still active, and frees an active place.
  active[0].release();
  const again = admission.admit();
  assertBusy(() => admission.admit());
  // A suspended ticket frees a suspended place; a resumed one is active again.
  suspended[0].release();
  active[1].suspend();
  suspended[1].resume();
  assertEquals(admission.count, 3);
  assertBusy(() => admission.admit());
  for (const ticket of [active[1], suspended[1], again]) ticket.release();
  assertEquals(admission.count, 0);
});

/** A task that logs when it starts and ends, and takes two turns of the event loop. */
function loggedTask(log: string[], name: string, error?: Error): () => Promise<string> {
  return async () => {
    log.push(`${name} starts`);
    for (let n = 0; n < 2; n++) await new Promise((resolve) => setTimeout(resolve));
    log.push(`${name} ends`);
    if (error !== undefined) throw error;
    return name;
  };
}

Deno.test("SerialQueue.run runs tasks one after another, also after one that fails", async () => {
  const log: string[] = [];
  const queue = new SerialQueue();
  const first = queue.run(loggedTask(log, "a", new Error("failed")));
  const others = [queue.run(loggedTask(log, "b")), queue.run(loggedTask(log, "c"))];
  await assertRejects(() => first, Error, "failed");
  assertEquals(await Promise.all(others), ["b", "c"]);
  assertEquals(log, ["a starts", "a ends", "b starts", "b ends", "c starts", "c ends"]);
});

Deno.test("SerialQueue.run gives the event loop a turn between tasks that take long together", async () => {
  const queue = new SerialQueue();
  let [done, doneAtTimer] = [0, 0];
  const tasks = Array.from({ length: 20 }, () =>
    queue.run(() => {
      const end = performance.now() + 2;
      while (performance.now() < end);
      done++;
    }));
  setTimeout(() => doneAtTimer = done);
  await Promise.all(tasks);
  assertEquals([doneAtTimer > 0, doneAtTimer < 20, done], [true, true, 20]);
});

Deno.test("SerialQueue.run starts every task at once if it is not serial", async () => {
  const log: string[] = [];
  const queue = new SerialQueue(false);
  await Promise.all([queue.run(loggedTask(log, "a")), queue.run(loggedTask(log, "b"))]);
  assertEquals(log, ["a starts", "b starts", "a ends", "b ends"]);
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
