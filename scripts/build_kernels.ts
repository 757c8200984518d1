import { runScript } from "./cli.ts";

/**
 * Named here, imported by a name that is computed and kept out of the lock file: Deno lays every package that it sees
 * in one of those places into the cache of whoever runs any task, and these are 100 MB.
 */
const ASSEMBLYSCRIPT = "npm:assemblyscript@0.28.20/asc";

/** As much of AssemblyScript's compiler as is used. */
interface Asc {
  readonly version: string;
  main(
    args: readonly string[],
    files: {
      readFile(name: string): string | null;
      writeFile(name: string, contents: Uint8Array | string): void;
      listFiles(): string[];
    },
  ): Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

const USAGE = `
Usage: deno task build:kernels [--check]

Compiles src/engine/simd/kernels and writes kernels.wasm and kernels.generated.ts beside that folder.

  --check   write nothing; the exit code is 1 if the files there are not what the sources give
`;

const FOLDER = new URL("../src/engine/simd/", import.meta.url);
const SOURCES = new URL("kernels/", FOLDER);

/** Our extension, which keeps the sources from being taken for TypeScript, and the one AssemblyScript looks for. */
const EXTENSION = { ours: ".as", expected: ".ts" };

const FLAGS = [
  ["-O3", "--noAssert"],
  ["--enable", "simd"],
  // Nothing is allocated, and nothing imported: a module graph that has the file in it, such as that of JSR, would look
  // for a module named `env`.
  ["--runtime", "stub"],
  ["--use", "abort="],
  ["--initialMemory", "1"],
  // Constants come before the program, see `PROGRAM_ADDRESS`.
  ["--memoryBase", "16"],
].flat();

await runScript(USAGE, { boolean: ["check"] }, async (args) => {
  const sources = await readSources();
  const { default: asc }: { default: Asc } = await import(ASSEMBLYSCRIPT);
  const wasm = await compile(asc, sources);
  const outputs = {
    "kernels.wasm": wasm,
    "kernels.generated.ts": new TextEncoder().encode(moduleText(wasm, await hash(asc, sources))),
  };
  let stale = 0;
  for (const [name, bytes] of Object.entries(outputs)) {
    const file = new URL(name, FOLDER);
    if (!args.has("check")) {
      await Deno.writeFile(file, bytes);
      console.log(`${name}: ${bytes.length} bytes`);
    } else if (!await holds(file, bytes)) {
      console.error(`${name} is not what its sources give: run deno task build:kernels`);
      stale++;
    }
  }
  return stale > 0 ? 1 : 0;
});

/** All sources by name, without their extension, in a fixed order. */
async function readSources(): Promise<Map<string, string>> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(SOURCES)) {
    if (name.endsWith(EXTENSION.ours)) names.push(name);
  }
  const sources = new Map<string, string>();
  for (const name of names.sort()) {
    const text = await Deno.readTextFile(new URL(name, SOURCES));
    sources.set(name.slice(0, -EXTENSION.ours.length), text);
  }
  return sources;
}

async function compile(
  asc: Asc,
  sources: ReadonlyMap<string, string>,
): Promise<Uint8Array<ArrayBuffer>> {
  let wasm: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [`index${EXTENSION.expected}`, ...FLAGS, "--outFile", "kernels.wasm"],
    {
      readFile: (name: string) => sources.get(name.replace(/\.ts$/, "")) ?? null,
      writeFile: (_name: string, contents: Uint8Array | string) => {
        if (typeof contents !== "string") wasm = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || wasm === undefined) {
    throw new Error(`Cannot compile the kernels:\n${stderr}`, { cause: error });
  }
  return new Uint8Array(wasm);
}

/** SHA-256 of the sources and of how they are compiled. */
async function hash(asc: Asc, sources: ReadonlyMap<string, string>): Promise<string> {
  const text = JSON.stringify([asc.version, FLAGS, ...sources]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function moduleText(wasm: Uint8Array, sha256: string): string {
  const base64 = btoa(Array.from(wasm, (byte) => String.fromCharCode(byte)).join(""));
  return `// Made by \`deno task build:kernels\` from the folder kernels. Do not edit.
// SHA-256 of the sources and flags: ${sha256}

/** \`kernels.wasm\`, in base64. */
export const KERNELS_BASE64: string =
  "${base64}";
`;
}

async function holds(file: URL, expected: Uint8Array): Promise<boolean> {
  try {
    const found = await Deno.readFile(file);
    return found.length === expected.length && found.every((byte, i) => byte === expected[i]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
