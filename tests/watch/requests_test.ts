import { assertEquals, assertGreater, assertStringIncludes, assertThrows } from "@std/assert";
import { LeNetError } from "../../src/errors.ts";
import {
  answerRequest,
  EventStream,
  listen,
  type Served,
  TOKEN_HEADER,
} from "../../src/watch/requests.ts";

const HOME = "http://127.0.0.1:8421";

/** A dashboard that counts how often it was paused. */
function served(): Served & { paused: number } {
  const all = {
    page: { html: "<!DOCTYPE html>", policy: "default-src 'none'" },
    events: new EventStream(),
    actions: { pause: () => void all.paused++ },
    token: "secret",
    paused: 0,
  };
  return all;
}

function pause(url: string, headers: Record<string, string>): Request {
  return new Request(`${url}/pause`, { method: "POST", headers });
}

const HELLO = (): Response => new Response("hello");

Deno.test("answerRequest gives the page, which nobody keeps, under either name of this machine", async () => {
  for (const url of [HOME, "http://localhost:8421/", "http://localhost:9000/"]) {
    const response = answerRequest(new Request(url), served());
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-security-policy"), "default-src 'none'");
    assertEquals(response.headers.get("cache-control"), "no-store");
    assertEquals(response.headers.get("access-control-allow-origin"), null);
    assertEquals(response.headers.get("x-frame-options"), "DENY");
    assertEquals(await response.text(), "<!DOCTYPE html>");
  }
});

Deno.test("answerRequest gives the events as they come", async () => {
  const all = served();
  const response = answerRequest(new Request(`${HOME}/events`), all);
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  all.events.send("step", 1);
  all.events.close();
  assertStringIncludes(await response.text(), "event: step");
});

Deno.test("answerRequest acts for its own page", () => {
  const all = served();
  const own = { origin: HOME, [TOKEN_HEADER]: "secret" };
  assertEquals(answerRequest(pause(HOME, own), all).status, 204);
  assertEquals(all.paused, 1);
});

Deno.test("answerRequest does not act for anybody else", () => {
  const all = served();
  const wrong: [string, Record<string, string>][] = [
    [HOME, {}],
    [HOME, { origin: HOME }],
    [HOME, { [TOKEN_HEADER]: "secret" }],
    [HOME, { origin: HOME, [TOKEN_HEADER]: "guess" }],
    [HOME, { origin: "http://127.0.0.1:80", [TOKEN_HEADER]: "secret" }],
    [HOME, { origin: "https://elsewhere.example", [TOKEN_HEADER]: "secret" }],
    [HOME, { origin: "null", [TOKEN_HEADER]: "secret" }],
    // A name of elsewhere that was made to lead here.
    ["http://elsewhere.example:8421", {
      origin: "http://elsewhere.example:8421",
      [TOKEN_HEADER]: "secret",
    }],
  ];
  for (const [url, headers] of wrong) {
    assertEquals(answerRequest(pause(url, headers), all).status, 403, JSON.stringify(headers));
  }
  assertEquals(all.paused, 0);
});

Deno.test("answerRequest shows nothing under a name of elsewhere", async () => {
  for (const path of ["", "events"]) {
    const request = new Request(`http://elsewhere.example:8421/${path}`);
    const response = answerRequest(request, served());
    assertEquals(response.status, 403);
    assertEquals(await response.text(), "Not a name of this machine\n");
  }
});

Deno.test("answerRequest knows nothing else", () => {
  const all = served();
  const own = { origin: HOME, [TOKEN_HEADER]: "secret" };
  const statusOf = (path: string, method: string): number =>
    answerRequest(new Request(`${HOME}/${path}`, { method, headers: own }), all).status;
  for (const path of ["favicon.ico", "toString", "pause/", "events/1"]) {
    assertEquals([statusOf(path, "GET"), statusOf(path, "POST")], [404, 404], path);
  }
  assertEquals(statusOf("pause", "GET"), 405);
  assertEquals(statusOf("", "POST"), 405);
  assertEquals(all.paused, 0);
});

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
