import { assertEquals, assertGreater, assertStringIncludes, assertThrows } from "@std/assert";
import { listen } from "../../scripts/dashboard/listen.ts";
import { LeNetError } from "../../src/model/error.ts";

const HELLO = (): Response => new Response("hello");

Deno.test("listen says that a port is in use, and takes the next", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const said: string[] = [];
  const server = listen(port, HELLO, (message) => said.push(message));
  try {
    assertGreater(server.addr.port, port);
    assertStringIncludes(said[0], `port ${port} is in use`);
    assertEquals(said.length, server.addr.port - port);
    const response = await fetch(`http://127.0.0.1:${server.addr.port}`);
    assertEquals(await response.text(), "hello");
  } finally {
    await server.shutdown();
    taken.close();
  }
});

Deno.test("listen cannot be reached from other machines", async () => {
  const server = listen(0, HELLO, () => {});
  assertEquals(server.addr.hostname, "127.0.0.1");
  await server.shutdown();
});

Deno.test("listen refuses what is no port", () => {
  for (const port of [-1, 0.5, 65_536, NaN]) {
    const error = assertThrows(
      () => listen(port, HELLO, () => {}),
      LeNetError,
      `Cannot serve on port ${port}: expected a whole number from 0 to 65535`,
    );
    assertEquals(error.code, "option/invalid");
  }
});

Deno.test("listen says so when no port is left", () => {
  const last = Deno.listen({ hostname: "127.0.0.1", port: 65_535 });
  try {
    const error = assertThrows(
      () => listen(65_535, HELLO, () => {}),
      LeNetError,
      "Cannot serve on port 65535: it is in use, and so are all after it",
    );
    assertEquals(error.code, "option/invalid");
  } finally {
    last.close();
  }
});
