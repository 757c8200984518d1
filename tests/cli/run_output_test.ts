import {
  assertEquals,
  assertGreater,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { interruptible } from "../../src/cli/command.ts";
import { claimOutput, claimReport, withDashboard } from "../../src/cli/run_output.ts";
import { LeNetError } from "../../src/errors.ts";
import { inTemporaryFolder, namesIn } from "../data/temporary_folder.ts";
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

Deno.test("claimOutput refuses a file that is claimed, by any of its names, and names the process", async () => {
  await inTemporaryFolder(async (folder) => {
    const out = `${folder}/net`;
    await Deno.writeTextFile(out, "old");
    await Deno.symlink(out, `${folder}/link`);
    {
      using _claim = await claimOutput(out);
      for (const name of [out, `${folder}/../${folder.split("/").at(-1)}/net`, `${folder}/link`]) {
        const error = await assertRejects(() => claimOutput(name), LeNetError);
        assertEquals(error.code, "file/unwritable");
        assertStringIncludes(error.message, `process ${Deno.pid} is training for it`);
      }
      using _other = await claimOutput(`${folder}/other`);
      assertEquals(await namesIn(folder), ["link", "net", "net.lock", "other.lock"]);
    }
    using _again = await claimOutput(out);
    assertEquals(await Deno.readTextFile(out), "old");
  });
});

Deno.test("claimOutput takes over the lock file of a killed process, and leaves none", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/net.lock`, "123456789");
    {
      using _claim = await claimOutput(`${folder}/net`);
      assertEquals(await Deno.readTextFile(`${folder}/net.lock`), String(Deno.pid));
    }
    assertEquals(await namesIn(folder), []);
  });
});

Deno.test("claimOutput gives one of many that claim at once the file, however often it changes hands", async () => {
  await inTemporaryFolder(async (folder) => {
    let [owners, claims] = [0, 0];
    const compete = async (): Promise<void> => {
      for (let n = 0; n < 50; n++) {
        try {
          using _claim = await claimOutput(`${folder}/net`);
          claims++;
          assertEquals(++owners, 1);
          await new Promise((resolve) => setTimeout(resolve));
          owners--;
        } catch (error) {
          if (!(error instanceof LeNetError)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, compete));
    assertGreater(claims, 1);
    assertEquals(await namesIn(folder), []);
  });
});

Deno.test("claimOutput removes the temporary files of killed runs, and nothing else", async () => {
  await inTemporaryFolder(async (folder) => {
    const id = crypto.randomUUID();
    const left = [`net.${id}.tmp`, `net.checkpoint.${id}.tmp`];
    const kept = ["net.checkpoint", "net.tmp", `net2.${id}.tmp`, `other.${id}.tmp`];
    for (const name of [...left, ...kept]) await Deno.writeTextFile(`${folder}/${name}`, "");
    using _claim = await claimOutput(`${folder}/net`, [`${folder}/net.checkpoint`]);
    assertEquals(await namesIn(folder), [...kept, "net.lock"].sort());
  });
});

Deno.test("claimOutput refuses what cannot be written, and leaves nothing behind", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/file`, "");
    await Deno.mkdir(`${folder}/closed`, { mode: 0o500 });
    const wrong = [
      [`${folder}/no/net`, "its folder does not exist"],
      [`${folder}/file/net`, "a part of its path is not a folder"],
      [folder, "it is a folder"],
      // Permissions do not hold for root.
      ...Deno.uid() === 0 ? [] : [[`${folder}/closed/net`, "permission is denied"]],
    ];
    for (const [path, problem] of wrong) {
      const error = await assertRejects(() => claimOutput(path), LeNetError, problem);
      assertEquals(error.code, "file/unwritable");
    }
    assertEquals(await namesIn(folder), ["closed", "file"]);
  });
});

