import { assertEquals, assertStringIncludes } from "@std/assert";
import { inEmptyProject } from "../package/empty_project.ts";
import { LocalRegistry } from "../package/local_registry.ts";
import { publishPackages } from "../package/publish_packages.ts";
import { until } from "./server.ts";

const SEVEN = await Deno.readFile(new URL("../../scripts/samples/7.png", import.meta.url));

/** Runs `deno serve` in an empty folder, with an empty cache and the default permissions. */
async function withDenoServe(
  entry: string,
  main: string,
  registry: LocalRegistry,
  test: (url: string) => Promise<void>,
): Promise<void> {
  await inEmptyProject(main, async ({ folder, cache }) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["serve", "--no-prompt", "--host", "127.0.0.1", "--port", "0", entry],
      cwd: folder,
      env: { DENO_DIR: cache, JSR_URL: registry.url, NO_COLOR: "1" },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let stderr = "";
    const reading = (async () => {
      for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) stderr += text;
    })();
    try {
      await until(() => /listening on http\S+/i.test(stderr));
      await test(/http:\/\/[^/\s]+/i.exec(stderr.slice(stderr.search(/listening/i)))![0]);
    } catch (error) {
      throw new Error(`The server printed: ${stderr}`, { cause: error });
    } finally {
      child.kill();
      await child.status;
      await reading;
    }
  });
}

async function assertReadsSeven(url: string, headers: HeadersInit = {}): Promise<Response> {
  const response = await fetch(`${url}/classify`, {
    method: "POST",
    headers: { "content-type": "image/png", ...headers },
    body: SEVEN,
  });
  assertEquals((await response.json()).digit, 7);
  return response;
}

Deno.test("@x/lenet/serve runs from the registry: by its name, and by an entry of one line", async () => {
  await using registry = new LocalRegistry();
  await publishPackages(registry);
  await withDenoServe("jsr:@x/lenet/serve", "", registry, async (url) => {
    await assertReadsSeven(url);
    assertStringIncludes(await (await fetch(url)).text(), "<html");
  });
  const plain = 'export { default } from "jsr:@x/lenet/serve";\n';
  await withDenoServe("main.ts", plain, registry, async (url) => void await assertReadsSeven(url));
  const own = `import { createHandler } from "jsr:@x/lenet/serve";
export default { fetch: createHandler({ cors: "*", page: false }) };
`;
  await withDenoServe("main.ts", own, registry, async (url) => {
    const { headers } = await assertReadsSeven(url, { origin: "https://example.org" });
    assertEquals(headers.get("access-control-allow-origin"), "*");
    assertEquals((await (await fetch(url)).json()).code, "request/unknown-path");
  });
});
