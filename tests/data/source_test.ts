import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readIdx } from "../../src/data/idx.ts";
import { readSource, type Source, sourceName } from "../../src/data/files.ts";
import { assertRejection } from "../assert_error.ts";
import { gzip, idxFile } from "./idx_file.ts";
import { serve, serveInPart, withServer } from "./local_server.ts";
import { inTemporaryFolder } from "./temporary_folder.ts";

const FILE = idxFile([2, 1, 2], [1, 2, 3, 4]);

Deno.test("readSource gives bytes in the hand back without copying them", async () => {
  assertEquals(await readSource(FILE) === FILE, true);
  const part = FILE.subarray(3, 5);
  assertEquals(await readSource(part) === part, true);
  assertEquals((await readSource(FILE.buffer)).buffer === FILE.buffer, true);
});

Deno.test("readIdx reads bytes, a path and a URL, plain and packed", async () => {
  const expected = { shape: [2, 1, 2], data: Uint8Array.of(1, 2, 3, 4) };
  const check = async (source: Source): Promise<void> => {
    const { shape, data } = await readIdx(source);
    assertEquals({ shape, data: data.slice() }, expected);
  };
  for (const bytes of [FILE, gzip(FILE)]) {
    await check(bytes);
    await check(bytes.buffer);
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, "a file with 100% ümlauts#?");
      await Deno.writeFile(path, bytes);
      await check(path);
      await check(pathToFileURL(path));
      await check(pathToFileURL(path).href);
    });
    await withServer((request) => serve(bytes, request), async ({ url, asked }) => {
      await check(`${url}images?v=1`);
      await check(new URL("images", url));
      assertEquals(asked.length, 2);
    });
  }
});

Deno.test("readIdx names the source in what it throws", async () => {
  const broken = FILE.slice(1);
  await assertRejection(
    () => readIdx(broken),
    "data/malformed",
    "Cannot read the given bytes as IDX",
  );
  await withServer(
    (request) => serve(broken, request),
    ({ url }) => assertRejection(() => readIdx(url), "data/malformed", `Cannot read ${url} as IDX`),
  );
});

Deno.test("sourceName is the path or URL", () => {
  assertEquals(sourceName("images"), "images");
  assertEquals(sourceName(new URL("http://x/y")), "http://x/y");
  assertEquals(sourceName(FILE.buffer), "the given bytes");
});

Deno.test("readSource says so when a file is missing, a folder, or behind a file", async () => {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, "nothing");
    const missing = `Cannot read ${path}: it does not exist`;
    await assertRejection(() => readSource(path), "file/missing", missing);
    await assertRejection(
      () => readSource(pathToFileURL(path)),
      "file/missing",
      "it does not exist",
    );
    await assertRejection(() => readSource(folder), "file/unreadable", "it is a folder");
    await Deno.writeFile(path, FILE);
    await assertRejection(
      () => readSource(join(path, "below")),
      "file/missing",
      "a part of its path is not a folder",
    );
  });
});

Deno.test("readSource refuses what is no source", async () => {
  for (const wrong of [null, undefined, 5, true, [1, 2], {}]) {
    await assertRejection(
      () => readSource(wrong as unknown as Source),
      "option/invalid",
      `found ${typeof wrong}, expected bytes, a path or a URL`,
    );
  }
  for (const url of ["data:,x", "ftp://x/y", new URL("blob:x")]) {
    await assertRejection(
      () => readSource(url),
      "option/invalid",
      "expected file:, http: or https:",
    );
  }
  for (const url of ["file://host/images", "file:///a%2Fb", "a\0b"]) {
    await assertRejection(() => readSource(url), "file/unreadable", "Cannot read ");
  }
});

Deno.test("readSource takes a drive letter for a path", async () => {
  await assertRejection(() => readSource("C:\\nothing"), "file/missing", "Cannot read C:\\nothing");
});

Deno.test("readSource says what a server answered", async () => {
  await withServer(
    () => new Response("no", { status: 404 }),
    ({ url }) => assertRejection(() => readSource(url), "data/download", "the server answered 404"),
  );
});

Deno.test("readSource says so when the connection breaks off or there is no server", async () => {
  let dead = "";
  await withServer((request) => serveInPart(FILE, request, 5, "breaks off"), async ({ url }) => {
    await assertRejection(() => readSource(url), "data/download", `Cannot read ${url}: `);
    dead = url;
  });
  await assertRejection(() => readSource(dead), "data/download", `Cannot read ${dead}: `);
});

Deno.test("readSource stops when it is aborted", async () => {
  await assertRejection(
    () => readSource(FILE, { signal: AbortSignal.abort() }),
    "aborted",
    "Cannot read the given bytes: the caller aborted it",
  );
  const controller = new AbortController();
  await withServer((request) => {
    setTimeout(() => controller.abort(), 20);
    return serveInPart(FILE, request, 5, "falls silent");
  }, ({ url }) =>
    assertRejection(
      () => readIdx(url, { signal: controller.signal }),
      "aborted",
      `Cannot read ${url}: the caller aborted it`,
    ));
});

Deno.test("readIdx refuses an option that it does not know", async () => {
  await assertRejection(
    () => readIdx(FILE, { limit: 3 } as { signal?: AbortSignal }),
    "option/unknown",
    "Cannot read IDX: there is no option limit, expected signal",
  );
});
