import { assertEquals, assertRejects } from "@std/assert";
import * as judge from "../../../weights/judge.ts";
import { PAGE_FILES } from "../../../src/serve/page.generated.ts";
import { packedNetwork, useKernels } from "../../../src/serve/page/packed.ts";

/** Runs a test with a server that answers every request in one way, and gives the paths that were asked for. */
async function withAnswer(answer: Response, test: () => Promise<void>): Promise<string[]> {
  const { fetch } = globalThis;
  const paths: string[] = [];
  globalThis.fetch = (path) => {
    paths.push(String(path));
    return Promise.resolve(answer);
  };
  try {
    await test();
  } finally {
    globalThis.fetch = fetch;
  }
  return paths;
}

Deno.test("packedNetwork gives the module of weights that the build has packed", async () => {
  const paths = await withAnswer(new Response(PAGE_FILES["/judge.bin"].body), async () => {
    assertEquals(await packedNetwork("judge"), { ...judge });
  });
  assertEquals(paths, ["judge.bin"]);
});

Deno.test("packedNetwork says how the server answered when it has no such file", async () => {
  await withAnswer(new Response(null, { status: 404 }), async () => {
    await assertRejects(
      () => packedNetwork("judge"),
      Error,
      "Cannot load judge.bin: the server answered 404, expected 200",
    );
  });
});

Deno.test("useKernels gives the library the kernels that the build has packed", async () => {
  for (const [path, name] of [["/lenet.js", "kernels"], ["/fine_tune_worker.js", "training"]]) {
    const [packed = ""] = String(PAGE_FILES[path].body).match(/(?<=")[\w+/]{1000,}=*(?=")/g) ?? [];
    const url = new URL(`../../../src/engine/wasm/${name}.wasm`, import.meta.url);
    const compiled = await compiledBy(() => useKernels(packed));
    assertEquals(compiled, [await Deno.readFile(url)]);
  }
});

/** Runs a function, and gives the bytes that it compiles. */
async function compiledBy(run: () => Promise<void>): Promise<Uint8Array[]> {
  const { compile } = WebAssembly;
  const compiled: Uint8Array[] = [];
  WebAssembly.compile = (bytes) => {
    compiled.push(bytes as Uint8Array);
    return compile(bytes);
  };
  try {
    await run();
  } finally {
    WebAssembly.compile = compile;
  }
  return compiled;
}