Deno.test("claimOutput leaves a file alone that is named like its lock and is none", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/deno.lock`, "{}");
    const error = await assertRejects(() => claimOutput(`${folder}/deno`), LeNetError);
    assertEquals(error.code, "file/unwritable");
    assertStringIncludes(error.message, "deno.lock is no lock of a training");
    assertEquals(await Deno.readTextFile(`${folder}/deno.lock`), "{}");
    // What a killed run has left is one.
    await Deno.writeTextFile(`${folder}/net.lock`, "123");
    (await claimOutput(`${folder}/net`))[Symbol.dispose]();
  });
});

Deno.test("claimOutput follows a link to a file that does not exist yet", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.symlink("net", `${folder}/link`);
    using _claim = await claimOutput(`${folder}/link`);
    assertEquals(await namesIn(folder), ["link", "net.lock"]);
    await assertRejects(() => claimOutput(`${folder}/net`), LeNetError, "is training for it");
    await Deno.symlink("circle", `${folder}/circle`);
    await assertRejects(() => claimOutput(`${folder}/circle`), LeNetError, "lead in a circle");
  });
});

Deno.test("claimOutput refuses a folder at the place of any file of the run, and names it", async () => {
  await inTemporaryFolder(async (folder) => {
    const refused = async (name: string, message: string): Promise<void> => {
      await Deno.mkdir(`${folder}/${name}`);
      const error = await assertRejects(
        () => claimOutput(`${folder}/net`, [`${folder}/net.checkpoint`]),
        LeNetError,
      );
      assertEquals([error.code, error.message], ["file/unwritable", message]);
      await Deno.remove(`${folder}/${name}`);
      assertEquals(await namesIn(folder), []);
    };
    await refused(
      "net.checkpoint",
      `Cannot write ${folder}/net.checkpoint: it is a folder, expected the path of a file`,
    );
    await refused(
      "net.lock",
      `Cannot write ${folder}/net: its lock ${folder}/net.lock is a folder, ` +
        "expected a file or nothing there",
    );
  });
});

Deno.test("claimOutput refuses a file that another run writes beside its own", async () => {
  await inTemporaryFolder(async (folder) => {
    using _claim = await claimOutput(`${folder}/net`, [`${folder}/net.checkpoint`]);
    for (const name of ["net.checkpoint", "net.history.json", "net.lock"]) {
      const error = await assertRejects(() => claimOutput(`${folder}/${name}`), LeNetError);
      assertEquals(error.code, "file/unwritable");
      assertStringIncludes(error.message, `${name}: process ${Deno.pid} is training for it`);
    }
    using _own = await claimOutput(`${folder}/other`);
    const beside = [`${folder}/other`];
    await assertRejects(() => claimOutput(`${folder}/third`, beside), LeNetError, "is training");
    assertEquals(await namesIn(folder), ["net.lock", "other.lock"]);
  });
});

Deno.test("claimReport refuses a report that is, or whose history is, a file of the network", async () => {
  await inTemporaryFolder(async (folder) => {
    const name = folder.split("/").at(-1);
    await Deno.symlink("net", `${folder}/link`);
    const claim = async (out: string, report: string): Promise<string> => {
      using claim = await claimOutput(`${folder}/${out}`, [`${folder}/${out}.checkpoint`]);
      const refused = () => claimReport(`${folder}/${report}`, claim);
      const error = await assertRejects(refused, LeNetError);
      assertEquals(error.code, "file/unwritable");
      return error.message;
    };
    for (const report of ["net", "link", `../${name}/net`]) {
      assertEquals(
        await claim("net", report),
        `Cannot write ${folder}/${report}: --out and --report are the same file, expected two files`,
      );
    }
    const both = "it would be written for --out and for --report, expected";
    for (const ending of [".checkpoint", ".lock"]) {
      assertStringIncludes(await claim("net", `net${ending}`), `net${ending}: ${both}`);
    }
    assertStringIncludes(
      await claim("page.history.json", "page"),
      `page.history.json: ${both}`,
    );
    assertEquals(await namesIn(folder), ["link"]);
  });
});

Deno.test("claimReport removes the temporary files of killed runs, and refuses a folder for a history", async () => {
  await inTemporaryFolder(async (folder) => {
    const id = crypto.randomUUID();
    for (const left of ["page", "page.history.json"]) {
      await Deno.writeTextFile(`${folder}/${left}.${id}.tmp`, "");
    }
    using claim = await claimOutput(`${folder}/net`);
    {
      using _report = await claimReport(`${folder}/page`, claim);
      assertEquals(await namesIn(folder), ["net.lock", "page.lock"]);
    }
    await Deno.mkdir(`${folder}/page.history.json`);
    await assertRejects(
      () => claimReport(`${folder}/page`, claim),
      LeNetError,
      "page.history.json: it is a folder",
    );
  });
});
