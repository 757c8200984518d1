import { assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import fc from "fast-check";
import { join } from "node:path";
import { download, type DownloadProgress, type RemoteFile } from "../../src/data/download.ts";
import { sha256 } from "../../src/data/files.ts";
import { Random } from "../../src/model/random.ts";
import { assertRejection } from "../assert_error.ts";
import { output, scriptPath } from "./command.ts";
import { type LocalServer, serve, serveInPart, withServer } from "./local_server.ts";
import { inTemporaryFolder, namesIn } from "./temporary_folder.ts";

const random = new Random(1);

const BYTES = Uint8Array.from({ length: 200_000 }, () => random.integer(256));

const FILE: RemoteFile = {
  name: "digits.gz",
  bytes: BYTES.length,
  sha256: await sha256(BYTES),
};

const PARTIAL = "digits.gz.partial";

const OTHER = BYTES.slice();

OTHER[0] ^= 1;

/** Nothing listens here: the port was free a moment ago. */
const DEAD = await (async () => {
  let url = "";
  await withServer(() => new Response(), (server) => {
    url = server.url;
    return Promise.resolve();
  });
  return url;
})();

/** A server and a folder to download to. */
function test(
  name: string,
  answer: (request: Request, n: number) => Response | Promise<Response>,
  act: (server: LocalServer, folder: string) => Promise<void>,
): void {
  Deno.test(
    `download ${name}`,
    () => withServer(answer, (server) => inTemporaryFolder((folder) => act(server, folder))),
  );
}

const whole = (request: Request): Response => serve(BYTES, request);

test("gets a file and keeps it under its name", whole, async ({ url, asked }, folder) => {
  assertEquals(await download(FILE, [url], folder), BYTES);
  assertEquals(asked, [{ path: "/digits.gz", range: null }]);
  assertEquals(await namesIn(folder), ["digits.gz"]);
  assertEquals(await Deno.readFile(join(folder, "digits.gz")), BYTES);
});

test("asks for nothing the second time", whole, async ({ url, asked }, folder) => {
  await download(FILE, [url], folder);
  assertEquals(await download(FILE, [DEAD], folder), BYTES);
  assertEquals(asked.length, 1);
});

test("makes the folder when it is missing", whole, async ({ url }, folder) => {
  const deep = join(folder, "caches", "lenet");
  assertEquals(await download(FILE, [url], deep), BYTES);
  assertEquals(await namesIn(deep), ["digits.gz"]);
});

for (const [what, stored] of [["spoilt", OTHER], ["cut off", BYTES.slice(0, 1000)]] as const) {
  test(`gets a stored file again that is ${what}`, whole, async ({ url }, folder) => {
    await Deno.writeFile(join(folder, FILE.name), stored);
    assertEquals(await download(FILE, [url], folder), BYTES);
    assertEquals(await Deno.readFile(join(folder, FILE.name)), BYTES);
  });
}

test("asks for the file's very bytes, not packed ones", (request) => {
  assertEquals(request.headers.get("Accept-Encoding"), "identity");
  return whole(request);
}, async ({ url }, folder) => {
  await download(FILE, [url], folder);
});

test(
  "tells after every piece how much is here",
  (request, n) => n === 0 ? serveInPart(BYTES, request, 70_000, "breaks off") : whole(request),
  async (
    { url },
    folder,
  ) => {
    const seen: DownloadProgress[] = [];
    await download(FILE, [url], folder, { onProgress: (progress) => void seen.push(progress) });
    let before = 0;
    for (const { file, url: from, received, total } of seen) {
      assertEquals([file, from, total], ["digits.gz", `${url}digits.gz`, BYTES.length]);
      assertGreater(received, before);
      before = received;
    }
    assertEquals(before, BYTES.length);
  },
);

test(
  "continues a broken download where it stopped",
  (request, n) => n === 0 ? serveInPart(BYTES, request, 70_000, "breaks off") : whole(request),
  async (
    { url, asked },
    folder,
  ) => {
    assertEquals(await download(FILE, [url], folder), BYTES);
    assertEquals(asked.map(({ range }) => range), [null, "bytes=70000-"]);
    assertEquals(await namesIn(folder), ["digits.gz"]);
  },
);

test("continues what an earlier run left", whole, async ({ url, asked }, folder) => {
  await Deno.writeFile(join(folder, PARTIAL), BYTES.slice(0, 123));
  assertEquals(await download(FILE, [url], folder), BYTES);
  assertEquals(asked.map(({ range }) => range), ["bytes=123-"]);
});

test("takes what an earlier run left whole", whole, async ({ url, asked }, folder) => {
  await Deno.writeFile(join(folder, PARTIAL), BYTES);
  assertEquals(await download(FILE, [url], folder), BYTES);
  assertEquals(asked, []);
  assertEquals(await namesIn(folder), ["digits.gz"]);
});

test(
  "continues from the next mirror",
  (request) =>
    request.url.includes("/first/")
      ? serveInPart(BYTES, request, request.headers.has("Range") ? 0 : 5000, "breaks off")
      : whole(request),
  async ({ url, asked }, folder) => {
    assertEquals(await download(FILE, [`${url}first/`, `${url}second/`], folder), BYTES);
    assertEquals(asked, [
      { path: "/first/digits.gz", range: null },
      { path: "/first/digits.gz", range: "bytes=5000-" },
      { path: "/second/digits.gz", range: "bytes=5000-" },
    ]);
  },
);

test(
  "gives a mirror up that breaks off again and again, and keeps what came",
  (request) => serveInPart(BYTES, request, 1000, "ends"),
  async ({ url, asked }, folder) => {
    await assertRejection(
      () => download(FILE, [url], folder),
      "data/download",
      `ended after 4000 of ${BYTES.length} bytes`,
    );
    assertEquals(asked.map(({ range }) => range), [
      null,
      "bytes=1000-",
      "bytes=2000-",
      "bytes=3000-",
    ]);
    assertEquals(await Deno.readFile(join(folder, PARTIAL)), BYTES.slice(0, 4000));
  },
);

test("starts over with a server that ignores ranges", () => new Response(BYTES), async (
  { url, asked },
  folder,
) => {
  await Deno.writeFile(join(folder, PARTIAL), OTHER.slice(0, 150_000));
  assertEquals(await download(FILE, [url], folder), BYTES);
  assertEquals(asked.length, 1);
});

test(
  "starts over with a server that answers with another range",
  (request) =>
    request.headers.has("Range")
      ? new Response(BYTES.slice(5), { status: 206, headers: { "Content-Range": "bytes 5-/*" } })
      : whole(request),
  async ({ url, asked }, folder) => {
    await Deno.writeFile(join(folder, PARTIAL), BYTES.slice(0, 123));
    assertEquals(await download(FILE, [url], folder), BYTES);
    assertEquals(asked.map(({ range }) => range), ["bytes=123-", null]);
  },
);

test("starts over when more is here than the file has", whole, async ({ url, asked }, folder) => {
  await Deno.writeFile(join(folder, PARTIAL), new Uint8Array(BYTES.length + 1));
  assertEquals(await download(FILE, [url], folder), BYTES);
  assertEquals(asked.map(({ range }) => range), [`bytes=${BYTES.length + 1}-`, null]);
});

test("cuts off what is here beyond the end of the file", () => new Response(BYTES), async (
  { url, asked },
  folder,
) => {
  await Deno.writeFile(join(folder, PARTIAL), new Uint8Array(BYTES.length + 1));
  assertEquals(await download(FILE, [url], folder), BYTES);
  assertEquals(asked.length, 1);
});

test("starts over when what was here turns out wrong", whole, async ({ url, asked }, folder) => {
  await Deno.writeFile(join(folder, PARTIAL), OTHER.slice(0, 123));
  assertEquals(await download(FILE, [url], folder), BYTES);
  assertEquals(asked.map(({ range }) => range), ["bytes=123-", null]);
});

for (
  const [what, wrong] of [
    ["other bytes", OTHER],
    ["more bytes", new Uint8Array(BYTES.length + 1)],
  ] as const
) {
  test(
    `goes to the next mirror when one gives ${what}`,
    (request) => serve(request.url.includes("/wrong/") ? wrong : BYTES, request),
    async ({ url, asked }, folder) => {
      assertEquals(await download(FILE, [`${url}wrong/`, url], folder), BYTES);
      assertEquals(asked.length, 2);
      assertEquals(await namesIn(folder), ["digits.gz"]);
    },
  );

  test(
    `refuses ${what} from everywhere, and keeps none of them`,
    (request) => serve(wrong, request),
    async ({ url, asked }, folder) => {
      await assertRejection(
        () => download(FILE, [url, `${url}too/`], folder),
        "data/checksum",
        `expected ${BYTES.length} bytes with SHA-256 ${FILE.sha256}`,
      );
      assertEquals(asked.length, 2);
      for (const name of await namesIn(folder)) {
        assertEquals((await Deno.stat(join(folder, name))).size, 0);
      }
    },
  );
}

test(
  "names what each mirror answered when none has the file",
  (request) => new Response("no", { status: request.url.includes("/shut/") ? 403 : 404 }),
  async (
    { url, asked },
    folder,
  ) => {
    await assertRejection(
      () => download(FILE, [url, `${url}shut/`, DEAD, "nowhere"], folder),
      "data/download",
      `${url}digits.gz answered 404; ${url}shut/digits.gz answered 403; ${DEAD}digits.gz cannot be reached (`,
    );
    assertEquals(asked.length, 2);
    assertEquals(await namesIn(folder), []);
  },
);

test(
  "goes past a dead mirror and one that lacks the file",
  (request) =>
    request.url.includes("/lacks/") ? new Response("no", { status: 404 }) : whole(request),
  async (
    { url },
    folder,
  ) => {
    const mirrors = [DEAD, "nowhere", `${url}lacks/`, url];
    assertEquals(await download(FILE, mirrors, folder), BYTES);
  },
);

Deno.test("download refuses to work without a mirror", async () => {
  await inTemporaryFolder((folder) =>
    assertRejection(() => download(FILE, [], folder), "data/download", "no mirror is given")
  );
});

for (const count of [0, 3000]) {
  test(
    `gives up a server that falls silent after ${count} bytes each time, and keeps those`,
    (request) => serveInPart(BYTES, request, count, "falls silent"),
    async ({ url }, folder) => {
      const started = performance.now();
      await assertRejection(
        () => download(FILE, [url], folder, { idleTimeout: 60 }),
        "data/download",
        `digits.gz broke off (no data for 60 ms) after ${4 * count} of ${BYTES.length} bytes`,
      );
      assertLess(performance.now() - started, 3000);
      assertEquals(await Deno.readFile(join(folder, PARTIAL)), BYTES.slice(0, 4 * count));
    },
  );
}

test(
  "gives up a server that never answers",
  () => new Promise<Response>((resolve) => setTimeout(() => resolve(new Response()), 200)),
  async ({ url }, folder) => {
    await assertRejection(
      () => download(FILE, [url], folder, { idleTimeout: 30 }),
      "data/download",
      "cannot be reached (no data for 30 ms)",
    );
  },
);

test(
  "bears with a slow server that is never silent for long",
  (request) =>
    new Response(
      whole(request).body!.pipeThrough(
        new TransformStream({
          async transform(chunk, controller) {
            for (let at = 0; at < chunk.length; at += 40_000) {
              await new Promise((resolve) => setTimeout(resolve, 100));
              controller.enqueue(chunk.subarray(at, at + 40_000));
            }
          },
        }),
      ),
    ),
  async ({ url, asked }, folder) => {
    assertEquals(await download(FILE, [url], folder, { idleTimeout: 350 }), BYTES);
    assertEquals(asked.length, 1);
  },
);

test("does nothing when it is aborted before", whole, async ({ url, asked }, folder) => {
  await assertRejection(
    () => download(FILE, [url], folder, { signal: AbortSignal.abort() }),
    "aborted",
    "Cannot download digits.gz: the caller aborted it",
  );
  assertEquals(asked, []);
});

test(
  "stops when it is aborted, keeps what came, and continues the next time",
  (request, n) => n === 0 ? serveInPart(BYTES, request, 70_000, "falls silent") : whole(request),
  async (
    { url, asked },
    folder,
  ) => {
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = ({ received }: DownloadProgress): void => {
      if (received === 70_000) controller.abort();
    };
    await assertRejection(
      () => download(FILE, [url, DEAD], folder, { signal, onProgress }),
      "aborted",
      "the caller aborted it",
    );
    assertEquals(await Deno.readFile(join(folder, PARTIAL)), BYTES.slice(0, 70_000));
    assertEquals(await download(FILE, [url], folder), BYTES);
    assertEquals(asked.map(({ range }) => range), [null, "bytes=70000-"]);
  },
);

test("says so when the folder cannot be made", whole, async ({ url, asked }, folder) => {
  const file = join(folder, "file");
  await Deno.writeTextFile(file, "in the way");
  for (const below of [file, join(file, "below")]) {
    await assertRejection(
      () => download(FILE, [url], below),
      "file/unwritable",
      `Cannot write ${below}: a`,
    );
  }
  assertEquals(asked, []);
});

test("says so when the file cannot take its name", whole, async ({ url }, folder) => {
  await Deno.mkdir(join(folder, FILE.name));
  await assertRejection(() => download(FILE, [url], folder), "file/unwritable", "it is a folder");
});

test(
  "lets several get the same file at once",
  (request) => serveInPart(BYTES, request, BYTES.length, "ends"),
  async ({ url }, folder) => {
    const all = await Promise.all(
      Array.from({ length: 8 }, () => download(FILE, [url], folder)),
    );
    for (const bytes of all) assertEquals(bytes, BYTES);
    assertEquals(await namesIn(folder), ["digits.gz"]);
  },
);

test("takes the file that another process gave its name meanwhile", whole, async (
  { url, asked },
  folder,
) => {
  const onProgress = ({ received, total }: DownloadProgress): void => {
    if (received === total) Deno.renameSync(join(folder, PARTIAL), join(folder, FILE.name));
  };
  assertEquals(await download(FILE, [url], folder, { onProgress }), BYTES);
  assertEquals(asked.length, 1);
});

test("asks again when what came is gone", whole, async ({ url, asked }, folder) => {
  const onProgress = ({ received, total }: DownloadProgress): void => {
    if (received === total && asked.length === 1) Deno.removeSync(join(folder, PARTIAL));
  };
  assertEquals(await download(FILE, [url], folder, { onProgress }), BYTES);
  assertEquals(asked.length, 2);
  assertEquals(await namesIn(folder), ["digits.gz"]);
});

Deno.test({
  name: "download says so when the disk is full",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const script = scriptPath("full_disk_download.ts");
    const printed = await output(Deno.execPath(), ["run", "-q", "--no-lock", "-A", script]);
    const { code, message } = JSON.parse(printed);
    assertEquals(code, "file/unwritable");
    assertMatch(message, /^Cannot write .*\/zeros\.partial: the disk is full, expected a folder/);
  },
});

Deno.test("download comes to the right bytes wherever connections break off", async () => {
  const breaks = fc.array(fc.integer({ min: 1, max: 60_000 }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(breaks, (counts) =>
      withServer(
        (request, n) =>
          n < counts.length ? serveInPart(BYTES, request, counts[n], "breaks off") : whole(request),
        ({ url, asked }) =>
          inTemporaryFolder(async (folder) => {
            assertEquals(await download(FILE, [url], folder), BYTES);
            assertEquals(asked.length, counts.length + 1);
          }),
      )),
    { numRuns: 10 },
  );
});
