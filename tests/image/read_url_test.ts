import { assertEquals, assertRejects } from "@std/assert";
import { readImage } from "../../src/image/read_image.ts";
import { readUrl } from "../../src/image/read_url.ts";
import { LeNetError } from "../../src/model/error.ts";
import { assertRejection } from "./assert_error.ts";
import { toBase64 } from "./base64.ts";
import { encodePng } from "./png_encoder.ts";

const PNG = encodePng({ width: 3, height: 2, colourType: 0, depth: 8, samples: Array(6).fill(7) });

/** A server that has the picture, and other things. */
function serve(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    switch (new URL(request.url).pathname) {
      case "/seven.png":
        return new Response(PNG);
      case "/moved":
        return new Response(null, { status: 302, headers: { location: "/seven.png" } });
      case "/page":
        return new Response("<!DOCTYPE html><title>Sign in</title>");
      case "/endless":
        return new Response(
          new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1000)) }),
        );
    }
    return new Response("no such picture", { status: 404 });
  });
}

Deno.test({
  name: "readImage fetches http URLs, as text or as URL, with redirects",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    await using server = serve();
    const root = `http://127.0.0.1:${server.addr.port}`;
    for (const path of ["/seven.png", "/moved", "/seven.png?user=me#top"]) {
      for (const url of [`${root}${path}`, ` ${root}${path}\n`, new URL(path, root)]) {
        const { width, height } = await readImage(url);
        assertEquals([width, height], [3, 2]);
      }
    }
  },
});

Deno.test({
  name: "readImage refuses what a URL gives that is no picture, and lets go of it",
  sanitizeOps: true,
  sanitizeResources: true,
  async fn() {
    await using server = serve();
    const root = `http://127.0.0.1:${server.addr.port}`;
    await assertRejection(() => readImage(`${root}/gone`), "image/unreadable", "status 404");
    await assertRejection(() => readImage(`${root}/page`), "image/unsupported", "<!DOCTYPE html>");
    await assertRejection(
      () => readImage(`${root}/endless`, { maxBytes: 5000 }),
      "image/too-large",
      "bytes or more, expected at most 5000",
    );
  },
});

Deno.test("readUrl names a URL that cannot be fetched, without its secrets", async () => {
  const { port } = new URL(await closedServer());
  const url = new URL(`http://user:password@127.0.0.1:${port}/seven.png?token=secret`);
  const error = await assertRejects(() => readUrl(url, 1000), LeNetError);
  assertEquals(error.code, "image/unreadable");
  assertEquals(error.message.includes(`"http://127.0.0.1:${port}/seven.png" cannot be`), true);
  assertEquals(/secret|password/.test(error.message), false, error.message);
  await assertRejection(
    () => readImage("http://"),
    "image/unreadable",
    "its URL cannot be fetched",
  );
});

/** Where nobody listens any more. */
async function closedServer(): Promise<string> {
  await using server = serve();
  return `http://127.0.0.1:${server.addr.port}`;
}

Deno.test("readUrl reads data URLs and blob URLs", async () => {
  const data = new URL(`data:image/png;base64,${toBase64(PNG)}`);
  assertEquals(await readUrl(data, 1000), new Uint8Array(PNG));
  await assertRejection(() => readUrl(data, 10), "image/too-large", "expected at most 10");
  const blob = URL.createObjectURL(new Blob([PNG]));
  assertEquals(await readUrl(new URL(blob), 1000), new Uint8Array(PNG));
  URL.revokeObjectURL(blob);
});

Deno.test("readUrl opens file URLs, up to the limit", async () => {
  const folder = await Deno.makeTempDir();
  const url = new URL(`file://${folder}/seven.png`);
  await Deno.writeFile(url, PNG);
  assertEquals(await readUrl(url, 1000), new Uint8Array(PNG));
  await assertRejection(() => readUrl(url, 10), "image/too-large", "expected at most 10");
  await Deno.remove(folder, { recursive: true });
  await assertRejection(() => readUrl(url, 1000), "image/unreadable", "before its end: ENOENT");
});

Deno.test({
  name: "readUrl does not read a file to its end that has none",
  ignore: Deno.build.os === "windows",
  async fn() {
    const endless = new URL("file:///dev/zero");
    await assertRejection(() => readUrl(endless, 100_000), "image/too-large", "bytes or more");
  },
});

Deno.test("readUrl refuses other schemes", async () => {
  for (const url of ["ftp://example.com/7.png", "javascript:7", "about:blank", "mailto:a@b"]) {
    await assertRejection(() => readUrl(new URL(url), 1000), "image/unsupported", "begins with");
  }
});
