import { fileURLToPath } from "node:url";
import { runCommand } from "../../src/cli/command.ts";

/**
 * Named here, imported by a name that is computed and kept out of the lock file: Deno lays every package that it sees in
 * one of those places into the cache of whoever runs any task.
 */
const ESBUILD = "npm:esbuild@0.28.2";

/** As much of esbuild as is used. */
interface Esbuild {
  build(options: Record<string, unknown>): Promise<{
    readonly outputFiles: readonly { readonly text: string }[];
    readonly metafile: { readonly inputs: Readonly<Record<string, unknown>> };
  }>;
  stop(): Promise<void>;
}

/** A file of the page. */
interface PageFile {
  readonly type: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

const ROOT = new URL("../../", import.meta.url);

const SOURCES = new URL("src/serve/page/", ROOT);

const MODULE = new URL("src/serve/page.generated.ts", ROOT);

/** What only the worker that learns needs. */
const PACKAGES = ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm"];

const WASM = "tfjs-backend-wasm-simd.wasm";

/** What a bundle is made from, packages left out. */
const OWN_SOURCE = /^(src|weights)\//;

/** What is taken as it is. */
const DOCUMENTS = ["index.html", "style.css", "icon.svg", "manifest.webmanifest"];

/** What networks can do and the page never asks of them, as `LeNet` imports it when it is asked. */
const NOT_ASKED = ["./reading/read.ts", "./scan.ts", "./evaluate.ts"];

/** Browsers of 2023: those that have all that the page is built on. */
const TARGET = "es2022";

const TYPES = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml; charset=utf-8",
  wasm: "application/wasm",
  webmanifest: "application/manifest+json; charset=utf-8",
};

await runCommand({
  name: "build:page",
  summary: "Bundles src/serve/page with the library into src/serve/page.generated.ts.",
  flags: {
    check: {
      kind: "boolean",
      help: "write nothing; the exit code is 1 if the file does not match its sources",
    },
  },
  run: ({ flags }) => build(flags.check),
});

async function build(isCheck: boolean): Promise<number> {
  const text = moduleText(await buildPage());
  if (isCheck) {
    if (await Deno.readTextFile(MODULE).catch(() => undefined) === text) return 0;
    console.error(
      "src/serve/page.generated.ts is not what its sources give: run deno task build:page",
    );
    return 1;
  }
  await Deno.writeTextFile(MODULE, text);
  console.log(`src/serve/page.generated.ts: ${text.length} bytes`);
  return 0;
}

/** The page: its files by their paths, and the SHA-256 of all that they were made from. */
interface BuiltPage {
  readonly files: ReadonlyMap<string, PageFile>;
  readonly sha256: string;
}

