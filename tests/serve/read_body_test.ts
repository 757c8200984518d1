import { assertEquals, assertRejects } from "@std/assert";
import { AdmissionControl } from "../../src/serve/admission.ts";
import { readBody, SMALL_BODY } from "../../src/serve/read_body.ts";
import { Problem } from "../../src/serve/reply.ts";
import { assertProblem } from "./assert_problem.ts";
import { RawConnection, withServer } from "./server.ts";

const SEVEN = await Deno.readFile(new URL("../../scripts/samples/7.png", import.meta.url));

/** Bytes other than 0, which is what unwritten memory holds. */
const bytesOf = (length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, n) => 1 + n % 255);

/** A stream of chunks of 10,000 bytes. */
function streamOf(bytes: Uint8Array, atEnd?: Error): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, at += 10_000));
      else if (atEnd === undefined) controller.close();
      else controller.error(atEnd);
    },
  });
}

interface Sent {
  readonly received: number;
  readonly announced?: number;
  readonly maxBytes?: number;
  readonly breaksOff?: boolean;
}

/** Reads a body of which so much is announced and so much is received; returns the bytes and how many were held. */
async function read({ received, announced, maxBytes = 1_000_000, breaksOff }: Sent) {
  const ticket = new AdmissionControl({ maxRequests: 1, maxWait: 1, maxHeldBytes: Infinity })
    .admit();
  let held = 0;
  const request = new Request("http://localhost/classify", {
    method: "POST",
    headers: announced === undefined ? {} : { "content-length": `${announced}` },
    body: streamOf(bytesOf(received), breaksOff ? new Error("Connection reset") : undefined),
  });
  const bytes = await readBody(request, maxBytes, 10_000, {
    ...ticket,
    hold: (count) => void (held += count),
  });
  return { bytes, held };
}

async function assertRefused(sent: Sent, status: number, code: string): Promise<string> {
  const problem = await assertRejects(() => read(sent), Problem);
  assertEquals([problem.status, problem.code], [status, code]);
  return problem.message;
}

Deno.test("readBody returns the bytes that were received: one fewer than announced, as many, or one more", async () => {
  for (const announced of [1000, SMALL_BODY, SMALL_BODY + 1, 200_000]) {
    for (const received of [announced - 1, announced, announced + 1]) {
      const { bytes } = await read({ received, announced });
      assertEquals(bytes.length, received);
      assertEquals(bytes, bytesOf(received));
    }
  }
});

Deno.test("readBody returns the bytes of a body without a length, whether its first buffer holds them or not", async () => {
  for (const size of [1, SMALL_BODY, 2 * SMALL_BODY]) {
    for (const received of [size, size + 1, Math.max(1, size - 1)]) {
      const { bytes } = await read({ received });
      assertEquals(bytes, bytesOf(received));
    }
  }
});

Deno.test("readBody accepts a body of exactly the limit, and refuses one byte more", async () => {
  for (const maxBytes of [1000, SMALL_BODY, 150_000]) {
    // With the true length, without a length, and with one that is too low.
    for (const announce of [(n: number) => n, () => undefined, () => 10, () => maxBytes]) {
      const sent = (received: number): Sent => {
        const announced = announce(received);
        return { received, maxBytes, ...announced !== undefined && { announced } };
      };
      assertEquals((await read(sent(maxBytes))).bytes, bytesOf(maxBytes));
      await assertRefused(sent(maxBytes + 1), 413, "request/too-large");
    }
  }
});

