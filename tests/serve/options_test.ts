import { assertEquals, assertThrows } from "@std/assert";
import { LeNetError } from "../../mod.ts";
import { createHandler } from "../../src/serve/mod.ts";

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
