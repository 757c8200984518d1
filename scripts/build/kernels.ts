import { runCommand } from "../../src/cli/command.ts";

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

/** The folders of sources, each with the one beside it whose sources it imports. */
const FOLDERS: Readonly<Record<string, string | undefined>> = {
  kernels: undefined,
  training: "kernels",
};

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

await runCommand({
  name: "build:kernels",
  summary: "Compiles the kernels in src/engine/wasm.",
  details:
    "Writes beside each folder of sources the .wasm file, which Workers import, and a module with the same bytes.",
  flags: {
    check: {
      kind: "boolean",
      help: "write nothing; the exit code is 1 if the files do not match their sources",
    },
  },
  run: ({ flags }) => build(flags.check),
});

async function build(isCheck: boolean): Promise<number> {
  const { default: asc }: { default: Asc } = await import(ASSEMBLYSCRIPT);
  let stale = 0;
  for (const [name, shared] of Object.entries(FOLDERS)) {
    const folder = new URL(`../../src/engine/wasm/${name}/`, import.meta.url);
    const sources = new Map([
      ...shared === undefined ? [] : await readSources(folder, shared),
      ...await readSources(folder),
    ]);
    const wasm = await compile(asc, sources);
    const text = moduleText(wasm, name, await hash(asc, sources));
    const files = {
      [`${name}.wasm`]: wasm,
      [`${name}.generated.ts`]: new TextEncoder().encode(text),
    };
    for (const [path, bytes] of Object.entries(files)) {
      const file = new URL(`../${path}`, folder);
      if (!isCheck) {
        await Deno.writeFile(file, bytes);
        console.log(`${path}: ${bytes.length} bytes`);
      } else if (!await holds(file, bytes)) {
        console.error(`${path} is not what its sources give: run deno task build:kernels`);
        stale++;
      }
    }
  }
  return stale > 0 ? 1 : 0;
}

/**
 * All sources of a folder by name, without their extension, in a fixed order: those of the given folder, or of one beside
 * it by the names under which they are imported.
 */
async function readSources(from: URL, beside?: string): Promise<Map<string, string>> {
  const path = beside === undefined ? "" : `../${beside}/`;
  const folder = new URL(path, from);
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(EXTENSION.ours)) names.push(name);
  }
  const sources = new Map<string, string>();
  for (const name of names.sort()) {
    const text = await Deno.readTextFile(new URL(name, folder));
    sources.set(path + name.slice(0, -EXTENSION.ours.length), text);
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

function moduleText(wasm: Uint8Array, folder: string, sha256: string): string {
  const base64 = btoa(Array.from(wasm, (byte) => String.fromCharCode(byte)).join(""));
  return `// Made by \`deno task build:kernels\` from the folder ${folder}. Do not edit.
// SHA-256 of the sources and flags: ${sha256}

/** The compiled kernels, in base64. */
export const ${folder.toUpperCase()}_BASE64: string =
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
