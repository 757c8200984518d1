import { assertEquals } from "@std/assert";
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

Deno.test("createHandler lets pages from elsewhere ask only when it is told to", async () => {
  for (const cors of [undefined, [], ["https://other.example"]]) {
    const { status, headers } = await preflight(cors);
    assertEquals([status, headers.get("access-control-allow-origin")], [204, null]);
  }
});

Deno.test("createHandler answers the preflight of a page that may ask, and lets it see the answer", async () => {
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
    assertEquals(answer.status, 415); // A problem can be read, too.
    assertEquals(answer.headers.get("access-control-allow-origin"), allowed);
  }
});

Deno.test("createHandler varies by origin even for those who may not ask, so that caches keep them apart", async () => {
  const { headers } = await preflight([ORIGIN], "https://stranger.example");
  assertEquals([headers.get("access-control-allow-origin"), headers.get("vary")], [null, "origin"]);
});
