import { assertEquals } from "@std/assert";
import { download, IdleTimeout, type RemoteFile } from "../../src/data/download.ts";
import { sha256 } from "../../src/data/files.ts";
import { assertRejection } from "../assert_error.ts";
import { serve, withServer } from "./local_server.ts";
import { inTemporaryFolder } from "./temporary_folder.ts";

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

Deno.test("IdleTimeout fires after silence, and gives its reason", async () => {
  const idle = new IdleTimeout(20, undefined);
  assertEquals([idle.signal.aborted, idle.reason], [false, undefined]);
  await wait(60);
  assertEquals([idle.signal.aborted, idle.reason], [true, "no data for 20 ms"]);
  idle.stop();
});

Deno.test("IdleTimeout waits as long as something is heard", async () => {
  const idle = new IdleTimeout(200, undefined);
  for (let n = 0; n < 6; n++) {
    await wait(50);
    idle.restart();
  }
  assertEquals(idle.signal.aborted, false);
  idle.stop();
});

Deno.test("IdleTimeout stopped leaves no timer behind and hears no caller", async () => {
  const controller = new AbortController();
  const idle = new IdleTimeout(10, controller.signal);
  idle.stop();
  controller.abort();
  await wait(30);
  assertEquals([idle.signal.aborted, idle.reason], [false, undefined]);
});

for (const when of ["before", "later"]) {
  Deno.test(`IdleTimeout fires for a caller that aborts ${when}, without a reason of its own`, () => {
    const controller = new AbortController();
    if (when === "before") controller.abort();
    const idle = new IdleTimeout(1000, controller.signal);
    controller.abort();
    assertEquals([idle.signal.aborted, idle.reason], [true, undefined]);
    idle.stop();
  });
}

const BYTES = Uint8Array.of(1, 2, 3);

const FILE: RemoteFile = { name: "file", bytes: BYTES.length, sha256: await sha256(BYTES) };

/** Runs a test with the URL of a server that has the file, and a folder to download it to. */
function withFile(test: (url: string, folder: string) => Promise<void>): Promise<void> {
  return withServer(
    (request) => serve(BYTES, request),
    ({ url }) => inTemporaryFolder((folder) => test(url, folder)),
  );
}

Deno.test("download accepts an idleTimeout of 1 to 2³¹ − 1 ms, and refuses others", () =>
  withFile(async (url, folder) => {
    // Downloaded before, so that no timeout can expire.
    await download(FILE, [url], folder);
    for (const idleTimeout of [1, 2 ** 31 - 1]) {
      assertEquals(await download(FILE, [url], folder, { idleTimeout }), BYTES);
    }
    for (const idleTimeout of [0, 1 - 2 ** -53, -1, NaN, Infinity, 2 ** 31 - 0.5, 2 ** 31]) {
      await assertRejection(
        () => download(FILE, [url], folder, { idleTimeout }),
        "option/invalid",
        `idleTimeout is ${idleTimeout}, expected 1 to 2147483647`,
      );
    }
  }));

Deno.test("download waits 30 s for data by default", () =>
  withFile(async (url, folder) => {
    const { setTimeout } = globalThis;
    const delays = new Set<number | undefined>();
    globalThis.setTimeout = ((act: () => void, delay?: number) => {
      delays.add(delay);
      return setTimeout(act, delay);
    }) as typeof setTimeout;
    try {
      await download(FILE, [url], folder);
    } finally {
      globalThis.setTimeout = setTimeout;
    }
    assertEquals(delays.has(30_000), true, `timers of ${[...delays].join(", ")} ms`);
  }));
