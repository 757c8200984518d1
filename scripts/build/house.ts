import { fileURLToPath } from "node:url";

/** One file of the checkout. */
export interface SourceFile {
  /** Path from the root of the checkout, such as `src/model/zoo.ts`. */
  readonly path: string;
  readonly lines: number;
  /** Its text without comments. */
  readonly code: string;
  /** Whether a command of the project writes it. */
  readonly generated: boolean;
  /** Whether `deno publish` uploads it. */
  readonly published: boolean;
}

/** One import of one file by another. */
export interface Import {
  readonly from: string;
  /** Path from the root of the checkout, or a specifier such as `npm:fast-png@8.0.0` or `node:path`. */
  readonly to: string;
  /** `type` is erased, `static` loads with the importer, `lazy` is a literal `import()`. */
  readonly kind: "type" | "static" | "lazy";
}

/** The files of the checkout and their imports, as plain data; `architecture.ts` checks them against the rules. */
export interface House {
  readonly files: readonly SourceFile[];
  readonly imports: readonly Import[];
}

/** The root of the checkout. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** Folders whose files are measured. */
const FOLDERS = ["src", "scripts"] as const;

/** Files whose lines are counted. */
const TEXT = /\.(ts|js|css|html|as)$/;

interface GraphModule {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier: string };
    readonly type?: { readonly specifier: string };
    readonly isDynamic?: boolean;
  }[];
}

/**
 * Reads the files of the checkout and what they import, as Deno's own parser sees it.
 *
 * @returns The files of `src` and `scripts` and `mod.ts`, and the imports of all that are TypeScript.
 */
export async function readHouse(): Promise<House> {
  const paths = ["mod.ts"];
  for (const folder of FOLDERS) await collect(folder, paths);
  const { publish } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const within = (path: string, list: readonly string[]): boolean =>
    list.some((entry) => path === entry || path.startsWith(`${entry}/`));
  const files = await Promise.all(
    paths.sort().map(async (path): Promise<SourceFile> => {
      const text = TEXT.test(path) ? await Deno.readTextFile(new URL(path, ROOT)) : "";
      return {
        path,
        lines: text.split("\n").length - 1,
        code: withoutComments(text),
        generated: path.includes(".generated.") || path.endsWith(".wasm"),
        published: within(path, publish.include) && !within(path, publish.exclude),
      };
    }),
  );
  return { files, imports: await readImports(paths.filter((path) => path.endsWith(".ts"))) };
}

/**
 * Takes the comments out of a text in TypeScript.
 *
 * @param text The text; what looks like a comment in one of its strings, but for an address, is taken for one.
 * @returns The text without them.
 */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|(?<!:)\/\/.*/g, "");
}

async function collect(folder: string, paths: string[]): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, ROOT))) {
    if (isDirectory) await collect(`${folder}/${name}`, paths);
    else paths.push(`${folder}/${name}`);
  }
}

async function readImports(paths: readonly string[]): Promise<Import[]> {
  // One module that imports all of them, so that one call of `deno info` sees the whole graph.
  const all = await Deno.makeTempFile({ dir: fileURLToPath(ROOT), suffix: ".ts" });
  try {
    await Deno.writeTextFile(all, paths.map((path) => `import "./${path}";\n`).join(""));
    const modules = await moduleGraph(all);
    const local = (specifier: string): string =>
      specifier.startsWith(ROOT.href) ? specifier.slice(ROOT.href.length) : specifier;
    return modules
      .filter(({ specifier }) => paths.includes(local(specifier)))
      .flatMap(({ specifier, dependencies = [] }) =>
        dependencies.flatMap(({ code, type, isDynamic }): Import[] => {
          const target = (code ?? type)?.specifier;
          if (target === undefined) return [];
          const kind = code === undefined ? "type" : isDynamic ? "lazy" : "static";
          return [{ from: local(specifier), to: local(target), kind }];
        })
      );
  } finally {
    await Deno.remove(all);
  }
}

async function moduleGraph(path: string): Promise<GraphModule[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", path],
    cwd: ROOT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)).modules;
}

/** Programs whose modules are counted, by what they do. */
export const WALKS = {
  "classify 28×28 values": `const values = Float32Array.from({ length: 784 }, (_, i) =>
    i % 28 > 12 && i % 28 < 15 && i >= 4 * 28 && i < 24 * 28 ? 1 : 0);
await classifyDigit(values);`,
  "classify a PNG": 'await classifyDigit(await Deno.readFile("scripts/samples/7.png"));',
  "read a line": 'await readDigits(await Deno.readFile("scripts/samples/7.png"));',
  "load a network": "await LeNet.load();",
} as const;

/**
 * Runs a small program that imports `mod.ts`, and lists the modules that were evaluated.
 *
 * @param program The statements; `classifyDigit`, `readDigits` and `LeNet` are imported.
 * @returns Paths from the root of the checkout, in alphabetical order, the program itself left out.
 */
export async function modulesOf(program: string): Promise<string[]> {
  const folder = await Deno.makeTempDir();
  const file = await Deno.makeTempFile({ dir: fileURLToPath(ROOT), suffix: ".ts" });
  try {
    await Deno.writeTextFile(
      file,
      `import { classifyDigit, LeNet, readDigits } from "./mod.ts";\nvoid [classifyDigit, LeNet, readDigits];\n${program}\n`,
    );
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--allow-read", `--coverage=${folder}`, file],
      cwd: ROOT,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const urls = new Set<string>();
    for await (const { name, isFile } of Deno.readDir(folder)) {
      if (!isFile || !name.endsWith(".json")) continue;
      const { url } = JSON.parse(await Deno.readTextFile(`${folder}/${name}`));
      if (url.startsWith(ROOT.href)) urls.add(url.slice(ROOT.href.length));
    }
    urls.delete(file.slice(fileURLToPath(ROOT).length));
    return [...urls].sort();
  } finally {
    await Deno.remove(file);
    await Deno.remove(folder, { recursive: true });
  }
}
