import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { createHandler } from "../../src/serve/mod.ts";
import { gzip } from "../data/idx_file.ts";
import { assertProblem } from "./assert_problem.ts";
import { RawConnection, until, withServer } from "./server.ts";

const SEVEN = await Deno.readFile(new URL("../../scripts/samples/7.png", import.meta.url));

/** Nested arrays, deeper than the call stack. */
const DEEP = "[".repeat(200_000) + "]".repeat(200_000);

Deno.test("POST /classify refuses a request without a body", async () => {
  await withServer({}, async ({ port, url }) => {
    const empty = await fetch(url("/classify"), {
      method: "POST",
      headers: { "content-type": "image/png" },
      body: "",
    });
    await assertProblem(empty, 400, "request/malformed");
    using none = await RawConnection.open(port);
    await none.sendHead("POST", "/classify", { "content-type": "image/png" });
    await assertProblem(await none.response(), 400, "request/malformed");
    // The connection can be reused.
    await none.sendHead("GET", "/health", {});
    assertEquals((await none.response()).status, 200);
    using noChunk = await RawConnection.open(port);
    await noChunk.sendHead("POST", "/classify", {
      "content-type": "image/png",
      "transfer-encoding": "chunked",
    });
    await noChunk.send("0\r\n\r\n");
    await assertProblem(await noChunk.response(), 400, "request/malformed");
  });
});

Deno.test("POST /classify refuses other content types, and names the accepted ones", async () => {
  await withServer({}, async ({ url }) => {
    for (const type of ["", "text/plain", "application/x-www-form-urlencoded", "application/pdf"]) {
      const response = await fetch(url("/classify"), {
        method: "POST",
        headers: { "content-type": type },
        body: SEVEN,
      });
      assertStringIncludes(response.headers.get("accept-post") ?? "", "image/png");
      await assertProblem(response, 415, "request/unsupported-type");
    }
    const drawing = await fetch(url("/classify"), {
      method: "POST",
      headers: { "content-type": "image/svg+xml" },
      body: '<svg xmlns="http://www.w3.org/2000/svg"/>',
    });
    await assertProblem(drawing, 415, "image/unsupported");
  });
});

Deno.test("POST /classify refuses a compressed body", async () => {
  await withServer({}, async ({ url }) => {
    const response = await fetch(url("/classify"), {
      method: "POST",
      headers: { "content-type": "image/png", "content-encoding": "gzip" },
      body: gzip(SEVEN),
    });
    assertEquals(response.headers.get("accept-encoding"), "identity");
    await assertProblem(response, 415, "request/unsupported-type");
  });
});

Deno.test("POST /classify refuses a length of 100 MB before any of the body arrives", async () => {
  await withServer({}, async ({ port, requests }) => {
    using connection = await RawConnection.open(port);
    await connection.sendHead("POST", "/classify", {
      "content-type": "image/png",
      "content-length": "100000000",
    });
    await assertProblem(await connection.response(), 413, "request/too-large");
    assertEquals(await requests(), 0);
  });
});

Deno.test("POST /classify refuses a body without a length as soon as it is too large", async () => {
  await withServer({ maxBytes: 1_000_000 }, async ({ port, requests }) => {
    using connection = await RawConnection.open(port);
    await connection.sendHead("POST", "/classify", {
      "content-type": "image/png",
      "transfer-encoding": "chunked",
    });
    // The last chunk is never sent.
    for (let sent = 0; sent <= 1_000_000; sent += 65_536) {
      await connection.send(`10000\r\n${"x".repeat(65_536)}\r\n`);
    }
    await assertProblem(await connection.response(), 413, "request/too-large");
    assertEquals(await requests(), 0);
  });
});

Deno.test("POST /classify refuses a small body above a smaller limit", async () => {
  await withServer({ maxBytes: 100 }, async ({ url }) => {
    const response = await fetch(url("/classify"), {
      method: "POST",
      headers: { "content-type": "image/png" },
      body: SEVEN,
    });
    await assertProblem(response, 413, "request/too-large");
  });
});

