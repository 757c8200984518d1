import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { interruptible } from "../../src/cli/command.ts";
import { withDashboard } from "../../src/cli/run_output.ts";
import { LeNetError } from "../../src/errors.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { withWatchedTask } from "../watch/watched_task.ts";

const SHORT = ["--synthetic", "--limit", "600", "--epochs", "2", "--backend", "wasm"];

Deno.test("withDashboard says that a port is in use, and takes the next", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  try {
    await inTemporaryFolder((folder) =>
      withWatchedTask("train", [
        ...SHORT,
        "--port",
        String(port),
        "--out",
        `${folder}/net.safetensors`,
      ], async ({ url, said, process }) => {
        assertStringIncludes(said, `port ${port} is in use`);
        assertNotEquals(new URL(url).port, String(port));
        assertEquals((await process.status).code, 0);
      })
    );
  } finally {
    taken.close();
  }
});

Deno.test("withDashboard changes nothing about the network", async () => {
  await inTemporaryFolder(async (folder) => {
    for (const name of ["watched", "looked-at"]) {
      const out = ["--out", `${folder}/${name}`];
      await withWatchedTask("train", [...SHORT, ...out], async ({ url, process }) => {
        const response = name === "looked-at" ? await fetch(`${url}/events`) : undefined;
        const events = await response?.text();
        if (events !== undefined) assertMatch(events, /event: confusion\n/);
        assertEquals((await process.status).code, 0);
      });
    }
    assertEquals(
      await Deno.readFile(`${folder}/watched`),
      await Deno.readFile(`${folder}/looked-at`),
    );
  });
});

Deno.test("withDashboard lets a process end whose viewers do not leave", async () => {
  await inTemporaryFolder((folder) =>
    withWatchedTask(
      "train",
      [...SHORT, "--out", `${folder}/net.safetensors`],
      async ({ url, process }) => {
        const { hostname, port } = new URL(url);
        const connections = await Promise.all(["", "events"].map(async (path) => {
          const connection = await Deno.connect({ hostname, port: Number(port) });
          const request = `GET /${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n\r\n`;
          await connection.write(new TextEncoder().encode(request));
          return connection;
        }));
        assertEquals((await process.status).code, 0);
        for (const connection of connections) connection.close();
      },
    )
  );
});

Deno.test("withDashboard tells viewers what went wrong, and takes nothing back", async () => {
  using interrupt = interruptible();
  const wrong = new LeNetError("train/diverged", "Cannot go on training: the loss is NaN");
  const events = Promise.withResolvers<Response>();
  const error = await assertRejects(
    () =>
      withDashboard({ dashboard: true, port: 0 }, interrupt, async (dashboard) => {
        events.resolve(await fetch(`${dashboard!.url}/events`));
        throw wrong;
      }),
    LeNetError,
  );
  assertEquals(error, wrong);
  const told = await (await events.promise).text();
  assertStringIncludes(told, JSON.stringify({ state: "over", message: wrong.message }));
});

Deno.test("withDashboard serves nothing unless it is asked to", async () => {
  using interrupt = interruptible();
  const given: unknown[] = [];
  await withDashboard({ dashboard: false, port: undefined }, interrupt, (dashboard) => {
    given.push(dashboard);
    return Promise.resolve("done");
  });
  assertEquals(given, [undefined]);
});
