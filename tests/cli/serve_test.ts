import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { until } from "../serve/server.ts";
import { ROOT, runTask, taskCommand } from "./run_task.ts";

const SEVEN = await Deno.readFile(`${ROOT}scripts/samples/7.png`);

/** Starts a server, waits for the line that has its URL, and ends it as ctrl-C does. */
async function withProcess(
  command: Deno.Command,
  test: (url: string) => Promise<void>,
): Promise<{ code: number; said: string }> {
  const process = command.spawn();
  let said = "";
  const listening = Promise.all([process.stdout, process.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) said += text;
  }));
  try {
    await until(() => /http:\S+/.test(said));
    await test(/http:\/\/[^/\s]+/.exec(said)![0]);
  } finally {
    process.kill("SIGINT");
  }
  const { code } = await process.status;
  await listening;
  return { code, said };
}

async function assertReadsSeven(url: string): Promise<void> {
  const response = await fetch(`${url}/classify`, {
    method: "POST",
    headers: { "content-type": "image/png" },
    body: SEVEN,
  });
  assertEquals((await response.json()).digit, 7);
}

Deno.test("serve answers on any port with its options, and ends well with ctrl-C", async () => {
  const args = ["--port", "0", "--cors", "https://example.org", "--max-bytes", "1000", "--no-page"];
  const { code, said } = await withProcess(taskCommand("serve", args), async (url) => {
    const [large, page] = await Promise.all([
      fetch(`${url}/classify`, {
        method: "POST",
        headers: { "content-type": "image/png", "origin": "https://example.org" },
        body: SEVEN,
      }),
      fetch(url),
    ]);
    assertEquals((await large.json()).code, "request/too-large");
    assertEquals(large.headers.get("access-control-allow-origin"), "https://example.org");
    assertEquals((await page.json()).code, "request/unknown-path");
  });
  assertEquals(code, 0);
  assertMatch(said, /^Serving on http:\/\/127\.0\.0\.1:\d+\/, ctrl-C ends it\n$/);
});

Deno.test("serve --parallel answers with every core on one port", async () => {
  const { code, said } = await withProcess(
    taskCommand("serve", ["--port", "0", "--parallel"]),
    async (url) => {
      await Promise.all(Array.from({ length: 8 }, () => assertReadsSeven(url)));
    },
  );
  assertEquals(code, 0);
  const cores = navigator.hardwareConcurrency;
  if (cores > 1) assertStringIncludes(said, `with ${cores} cores`);
});

Deno.test("serve refuses wrong arguments with exit code 2, and unusable weights with 1", async () => {
  const wrong: [string[], number, string][] = [
    [["--port", "99999"], 2, "option/invalid"],
    [["--cors", "example.org"], 2, "option/invalid"],
    [["--verbose"], 2, "option/unknown"],
    [["folder"], 2, "option/invalid"],
    [["--weights", "nothing"], 1, "file/missing"],
  ];
  for (const [args, expected, errorCode] of wrong) {
    const { code, stdout, stderr } = await runTask("serve", ...args);
    assertEquals([code, stdout], [expected, ""], args.join(" "));
    assertMatch(stderr, new RegExp(`^error: Cannot .* \\[${errorCode}\\]\n`));
  }
});

Deno.test("src/serve/mod.ts is a whole server for deno serve, with no permission given", async () => {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["serve", "--no-prompt", "--port", "0", "--host", "127.0.0.1", "src/serve/mod.ts"],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  });
  await withProcess(command, async (url) => {
    await assertReadsSeven(url);
    const page = await fetch(url);
    assertStringIncludes(await page.text(), "<html");
    const health = await fetch(`${url}/health`);
    assertEquals((await health.json()).status, "ok");
  });
});
