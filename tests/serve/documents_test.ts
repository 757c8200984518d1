import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createHandler } from "../../src/serve/mod.ts";
import { PAGE_FILES } from "../../src/serve/page.generated.ts";

const handler = createHandler();

const ask = (path: string, init?: RequestInit) =>
  handler(new Request(`http://localhost${path}`, init));

Deno.test("GET / returns the page and its files, with entity tags to revalidate them", async () => {
  for (const [path, { type, body }] of Object.entries(PAGE_FILES)) {
    const response = await ask(path);
    assertEquals([response.status, response.headers.get("content-type")], [200, type]);
    const expected = typeof body === "string" ? new TextEncoder().encode(body) : body;
    assertEquals((await response.bytes()).length, expected.length);
    const etag = response.headers.get("etag") ?? "";
    assertMatch(etag, /^"[0-9a-f]{16}"$/);
    assertEquals(response.headers.get("cache-control"), "no-cache");
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await ask(path, { headers: { "if-none-match": known } });
      assertEquals([again.status, again.body, again.headers.get("etag")], [304, null, etag]);
    }
    const changed = await ask(path, { headers: { "if-none-match": '"other"' } });
    assertEquals(changed.status, 200);
    await changed.body?.cancel();
  }
});

Deno.test("GET / forbids the page to load anything from other servers", async () => {
  const { headers, body } = await ask("/");
  await body?.cancel();
  const policy = headers.get("content-security-policy") ?? "";
  assertStringIncludes(policy, "default-src 'none'");
  assertEquals(/https?:|\*|'unsafe-eval'/.test(policy), false);
  assertEquals(headers.get("x-content-type-options"), "nosniff");
});

Deno.test("GET / is not found if the option page is false", async () => {
  const response = await createHandler({ page: false })(new Request("http://localhost/"));
  assertEquals(response.status, 404);
});

Deno.test("HEAD returns the headers of GET and no body", async () => {
  for (const path of ["/", "/health", "/openapi.json"]) {
    const [get, head] = [await ask(path), await ask(path, { method: "HEAD" })];
    assertEquals([head.status, head.body], [200, null]);
    assertEquals([...head.headers], [...get.headers]);
    await get.body?.cancel();
  }
});

Deno.test("GET /health reports the loaded network and the number of requests", async () => {
  const response = await ask("/health");
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertEquals(await response.json(), {
    status: "ok",
    network: "lenet5",
    classNames: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    backend: "wasm",
    requests: 0,
  });
});

interface Schema {
  readonly $ref?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

Deno.test("GET /openapi.json describes the paths, methods, media types and answers of the server", async () => {
  const { openapi, paths, components: { schemas } } = await (await ask("/openapi.json")).json();
  assertEquals(openapi, "3.1.0");
  assertEquals(Object.keys(paths), ["/classify", "/read", "/health"]);
  const png = await Deno.readFile(new URL("../../scripts/samples/7.png", import.meta.url));
  for (const [path, methods] of Object.entries<Record<string, never>>(paths)) {
    for (const [method, { requestBody, responses }] of Object.entries<never>(methods)) {
      const types = Object.keys((requestBody as { content: object } | undefined)?.content ?? {});
      for (const type of types.filter((type) => type.startsWith("image/"))) {
        const response = await ask(path, {
          method: method.toUpperCase(),
          headers: { "content-type": type },
          body: png,
        });
        assertEquals(response.status, 200);
        await response.body?.cancel();
      }
      const response = await ask(path, {
        method: method.toUpperCase(),
        ...types.length > 0 && { headers: { "content-type": types[0] }, body: png },
      });
      const { schema } = responses[200]["content"]["application/json"] as {
        schema: Schema & { oneOf?: Schema[] };
      };
      const name = (schema.$ref ?? schema.oneOf?.[0].$ref ?? "").split("/").at(-1) as string;
      assertEquals(Object.keys(await response.json()).sort(), [...schemas[name].required].sort());
    }
  }
  const problem = await (await ask("/nothing")).json();
  assertEquals(Object.keys(problem), schemas.Problem.required);
  for (const reference of JSON.stringify(paths).matchAll(/#\/components\/schemas\/(\w+)/g)) {
    assertEquals(reference[1] in schemas, true, reference[1]);
  }
});

interface Documented {
  readonly post?: { readonly parameters: readonly { readonly name: string }[] };
}

Deno.test("GET /openapi.json lists the parameters of /classify and of /read, and no others are taken", async () => {
  const { paths } = await (await ask("/openapi.json")).json();
  const values: Readonly<Record<string, string>> = { length: "1-3", pattern: "\\d" };
  const listed = Object.entries<Documented>(paths).flatMap(([path, { post }]) =>
    (post?.parameters ?? []).map(({ name }) => `${path}?${name}`)
  );
  assertEquals(listed, [
    "/classify?reject",
    "/read?length",
    "/read?pattern",
    "/read?reject",
    "/read?rejectLine",
  ]);
  const body = JSON.stringify(new Array(784).fill(0));
  const statusOf = async (query: string): Promise<number> => {
    const headers = { "content-type": "application/json" };
    const response = await ask(query, { method: "POST", headers, body });
    await response.body?.cancel();
    return response.status;
  };
  for (const query of listed) {
    const [, name] = query.split("?");
    assertEquals([query, await statusOf(`${query}=${values[name] ?? 0.5}`)], [query, 200]);
  }
  assertEquals(await statusOf("/classify?length=1"), 400);
});