Deno.test("readBody refuses a length above the limit before it reads anything", async () => {
  let pulls = 0;
  const ticket = new AdmissionControl({ maxRequests: 1, maxWait: 1, maxHeldBytes: Infinity })
    .admit();
  const ask = (announced: number) => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls++;
        controller.enqueue(bytesOf(10));
        controller.close();
      },
    }, { highWaterMark: 0 });
    const headers = { "content-length": `${announced}` };
    const request = new Request("http://localhost/", { method: "POST", headers, body });
    return readBody(request, 100_000, 10_000, ticket);
  };
  const { status } = await assertRejects(
    () => ask(100_001),
    Problem,
    "found 100001 bytes, expected at most 100000",
  );
  assertEquals([status, pulls], [413, 0]);
  assertEquals(await ask(100_000), bytesOf(10));
  assertEquals(pulls, 1);
});

Deno.test("readBody refuses an empty body, and accepts one byte", async () => {
  for (const announced of [{}, { announced: 1 }]) {
    await assertRefused({ received: 0, ...announced }, 400, "request/malformed");
    assertEquals((await read({ received: 1, ...announced })).bytes, bytesOf(1));
  }
  await assertRefused({ received: 1, announced: 0 }, 400, "request/malformed");
});

Deno.test("readBody refuses a body that breaks off after all but one byte, or after the last", async () => {
  for (const announced of [1000, 200_000]) {
    for (const received of [announced - 1, announced]) {
      await assertRefused({ received, announced, breaksOff: true }, 400, "request/incomplete");
    }
  }
});

Deno.test("readBody holds every byte of a large body, and none of a small one", async () => {
  for (
    const [announced, held] of [[SMALL_BODY, 0], [SMALL_BODY + 1, SMALL_BODY + 1]]
  ) {
    assertEquals((await read({ received: announced, announced })).held, held);
  }
  assertEquals((await read({ received: 1000 })).held, 1000);
});

/** A request whose body still arrives after its reader was cancelled, as on hosts where the reader must not be cancelled. */
function requestOfOtherHost(): { request: Request; send: (bytes: number) => Promise<void> } {
  let send: (result: ReadableStreamReadResult<Uint8Array>) => void = () => {};
  const reader = {
    read: () => new Promise<ReadableStreamReadResult<Uint8Array>>((resolve) => send = resolve),
    cancel: () => Promise.resolve(),
  };
  return {
    request: { headers: new Headers(), body: { getReader: () => reader } } as unknown as Request,
    async send(bytes) {
      send({ done: false, value: new Uint8Array(bytes) });
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

for (const [status, timeout, slowSenders] of [[408, 20, 0], [503, 10_000, 1]]) {
  Deno.test(`readBody holds no bytes that arrive after it failed with ${status}`, async () => {
    const admission = new AdmissionControl({
      maxRequests: 1,
      maxWait: Infinity,
      maxHeldBytes: 100,
    });
    for (let n = 0; n < slowSenders; n++) admission.admit().suspend();
    for (let n = 0; n < 3; n++) {
      const ticket = admission.admit();
      const { request, send } = requestOfOtherHost();
      const failed = assertRejects(() => readBody(request, 1000, timeout, ticket), Problem);
      await send(60);
      assertEquals((await failed).status, status);
      ticket.release();
      await send(40);
    }
    admission.admit().hold(100);
  });
}

Deno.test("POST /classify accepts exactly the announced bytes, and refuses one fewer as incomplete", async () => {
  const large = new Uint8Array(200_000).fill(1);
  large.set(SEVEN); // What follows the end of a PNG is ignored.
  await withServer({ maxBytes: 200_000 }, async ({ port }) => {
    for (const body of [SEVEN, large]) {
      for (const extra of [-1, 0, 1]) {
        using connection = await RawConnection.open(port);
        await connection.sendHead("POST", "/classify", {
          "content-type": "image/png",
          "content-length": `${body.length}`,
        });
        const bytes = new Uint8Array(body.length + 1);
        bytes.set(body);
        await connection.send(bytes.subarray(0, body.length + extra));
        if (extra < 0) await connection.end();
        const response = await connection.response();
        if (extra < 0) await assertProblem(response, 400, "request/incomplete");
        else assertEquals([response.status, response.json.digit], [200, 7]);
      }
    }
  });
});
