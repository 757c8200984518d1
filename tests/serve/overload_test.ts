import { assertEquals } from "@std/assert";
import { assertProblem } from "./assert_problem.ts";
import { RawConnection, type TestServer, until, withServer } from "./server.ts";

const SEVEN = await Deno.readFile(new URL("../../scripts/samples/7.png", import.meta.url));

const classify = ({ url }: TestServer) =>
  fetch(url("/classify"), {
    method: "POST",
    headers: { "content-type": "image/png" },
    body: SEVEN,
  });

/** Starts requests, sends a part of each body, and waits until all are admitted. */
async function beginRequests(
  { port, requests }: TestServer,
  count: number,
  length: number,
  bytes: Uint8Array,
): Promise<RawConnection[]> {
  const connections: RawConnection[] = [];
  for (let n = 0; n < count; n++) {
    const connection = await RawConnection.open(port);
    connections.push(connection);
    await connection.sendHead("POST", "/classify", {
      "content-type": "image/png",
      "content-length": `${length}`,
    });
    await connection.send(bytes);
  }
  await until(async () => await requests() === count);
  return connections;
}

Deno.test("createHandler answers 503 while too many requests wait, and recovers at once", async () => {
  await withServer({ maxRequests: 4 }, async (server) => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => classify(server)));
    let [answered, refused] = [0, 0];
    for (const answer of answers) {
      if (answer.status === 200) {
        assertEquals((await answer.json()).digit, 7);
        answered++;
      } else {
        assertEquals(answer.headers.get("retry-after"), "1");
        await assertProblem(answer, 503, "server/busy");
        refused++;
      }
    }
    assertEquals([answered > 0, refused > 0, answered + refused], [true, true, 60]);
    assertEquals((await (await classify(server)).json()).digit, 7);
    assertEquals(await server.requests(), 0);
  });
});

Deno.test("createHandler answers 503 if the expected wait is too long", async () => {
  await withServer({ maxWait: 1 }, async (server) => {
    // The first answer sets the estimate of the answer time.
    assertEquals((await (await classify(server)).json()).digit, 7);
    const answers = await Promise.all(Array.from({ length: 60 }, () => classify(server)));
    await Promise.all(answers.map((answer) => answer.body?.cancel()));
    const statuses = new Set(answers.map(({ status }) => status));
    assertEquals([...statuses].sort(), [200, 503]);
    // A single request has no wait.
    assertEquals((await (await classify(server)).json()).digit, 7);
  });
});

Deno.test("createHandler keeps slow senders from blocking others, and limits their number", async () => {
  await withServer({ maxRequests: 3 }, async (server) => {
    const slow = await beginRequests(server, 3, SEVEN.length, SEVEN.subarray(0, 10));
    // There is room as soon as they count as slow.
    await until(async () => {
      const response = await classify(server);
      await response.body?.cancel();
      return response.status === 200;
    });
    // A fourth slow sender is one too many.
    const more = await RawConnection.open(server.port);
    await more.sendHead("POST", "/classify", {
      "content-type": "image/png",
      "content-length": "1000",
    });
    await assertProblem(await more.response(), 503, "server/busy");
    // The slow requests are answered.
    for (const connection of slow) {
      await connection.send(SEVEN.subarray(10));
      assertEquals((await connection.response()).json.digit, 7);
    }
    for (const connection of [...slow, more]) connection[Symbol.dispose]();
    await until(async () => await server.requests() === 0);
  });
});

Deno.test("createHandler limits the bytes of large bodies in memory, and frees those of closed connections", async () => {
  await withServer({ maxBytes: 100_000 }, async (server) => {
    const large = await beginRequests(server, 2, 100_000, new Uint8Array(99_000));
    const more = await RawConnection.open(server.port);
    await more.sendHead("POST", "/classify", {
      "content-type": "image/png",
      "content-length": "100000",
    });
    await more.send(new Uint8Array(99_000));
    await assertProblem(await more.response(), 503, "server/busy");
    for (const connection of [...large, more]) connection[Symbol.dispose]();
    await until(async () => await server.requests() === 0);
    const body = new Uint8Array(100_000);
    body.set(SEVEN);
    const response = await fetch(server.url("/classify"), {
      method: "POST",
      headers: { "content-type": "image/png" },
      body,
    });
    assertEquals((await response.json()).digit, 7);
  });
});