Deno.test("POST /classify refuses a body that arrives too slowly, with a length or in chunks", async () => {
  await withServer({ bodyTimeout: 400 }, async ({ port, requests }) => {
    const kinds: Record<string, string>[] = [
      { "content-length": "1000" },
      { "content-length": "200000" },
      { "transfer-encoding": "chunked" },
    ];
    await Promise.all(kinds.map(async (headers) => {
      using connection = await RawConnection.open(port);
      await connection.sendHead("POST", "/classify", { "content-type": "image/png", ...headers });
      let over = false;
      const dripping = (async () => {
        while (!over) {
          await connection.send("length" in headers ? "x" : "1\r\nx\r\n");
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      })().catch(() => {}); // The server has closed the connection.
      const response = await connection.response();
      over = true;
      assertStringIncludes(await assertProblem(response, 408, "request/too-slow"), "400 ms");
      await dripping;
    }));
    await until(async () => await requests() === 0);
  });
});

Deno.test("POST /classify releases the requests of connections that are closed within the body", async () => {
  await withServer({}, async ({ port, url, requests }) => {
    const kinds: Record<string, string>[] = [
      { "content-length": "1000" },
      { "content-length": "200000" },
      { "transfer-encoding": "chunked" },
    ];
    const connections = await Promise.all(
      [...kinds, ...kinds].map(async (headers) => {
        const connection = await RawConnection.open(port);
        await connection.sendHead("POST", "/classify", { "content-type": "image/png", ...headers });
        await connection.send("1\r\nx\r\n");
        return connection;
      }),
    );
    await until(async () => await requests() === 6);
    for (const connection of connections) connection[Symbol.dispose]();
    await until(async () => await requests() === 0);
    const response = await fetch(url("/classify"), {
      method: "POST",
      headers: { "content-type": "image/png" },
      body: SEVEN,
    });
    assertEquals((await response.json()).digit, 7);
  });
});

Deno.test("POST /classify refuses damaged pictures, JSON and forms with the matching code", async () => {
  const form = (...lines: string[]) => lines.join("\r\n");
  const head = 'Content-Disposition: form-data; name="a"; filename="a.png"';
  const cases: [type: string, body: string | Uint8Array, status: number, code: string][] = [
    ["image/png", SEVEN.subarray(0, 300), 422, "image/unreadable"],
    ["image/png", "This is no picture", 415, "image/unsupported"],
    ["application/json", "[1, 2", 400, "request/malformed"],
    ["application/json", new Uint8Array([0xff, 0xfe]), 400, "request/malformed"],
    ["application/json", "[".repeat(500_000), 400, "request/malformed"],
    ["application/json", "null", 422, "image/invalid"],
    ["application/json", "{}", 422, "image/invalid"],
    ["application/json", "[]", 422, "image/invalid"],
    ["application/json", "[1, 2]", 422, "image/invalid"],
    ["application/json", '["x", 2]', 422, "image/invalid"],
    ["application/json", '[[1], ["x"]]', 422, "image/invalid"],
    ["application/json", `{"data": [${DEEP}], "width": 1, "height": 1}`, 422, "image/invalid"],
    ["application/json", `[[1, ${DEEP}]]`, 422, "image/invalid"],
    ["application/json", DEEP, 422, "image/invalid"],
    ["application/json", '{"images": []}', 422, "image/invalid"],
    ["application/json", '{"images": 5}', 422, "image/invalid"],
    ["application/json", '{"images": [null]}', 422, "image/invalid"],
    ["application/json", '{"data": [1], "width": "1", "height": 1}', 422, "image/invalid"],
    ["application/json", '{"data": [1e9], "width": 1, "height": 1}', 422, "image/invalid"],
    ["application/json", `[${" ".repeat(1_100_000)}]`, 413, "request/too-large"],
    ["multipart/form-data", "x", 400, "request/malformed"],
    ["multipart/form-data; boundary=b", "x", 400, "request/malformed"],
    ["multipart/form-data; boundary=b", form("--b", head, "", "x"), 400, "request/malformed"],
    [
      "multipart/form-data; boundary=b",
      form("--b", "nonsense", "x", "--b--"),
      400,
      "request/malformed",
    ],
    ["multipart/form-data; boundary=b", form("--b--", ""), 400, "request/malformed"],
    [
      "multipart/form-data; boundary=b",
      form("--b", 'Content-Disposition: form-data; name="a"', "", "text", "--b--", ""),
      400,
      "request/malformed",
    ],
  ];
  await withServer({}, async ({ url }) => {
    for (const [type, body, status, code] of cases) {
      const response = await fetch(url("/classify"), {
        method: "POST",
        headers: { "content-type": type },
        body: body as BodyInit,
      });
      await assertProblem(response, status, code as never);
    }
  });
});

Deno.test("POST /classify refuses 10,000 pictures in one request, as a form and as JSON", async () => {
  const form = new FormData();
  for (let n = 0; n < 10_000; n++) form.append("file", new File(["x"], `${n}.png`));
  await withServer({}, async ({ url }) => {
    const files = await fetch(url("/classify"), { method: "POST", body: form });
    await assertProblem(files, 413, "request/too-many-images");
    const json = await fetch(url("/classify"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ images: new Array(10_000).fill([0]) }),
    });
    assertMatch(
      await assertProblem(json, 413, "request/too-many-images"),
      /found 10000 .* at most 100/,
    );
  });
});

