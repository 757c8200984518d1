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

/** Begins requests and does not end them. */
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

Deno.test("createHandler tells requests to come back when too many are waiting, and recovers at once", async () => {
  await withServer({ maxRequests: 4 }, async (server) => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => classify(server)));
    let [read, refused] = [0, 0];
    for (const answer of answers) {
      if (answer.status === 200) {
        assertEquals((await answer.json()).digit, 7);
        read++;
      } else {
        assertEquals(answer.headers.get("retry-after"), "1");
        await assertProblem(answer, 503, "server/busy");
        refused++;
      }
    }
    assertEquals([read > 0, refused > 0, read + refused], [true, true, 60]);
    assertEquals((await (await classify(server)).json()).digit, 7);
    assertEquals(await server.requests(), 0);
  });
});

Deno.test("createHandler tells requests to come back when those before them take long", async () => {
  await withServer({ maxWait: 1 }, async (server) => {
    // Nobody knows yet how long answers take.
    assertEquals((await (await classify(server)).json()).digit, 7);
    const answers = await Promise.all(Array.from({ length: 60 }, () => classify(server)));
    await Promise.all(answers.map((answer) => answer.body?.cancel()));
    const statuses = new Set(answers.map(({ status }) => status));
    assertEquals([...statuses].sort(), [200, 503]);
    // Whoever comes alone waits for nobody.
    assertEquals((await (await classify(server)).json()).digit, 7);
  });
});

Deno.test("createHandler lets slow senders take no place from others, and not endlessly many wait", async () => {
  await withServer({ maxRequests: 3 }, async (server) => {
    const slow = await beginRequests(server, 3, SEVEN.length, SEVEN.subarray(0, 10));
    // As soon as they have shown to be slow, there is room.
    await until(async () => {
      const response = await classify(server);
      await response.body?.cancel();
      return response.status === 200;
    });
    // Three more would be too many.
    const more = await RawConnection.open(server.port);
    await more.sendHead("POST", "/classify", {
      "content-type": "image/png",
      "content-length": "1000",
    });
    await assertProblem(await more.response(), 503, "server/busy");
    // Those who waited are answered.
    for (const connection of slow) {
      await connection.send(SEVEN.subarray(10));
      assertEquals((await connection.response()).json.digit, 7);
    }
    for (const connection of [...slow, more]) connection[Symbol.dispose]();
    await until(async () => await server.requests() === 0);
  });
});

Deno.test("createHandler holds only so many bytes of large bodies in memory", async () => {
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
