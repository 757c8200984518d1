import { assertEquals, assertThrows } from "@std/assert";
import { LeNetError } from "../../mod.ts";
import { createHandler } from "../../src/serve/mod.ts";
import type { HandlerOptions } from "../../src/serve/options.ts";

const ORIGIN = "https://example.org";

const preflight = (cors: HandlerOptions["cors"], origin = ORIGIN) =>
  createHandler(cors === undefined ? {} : { cors })(
    new Request("http://localhost/classify", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    }),
  );

Deno.test("createHandler refuses unknown and invalid options", () => {
  const wrong: [object, string][] = [
    [{ port: 1 }, "option/unknown"],
    [{ maxBytes: 0 }, "option/invalid"],
    [{ maxPixels: "5" }, "option/invalid"],
    [{ maxImages: 1.5 }, "option/invalid"],
    [{ maxRequests: -1 }, "option/invalid"],
    [{ maxWait: 0 }, "option/invalid"],
    [{ bodyTimeout: NaN }, "option/invalid"],
    [{ page: "no" }, "option/invalid"],
    [{ backend: "cuda" }, "option/invalid"],
    [{ cors: "https://example.org" }, "option/invalid"],
    [{ cors: ["example.org"] }, "option/invalid"],
    [{ cors: ["https://example.org/path"] }, "option/invalid"],
  ];
  for (const [options, code] of wrong) {
    const error = assertThrows(() => createHandler(options), LeNetError);
    assertEquals(error.code, code, JSON.stringify(options));
  }
});

Deno.test("createHandler answers 500 without details if its network cannot be loaded", async () => {
  const handler = createHandler({ weights: new Uint8Array(5) });
  const { error } = console;
  const logged: unknown[] = [];
  console.error = (...what) => logged.push(...what);
  try {
    const response = await handler(new Request("http://localhost/health"));
    const { status, code, detail } = await response.json();
    assertEquals([response.status, status, code], [500, 500, "server/failed"]);
    assertEquals(detail, "Cannot answer the request: an internal error occurred");
    assertEquals((logged[0] as LeNetError).code, "weights/malformed");
  } finally {
    console.error = error;
  }
});

Deno.test("createHandler allows no other origin by default, and none that is not listed", async () => {
  for (const cors of [undefined, [], ["https://other.example"]]) {
    const { status, headers } = await preflight(cors);
    assertEquals([status, headers.get("access-control-allow-origin")], [204, null]);
  }
});

Deno.test("createHandler answers the preflight of an allowed origin, and exposes its answers", async () => {
  for (const cors of ["*", [ORIGIN, "https://other.example"]] as const) {
    const allowed = cors === "*" ? "*" : ORIGIN;
    const { status, headers } = await preflight(cors);
    assertEquals(status, 204);
    assertEquals(headers.get("access-control-allow-origin"), allowed);
    assertEquals(headers.get("access-control-allow-methods"), "GET, HEAD, POST");
    assertEquals(headers.get("access-control-allow-headers"), "content-type");
    assertEquals(headers.get("vary"), cors === "*" ? null : "origin");
    const answer = await createHandler({ cors })(
      new Request("http://localhost/classify", { method: "POST", headers: { origin: ORIGIN } }),
    );
    assertEquals(answer.status, 415); // Problems are exposed, too.
    assertEquals(answer.headers.get("access-control-allow-origin"), allowed);
  }
});

Deno.test("createHandler varies by origin for other origins, too, so that caches keep them apart", async () => {
  const { headers } = await preflight([ORIGIN], "https://stranger.example");
  assertEquals([headers.get("access-control-allow-origin"), headers.get("vary")], [null, "origin"]);
});
