import { assertEquals, assertStringIncludes } from "@std/assert";
import { hasCommand } from "../data/command.ts";
import { inTemporaryFolder } from "../data/temporary_folder.ts";
import { bundleProgram } from "../runtimes/bundle_program.ts";
import { findWorkerd, withWorker } from "../runtimes/workerd.ts";
import { assertProblem } from "./assert_problem.ts";
import { until } from "./server.ts";

const SEVEN = await Deno.readFile(new URL("../../scripts/samples/7.png", import.meta.url));

const workerd = await findWorkerd();

/** Sends a server one request of every kind. */
async function assertServes(url: string): Promise<void> {
  const ask = (path: string, type: string, body: BodyInit): Promise<Response> =>
    fetch(url + path, { method: "POST", headers: { "content-type": type }, body });
  assertEquals((await (await ask("classify", "image/png", SEVEN)).json()).digit, 7);
  const large = new Uint8Array(200_000);
  large.set(SEVEN); // What follows the end of a PNG is ignored.
  assertEquals((await (await ask("classify", "image/png", large)).json()).digit, 7);
  assertEquals((await (await ask("read", "image/png", SEVEN)).json()).text, "7");
  const pixels = JSON.stringify({ images: [new Array(784).fill(0)] });
  const { results } = await (await ask("classify", "application/json", pixels)).json();
  assertEquals(results[0].reason, "no-ink");
  const form = new FormData();
  form.append("file", new File([SEVEN], "7.png"));
  const files = await fetch(`${url}classify`, { method: "POST", body: form });
  assertEquals((await files.json()).results[0].file, "7.png");
  await assertProblem(await ask("classify", "text/plain", "7"), 415, "request/unsupported-type");
  await assertProblem(await ask("classify", "image/png", "7"), 415, "image/unsupported");
  const vast = await ask("classify", "image/png", new Uint8Array(10_000_000));
  await assertProblem(vast, 413, "request/too-large");
  await assertProblem(await fetch(`${url}nothing`), 404, "request/unknown-path");
  assertStringIncludes(await (await fetch(url)).text(), "<html");
}

/** Tests a server that prints its port. */
async function withPrintedPort(command: string, script: string): Promise<void> {
  const child = new Deno.Command(command, { args: [script], stdout: "piped" }).spawn();
  let stdout = "";
  const reading = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) stdout += text;
  })();
  try {
    await until(() => stdout.includes("\n"));
    await assertServes(`http://127.0.0.1:${stdout.trim()}/`);
  } finally {
    try {
      child.kill();
    } catch {
      // The process has ended already.
    }
    await child.status;
    await reading;
  }
}

const PROGRAM = 'export { default } from "@x/lenet/serve";';

/** Adapts a fetch handler to the HTTP server of Node. */
const NODE = `
import { createServer } from "node:http";
import { Readable } from "node:stream";
import server from "./program.js";

const http = createServer(async (incoming, outgoing) => {
  const { url, method, headers } = incoming;
  const body = method === "POST" ? { body: Readable.toWeb(incoming), duplex: "half" } : {};
  const request = new Request("http://localhost" + url, { method, headers, ...body });
  const response = await server.fetch(request);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(new Uint8Array(await response.arrayBuffer()));
});
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
`;

const BUN = `
import server from "./program.js";
console.log(Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: server.fetch }).port);
`;

for (const [name, script] of [["node", NODE], ["bun", BUN]]) {
  Deno.test({
    name: `createHandler answers in ${name}`,
    ignore: !await hasCommand(name),
    fn: () =>
      inTemporaryFolder(async (folder) => {
        await bundleProgram(PROGRAM, folder);
        await Deno.writeTextFile(`${folder}/package.json`, '{"type":"module"}');
        await Deno.writeTextFile(`${folder}/server.js`, script);
        await withPrintedPort(name, `${folder}/server.js`);
      }),
  });
}

Deno.test({
  name: "createHandler answers in workerd",
  ignore: workerd === undefined,
  fn: () =>
    inTemporaryFolder(async (folder) => {
      await bundleProgram(`import "@x/lenet/workers";\n${PROGRAM}`, folder);
      await withWorker(workerd!, folder, ({ url }) => assertServes(url));
    }),
});
