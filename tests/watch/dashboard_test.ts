import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type Arguments, interruptible } from "../../src/cli/command.ts";
import { withDashboard } from "../../src/cli/train_report.ts";
import { LeNetError } from "../../src/errors.ts";
import { EventStream } from "../../src/watch/dashboard.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { withWatchedTask } from "./watched_task.ts";

/** `--dashboard --port 0`. */
const ARGUMENTS: Arguments = {
  positionals: [],
  has: (flag) => flag === "dashboard",
  text: () => undefined,
  number: () => 0,
  choice: () => undefined,
};

const SHORT = ["--synthetic", "--limit", "600", "--epochs", "2", "--backend", "wasm"];

function message(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function reader(events: EventStream): ReadableStreamDefaultReader<string> {
  return events.open().pipeThrough(new TextDecoderStream()).getReader();
}

async function text(reader: ReadableStreamDefaultReader<string>): Promise<string> {
  return (await reader.read()).value ?? "";
}

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
      withDashboard(ARGUMENTS, interrupt, async (dashboard) => {
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
  const run = (dashboard: unknown): Promise<string> => Promise.resolve(`${given.push(dashboard)}`);
  const none = { ...ARGUMENTS, has: () => false };
  await withDashboard({ ...none, number: () => undefined }, interrupt, run);
  assertEquals(given, [undefined]);
  const error = await assertRejects(
    () => withDashboard(none, interrupt, run),
    LeNetError,
    "Cannot take --port without --dashboard",
  );
  assertEquals([error.code, given.length], ["option/invalid", 1]);
});

Deno.test("EventStream tells all viewers of what happens", async () => {
  const events = new EventStream();
  const viewers = [reader(events), reader(events)];
  assertEquals(events.viewers, 2);
  events.send("step", { loss: 1 });
  for (const viewer of viewers) assertEquals(await text(viewer), message("step", { loss: 1 }));
  events.close();
  for (const viewer of viewers) assertEquals((await viewer.read()).done, true);
});

Deno.test("EventStream tells who comes late the latest of everything", async () => {
  const events = new EventStream();
  for (const step of [1, 2, 3]) events.send("step", step);
  events.send("title", "two\nlines");
  const viewer = reader(events);
  assertEquals(await text(viewer), message("step", 3) + message("title", "two\nlines"));
  events.close();
  assertEquals((await viewer.read()).done, true);
});

Deno.test("EventStream keeps nothing but the latest for who cannot keep up", async () => {
  const events = new EventStream();
  const stream = events.open();
  for (let step = 1; step <= 1000; step++) events.send("step", step);
  const viewer = stream.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals(await text(viewer), message("step", 1));
  assertEquals(await text(viewer), message("step", 1000));
  events.close();
  assertEquals((await viewer.read()).done, true);
});

Deno.test("EventStream sends what was sent last before it closes, to who is behind, too", async () => {
  const events = new EventStream();
  const stream = events.open();
  events.send("step", 1);
  events.send("state", "over");
  events.close();
  assertEquals(await new Response(stream).text(), message("step", 1) + message("state", "over"));
});

Deno.test("EventStream forgets who went away", async () => {
  const events = new EventStream();
  const stream = events.open();
  assertEquals(events.viewers, 1);
  await stream.cancel();
  assertEquals(events.viewers, 0);
  events.send("step", 1);
  events.close();
});