async function buildPage(): Promise<BuiltPage> {
  const esbuild: Esbuild = await import(ESBUILD);
  const folder = await Deno.makeTempDir();
  try {
    await install(folder);
    const sources = new Set<string>();
    const bundle = async (name: string, options: Record<string, unknown>): Promise<string> => {
      const { outputFiles: [{ text }], metafile: { inputs } } = await esbuild.build({
        absWorkingDir: fileURLToPath(ROOT),
        entryPoints: [`src/serve/page/${name}.ts`],
        bundle: true,
        minify: true,
        target: TARGET,
        charset: "utf8",
        legalComments: "none",
        write: false,
        metafile: true,
        logLevel: "warning",
        // Packages are provided by the page, see `providePackages`.
        logOverride: { "unsupported-dynamic-import": "silent" },
        ...options,
      });
      for (const path of Object.keys(inputs)) if (OWN_SOURCE.test(path)) sources.add(path);
      return text;
    };
    const weights = { "@x/lenet-weights": fileURLToPath(new URL("weights", ROOT)) };
    const scripts = {
      "page.js": await bundle("page", {
        format: "esm",
        alias: weights,
        external: ["node:*", ...NOT_ASKED],
      }),
      "fine_tune_worker.js": await bundle("fine_tune_worker", {
        format: "esm",
        nodePaths: [`${folder}/node_modules`],
        // The page hands the network over.
        external: ["node:*", "@x/lenet-weights/*", ...NOT_ASKED],
      }),
    };
    const files = new Map<string, PageFile>();
    for (const name of DOCUMENTS) {
      const body = await Deno.readTextFile(new URL(`assets/${name}`, SOURCES));
      sources.add(`src/serve/page/assets/${name}`);
      files.set(name === "index.html" ? "/" : `/${name}`, { type: typeOf(name), body });
    }
    for (const [name, body] of Object.entries(scripts)) {
      files.set(`/${name}`, { type: typeOf(name), body });
    }
    const wasm = `${folder}/node_modules/@tensorflow/tfjs-backend-wasm/dist/${WASM}`;
    files.set(`/${WASM}`, { type: typeOf(WASM), body: await Deno.readFile(wasm) });
    const serviceWorker = await bundle("service_worker", {
      format: "iife",
      define: {
        FILES: JSON.stringify([...files.keys()].map((path) => `.${path}`)),
        CACHE: JSON.stringify(`lenet-page-${await hash(files)}`),
      },
    });
    files.set("/service-worker.js", { type: TYPES.js, body: serviceWorker });
    return { files, sha256: await hashSources([...sources]) };
  } finally {
    await esbuild.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Lays the packages that the project names into a folder, in the versions of its lock file, as bundlers look for them. */
async function install(folder: string): Promise<void> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({
      nodeModulesDir: "auto",
      imports: Object.fromEntries(PACKAGES.map((name) => [name, imports[name]])),
    }),
  );
  await Deno.copyFile(new URL("deno.lock", ROOT), `${folder}/deno.lock`);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "-q"],
    cwd: folder,
  }).output();
  if (!success) throw new Error(`Cannot lay out packages: ${new TextDecoder().decode(stderr)}`);
}

/** SHA-256 of the versions of packages and of source files, each with its path from the root. */
async function hashSources(paths: readonly string[]): Promise<string> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const parts = [ESBUILD, ...PACKAGES.map((name) => imports[name])];
  for (const path of paths.toSorted()) {
    parts.push(path, await Deno.readTextFile(new URL(path, ROOT)));
  }
  const text = new TextEncoder().encode(JSON.stringify(parts));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", text)).toHex();
}

function typeOf(name: string): string {
  return TYPES[name.slice(name.lastIndexOf(".") + 1) as keyof typeof TYPES];
}

async function hash(files: ReadonlyMap<string, PageFile>): Promise<string> {
  const parts = [...files].flatMap(([path, { body }]) => [path, body]);
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(parts).bytes());
  return new Uint8Array(digest).toHex().slice(0, 16);
}

/** The module; its files one a line, so that a change of one is a change of one line. */
function moduleText({ files, sha256 }: BuiltPage): string {
  const lines = [...files].map(([path, { type, body }]) =>
    `  ${JSON.stringify(path)}: { type: ${JSON.stringify(type)}, ${
      typeof body === "string" ? `body: ${JSON.stringify(body)}` : getter(body)
    } },`
  );
  return `// Made by \`deno task build:page\` from src/serve/page. Do not edit.
// SHA-256 of the sources: ${sha256}
// deno-fmt-ignore-file
// deno-lint-ignore-file
import { fromBase64 } from "../weights/model_file.ts";

/** A file of the page. */
export interface PageFile {
  /** Its media type. */
  readonly type: string;
  /** What it holds. */
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** All files of the page, by the path that each is asked for by. */
export const PAGE_FILES: Readonly<Record<string, PageFile>> = {
${lines.join("\n")}
};
`;
}

/** Bytes are unpacked when they are asked for: nothing happens when the module is imported. */
function getter(body: Uint8Array): string {
  return `get body(): Uint8Array<ArrayBuffer> { return fromBase64("${body.toBase64()}"); }`;
}
