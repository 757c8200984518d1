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
