import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { LeNetError } from "../../src/errors.ts";
import { openText, openUrl, readBytes } from "../../src/image/read_bytes.ts";
import { readImage } from "../../src/image/read_image.ts";
import { assertRejection } from "../assert_error.ts";
import { toBase64 } from "./decode/base64.ts";
import { encodeBmp } from "./decode/bmp_encoder.ts";
import { DRAWING } from "./decode/gif_encoder.ts";
import { BASELINE } from "./decode/jpeg_files.ts";
import { encodePng } from "./decode/png_encoder.ts";
import { LOSSLESS, LOSSY } from "./decode/webp_files.ts";

const PNG = encodePng({ width: 1, height: 1, colourType: 0, depth: 8, samples: [7] });

const BMP = encodeBmp({ width: 1, height: 1, depth: 24, data: [255, 255, 255, 0] });

const FILES: readonly Uint8Array[] = [PNG, BASELINE, LOSSLESS, LOSSY, DRAWING, BMP];

const MOST = 10_000;

const URL_PNG = encodePng({
  width: 3,
  height: 2,
  colourType: 0,
  depth: 8,
  samples: Array(6).fill(7),
});

/** A server with the picture, a redirect, a page and an endless body. */
function serve(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    switch (new URL(request.url).pathname) {
      case "/seven.png":
        return new Response(URL_PNG);
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

/** The address of a server that was stopped. */
async function closedServer(): Promise<string> {
  await using server = serve();
  return `http://127.0.0.1:${server.addr.port}`;
}

Deno.test("openText decodes base64 and base64url of every format, padded or not, in lines or not", async () => {
  for (const file of FILES) {
    const base64 = toBase64(file);
    const forms = [
      base64,
      base64.replace(/=+$/, ""),
      base64.replaceAll("+", "-").replaceAll("/", "_"),
      base64.replace(/.{1,76}/g, "$&\r\n"),
      `\n\t ${base64} \n`,
      base64.replace(/./g, "$& "),
    ];
    for (const form of forms) assertEquals(await openText(form, MOST), new Uint8Array(file));
  }
});

Deno.test("openText decodes the same where the runtime lacks Uint8Array.fromBase64", async () => {
  const { fromBase64 } = Uint8Array;
  Reflect.deleteProperty(Uint8Array, "fromBase64");
  try {
    const base64 = toBase64(BASELINE).replace(/=+$/, "").replaceAll("/", "_");
    assertEquals(await openText(base64, MOST), new Uint8Array(BASELINE));
    await assertRejection(() => openText(`${base64}!`, MOST), "image/unreadable", "base64");
  } finally {
    Object.defineProperty(Uint8Array, "fromBase64", {
      value: fromBase64,
      writable: true,
      configurable: true,
    });
  }
});

Deno.test("openText decodes data URLs in base64 and in escapes, of any media type", async () => {
  const base64 = toBase64(PNG);
  const escaped = Array.from(PNG, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const urls = [
    `data:image/png;base64,${base64}`,
    `data:;base64,${base64}`,
    `data:text/plain;charset=utf-8;base64,${base64}`,
    `  DATA:image/png;BASE64,${base64}\n`,
    `data:image/png;base64,${encodeURIComponent(base64)}`,
    `data:image/png,${escaped}`,
    `data:,${escaped.toUpperCase()}`,
  ];
  for (const url of urls) assertEquals(await openText(url, MOST), new Uint8Array(PNG));
});

Deno.test("readBytes reads no more bytes of a text than the limit", async () => {
  const size = PNG.length;
  const base64 = toBase64(PNG);
  for (const text of [base64, `data:image/png;base64,${base64}`]) {
    assertEquals((await readBytes(text, size)).length, size);
    await assertRejection(() => readBytes(text, size - 1), "image/too-large", `${size} bytes`);
  }
  const long = "A".repeat(4000);
  await assertRejection(() => readBytes(long, 900), "image/too-large", "4000 letters");
});

Deno.test("openText rejects damaged base64 and a data URL without data", async () => {
  const base64 = toBase64(PNG);
  for (const text of [`${base64}*`, `data:image/png;base64,*${base64}`, `${base64}A====`]) {
    await assertRejection(() => openText(text, MOST), "image/unreadable", "its base64 is damaged");
  }
  const url = "data:image/png;base64";
  await assertRejection(() => openText(url, MOST), "image/unreadable", "has no comma");
});

Deno.test("openText rejects other text, and quotes only its beginning", async () => {
  const texts = [
    "",
    "7",
    "seven.png",
    "./photos/seven.png",
    "C:\\photos\\seven.png",
    "file:///etc/passwd",
    "ftp://example.com/seven.png",
    "javascript:alert(1)",
    "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "AAAAAAAAAAAAAAAAAAAAAAAA",
    "the quick brown fox jumps over the lazy dog\n".repeat(50),
  ];
  for (const text of texts) {
    const error = await assertRejects(() => openText(text, MOST), LeNetError);
    assertEquals(error.code, "image/unsupported");
    assertMatch(error.message, /^[^\n]{1,600}$/);
    assertEquals(error.message.includes(text.slice(0, 40).split("\n")[0]), true);
    assertEquals(text.length > 60 && error.message.includes(text.slice(0, 60)), false);
  }
});

Deno.test("openText does not decode long text that is not an image", async () => {
  const long = "x".repeat(3 * 32 * 1024 * 1024);
  await assertRejection(() => openText(long, 32 * 1024 * 1024), "image/unsupported", "xxx…");
});

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
  name: "readImage rejects a URL that is not a picture, and closes the connection",
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

Deno.test("openUrl names a URL that cannot be fetched, without its credentials and query", async () => {
  const { port } = new URL(await closedServer());
  const url = new URL(`http://user:password@127.0.0.1:${port}/seven.png?token=secret`);
  const error = await assertRejects(() => openUrl(url), LeNetError);
  assertEquals(error.code, "image/unreadable");
  assertEquals(error.message.includes(`"http://127.0.0.1:${port}/seven.png" cannot be`), true);
  assertEquals(/secret|password/.test(error.message), false, error.message);
  await assertRejection(
    () => readImage("http://"),
    "image/unreadable",
    "its URL cannot be fetched",
  );
});

Deno.test("readBytes reads data URLs and blob URLs", async () => {
  const data = new URL(`data:image/png;base64,${toBase64(URL_PNG)}`);
  assertEquals(await readBytes(data, 1000), new Uint8Array(URL_PNG));
  await assertRejection(() => readBytes(data, 10), "image/too-large", "expected at most 10");
  const blob = URL.createObjectURL(new Blob([URL_PNG]));
  for (const url of [new URL(blob), blob, ` ${blob}\n`]) {
    assertEquals(await readBytes(url, 1000), new Uint8Array(URL_PNG));
  }
  await assertRejection(() => readBytes(blob, 10), "image/too-large", "expected at most 10");
  URL.revokeObjectURL(blob);
  await assertRejection(
    () => readBytes(blob, 1000),
    "image/unreadable",
    `"${blob.slice(0, 40)}…" cannot be fetched`,
  );
});

Deno.test("readBytes reads file URLs, up to the limit", async () => {
  const folder = await Deno.makeTempDir();
  const url = new URL(`file://${folder}/seven.png`);
  await Deno.writeFile(url, URL_PNG);
  assertEquals(await readBytes(url, 1000), new Uint8Array(URL_PNG));
  await assertRejection(() => readBytes(url, 10), "image/too-large", "expected at most 10");
  await Deno.remove(folder, { recursive: true });
  await assertRejection(() => readBytes(url, 1000), "image/unreadable", "before its end: ENOENT");
});

Deno.test({
  name: "readBytes stops reading a file without an end",
  ignore: Deno.build.os === "windows",
  async fn() {
    const endless = new URL("file:///dev/zero");
    await assertRejection(() => readBytes(endless, 100_000), "image/too-large", "bytes or more");
  },
});

Deno.test("openUrl rejects other schemes", async () => {
  for (const url of ["ftp://example.com/7.png", "javascript:7", "about:blank", "mailto:a@b"]) {
    await assertRejection(() => openUrl(new URL(url)), "image/unsupported", "begins with");
  }
});