Deno.test("POST /classify refuses a picture of too many pixels", async () => {
  await withServer({ maxPixels: 100 }, async ({ url }) => {
    const response = await fetch(url("/classify"), {
      method: "POST",
      headers: { "content-type": "image/png" },
      body: SEVEN,
    });
    await assertProblem(response, 413, "image/too-large");
  });
});

Deno.test("POST /classify fetches no URL that a request contains", async () => {
  let fetches = 0;
  const other = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    fetches++;
    return new Response(SEVEN);
  });
  const url = `http://127.0.0.1:${other.addr.port}/7.png`;
  const handler = createHandler();
  for (
    const value of [url, [url], { images: [url] }, { data: url, width: 1, height: 1 }, [[url]]]
  ) {
    const response = await handler(
      new Request("http://localhost/classify", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(value),
      }),
    );
    await assertProblem(response, 422, "image/invalid");
  }
  for (const type of ["image/png", "application/octet-stream"]) {
    const response = await handler(
      new Request("http://localhost/classify", {
        method: "POST",
        headers: { "content-type": type },
        body: url,
      }),
    );
    await assertProblem(response, 415, "image/unsupported");
  }
  await other.shutdown();
  assertEquals(fetches, 0);
});

Deno.test("POST /classify and POST /read refuse invalid queries", async () => {
  await withServer({}, async ({ url }) => {
    for (
      const path of [
        "/classify?rejct=0",
        "/classify?reject=2",
        "/classify?reject=",
        "/read?rejct=0",
        "/read?rejectLine=2",
      ]
    ) {
      const response = await fetch(url(path), {
        method: "POST",
        headers: { "content-type": "image/png" },
        body: SEVEN,
      });
      await assertProblem(response, 400, "request/malformed");
    }
  });
});

Deno.test("createHandler refuses unknown paths and methods, and names the allowed methods", async () => {
  await withServer({}, async ({ url }) => {
    for (const path of ["/nothing", "/classify/", "/constructor", "/__proto__", "/page.ts"]) {
      await assertProblem(await fetch(url(path)), 404, "request/unknown-path");
    }
    for (
      const [method, path, allow] of [
        ["GET", "/classify", "POST, OPTIONS"],
        ["DELETE", "/read", "POST, OPTIONS"],
        ["POST", "/health", "GET, HEAD, OPTIONS"],
        ["PUT", "/", "GET, HEAD, OPTIONS"],
      ]
    ) {
      const response = await fetch(url(path), { method, body: method === "GET" ? null : "x" });
      assertEquals(response.headers.get("allow"), allow);
      await assertProblem(response, 405, "request/unknown-method");
    }
    const options = await fetch(url("/classify"), { method: "OPTIONS" });
    await options.body?.cancel();
    assertEquals([options.status, options.headers.get("allow")], [204, "POST, OPTIONS"]);
  });
});

Deno.test("createHandler answers any bytes of any type with a status below 500", async () => {
  const handler = createHandler();
  const types = fc.constantFrom(
    "image/png",
    "image/gif",
    "application/octet-stream",
    "application/json",
    "multipart/form-data; boundary=b",
    "text/html",
  );
  const starts = fc.constantFrom(
    [],
    [...SEVEN.subarray(0, 60)],
    [...new TextEncoder().encode("GIF89a")],
    [...new TextEncoder().encode("--b\r\n")],
    [...new TextEncoder().encode('{"images":[[')],
  );
  await fc.assert(
    fc.asyncProperty(
      types,
      starts,
      fc.uint8Array({ maxLength: 200 }),
      async (type, start, rest) => {
        const response = await handler(
          new Request("http://localhost/classify", {
            method: "POST",
            headers: { "content-type": type },
            body: new Uint8Array([...start, ...rest]),
          }),
        );
        const { code } = await response.json();
        assertEquals(response.status >= 400 && response.status < 500, code !== undefined);
        assertEquals(response.status < 500, true, `${response.status} ${code}`);
      },
    ),
    { numRuns: 300 },
  );
});
