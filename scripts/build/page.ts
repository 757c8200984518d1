import { fileURLToPath } from "node:url";
import { runCommand } from "../../src/cli/command.ts";
import { fromBase64, toBase64, type WeightsModule } from "../../src/weights/model_file.ts";

/**
 * Imported by a computed specifier, and kept out of the lock file: otherwise Deno would download it for every task of the
 * project.
 */
const ESBUILD = "npm:esbuild@0.28.2";

/** Imported in the same way. Deno's own compression changes with its version, and the page must not. */
const FFLATE = "npm:fflate@0.8.3";

/** The used part of esbuild. */
interface Esbuild {
  build(options: Record<string, unknown>): Promise<{
    readonly outputFiles: readonly { readonly path: string; readonly text: string }[];
    readonly metafile: { readonly inputs: Readonly<Record<string, unknown>> };
  }>;
  transform(text: string, options: Record<string, unknown>): Promise<{ readonly code: string }>;
  stop(): Promise<void>;
}

/** The used part of fflate. */
interface Fflate {
  deflateSync(bytes: Uint8Array, options: { level: 9 }): Uint8Array<ArrayBuffer>;
}

/** A file of the page, with its media type. */
interface PageFile {
  readonly type: string;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

const ROOT = new URL("../../", import.meta.url);

const SOURCES = new URL("src/serve/page/", ROOT);

const MODULE = new URL("src/serve/page.generated.ts", ROOT);

/** Sources of the bundles. */
const OWN_SOURCE = /^(src|weights)\//;

/** Files of the page that are not bundled, by their paths, and the assets that each is joined from. */
const DOCUMENTS: Readonly<Record<string, readonly string[]>> = {
  "/": ["index.html"],
  "/style.css": ["style/base.css", "style/reading.css", "style/network.css"],
  "/icon.svg": ["icon.svg"],
  "/manifest.webmanifest": ["manifest.webmanifest"],
};

/** The scripts that a page or a worker starts with or loads later, and what each is made from. */
const SCRIPTS = {
  page: "src/serve/page/page.ts",
  lines: "lines",
  fine_tune_worker: "src/serve/page/fine_tune_worker.ts",
};

/** The script of what these share. esbuild makes one script of all modules that the same scripts reach. */
const LIBRARY = "lenet";

/**
 * What reads several digits, which the first answer does not wait for. Its script names `LeNet` because the others reach
 * all of the library by it: so there is one script of what they share, and not a second of what two of them do.
 */
const LINES = {
  module: "./reading/read.ts",
  text: `export { readLines, readSeveral } from "./src/reading/read.ts";
export { LeNet } from "./mod.ts";`,
};

/** Lazy imports of the library that the page never reaches, by the first name that each is for. */
const UNREACHED: Readonly<Record<string, string>> = {
  checkDescription: "./state_dict.ts",
  checkGpu: "./reference.ts",
  checkGpuTraining: "../engine/reference.ts",
  evaluate: "./evaluate.ts",
  read: "./read.ts",
  scan: "./scan.ts",
};

/** What training imports for lines: the page trains on none. */
const LINE_TRAINING = {
  module: "../ctc.ts",
  importer: /training_network\.ts$/,
  text: "export const bestText = undefined, ctcLoss = undefined;",
};

/** A lazy import whose names are taken at once. */
const LAZY_NAMES = /const \{ ((\w+)[^}]*) \} = await import\("(\.[^"]+)"\);/g;

/** A lazy import of which one member is taken. */
const LAZY_MEMBER = /\(await import\("(\.[^"]+)"\)\)\.(\w+)/g;

/** A lazy import of a network. */
const LAZY_WEIGHTS = /(=>|await) import\("@x\/lenet-weights\/([\w-]+)"\)/g;

/** Constants of the scripts, and the compiled kernels that they hold in place of those of the library. */
const KERNELS = { KERNELS: "kernels", TRAINING: "training" };

/** The library's own kernels. */
const OWN_KERNELS = /"[\w+/]{1000,}=*"/;

/** The used part of a build to which a plugin of esbuild is added. */
interface PluginBuild {
  onResolve(
    options: { readonly filter: RegExp },
    resolve: (
      args: {
        readonly path: string;
        readonly kind: string;
        readonly resolveDir: string;
        readonly importer: string;
      },
    ) =>
      | { path: string; namespace?: string; external?: true; sideEffects?: false }
      | { errors: { text: string }[] }
      | undefined,
  ): void;
  onLoad(
    options: { readonly filter: RegExp; readonly namespace?: string },
    load: (args: { readonly path: string }) => unknown,
  ): void;
}

/**
 * Makes few scripts of the library: its lazy imports, each of which esbuild would give its own, become static ones. Only
 * what reads several digits stays lazy. Networks come from their files, and kernels from constants.
 *
 * @param networks Receives the names of the networks that are to be files of the page.
 */
function fewScripts(networks: Set<string>) {
  const packed = JSON.stringify(fileURLToPath(new URL("packed.ts", SOURCES)));
  return {
    name: "few scripts",
    setup(build: PluginBuild): void {
      // Its tables are computed when it is loaded, which counts as an effect: the page needs none of them.
      build.onResolve({ filter: /\/zoo\.ts$/ }, ({ path, resolveDir }) => ({
        path: fileURLToPath(new URL(path, `file://${resolveDir}/`)),
        sideEffects: false,
      }));
      build.onResolve({ filter: /^\.|^lines$/ }, ({ path, kind, importer }) => {
        if (path === SCRIPTS.lines) return { path, namespace: "lines" };
        if (path === LINE_TRAINING.module && LINE_TRAINING.importer.test(importer)) {
          return { path, namespace: "line training" };
        }
        if (kind !== "dynamic-import") return;
        if (path === LINES.module) return { path: "./lines.js", external: true };
        if (Object.values(UNREACHED).includes(path)) return { path, external: true };
        return {
          errors: [{ text: `${path}: a lazy import of a form that the build cannot change` }],
        };
      });
      build.onLoad({ filter: /^lines$/, namespace: "lines" }, () => ({
        contents: LINES.text,
        resolveDir: fileURLToPath(ROOT),
      }));
      build.onLoad({ filter: /ctc\.ts$/, namespace: "line training" }, () => ({
        contents: LINE_TRAINING.text,
        loader: "js",
      }));
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const imports: string[] = [];
        const text = (await Deno.readTextFile(path))
          .replace(LAZY_NAMES, (all, names, first, module) => {
            if (module === LINES.module || UNREACHED[first] === module) return all;
            imports.push(`import { ${names} } from "${module}";`);
            return "";
          })
          .replace(LAZY_MEMBER, (_, module, name) => {
            imports.push(`import { ${name} } from "${module}";`);
            return name;
          })
          .replace(LAZY_WEIGHTS, (_, before, name) => {
            networks.add(name);
            imports.push(`import { packedNetwork } from ${packed};`);
            return `${before} packedNetwork("${name}")`;
          });
        const contents = [...new Set(imports), text.replace(OWN_KERNELS, '""')].join("\n");
        return { contents, loader: "ts" };
      });
    },
  };
}

/** Language level of the browsers that have all APIs of the page, those of 2023. */
const TARGET = "es2022";

const TYPES = {
  bin: "application/octet-stream",
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml; charset=utf-8",
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
      "src/serve/page.generated.ts is not up to date: run deno task build:page",
    );
    return 1;
  }
  await Deno.writeTextFile(MODULE, text);
  console.log(`src/serve/page.generated.ts: ${text.length} bytes`);
  return 0;
}

/** The files of the page by their paths, and the SHA-256 of their sources. */
interface BuiltPage {
  readonly files: ReadonlyMap<string, PageFile>;
  readonly sha256: string;
}

async function buildPage(): Promise<BuiltPage> {
  const esbuild: Esbuild = await import(ESBUILD);
  const { deflateSync }: Fflate = await import(FFLATE);
  const deflate = (bytes: Uint8Array) => deflateSync(bytes, { level: 9 });
  try {
    const sources = new Set<string>();
    /** Makes scripts, and gives them in the order of their names. */
    const bundle = async (options: Record<string, unknown>) => {
      const { outputFiles, metafile: { inputs } } = await esbuild.build({
        absWorkingDir: fileURLToPath(ROOT),
        outdir: ".",
        bundle: true,
        minify: true,
        target: TARGET,
        charset: "utf8",
        legalComments: "none",
        write: false,
        metafile: true,
        logLevel: "warning",
        // Packages are imported by computed names, and the page needs none.
        logOverride: { "unsupported-dynamic-import": "silent" },
        ...options,
      });
      for (const path of Object.keys(inputs)) if (OWN_SOURCE.test(path)) sources.add(path);
      return outputFiles
        .map(({ path, text }) => ({ name: path.replace(/.*[\\/]/, ""), body: text }))
        .sort((a, b) => a.name < b.name ? -1 : 1);
    };
    const define: Record<string, string> = {};
    for (const [constant, name] of Object.entries(KERNELS)) {
      const bytes = await Deno.readFile(new URL(`src/engine/wasm/${name}.wasm`, ROOT));
      define[constant] = JSON.stringify(toBase64(deflate(bytes)));
    }
    const networks = new Set<string>();
    const scripts = await bundle({
      entryPoints: SCRIPTS,
      format: "esm",
      splitting: true,
      chunkNames: LIBRARY,
      external: ["node:*"],
      define,
      plugins: [fewScripts(networks)],
    });
    const files = new Map<string, PageFile>();
    for (const [path, assets] of Object.entries(DOCUMENTS)) {
      const parts = await Promise.all(
        assets.map((name) => Deno.readTextFile(new URL(`assets/${name}`, SOURCES))),
      );
      for (const name of assets) sources.add(`src/serve/page/assets/${name}`);
      const text = parts.join("\n");
      const type = typeOf(assets[0]);
      const body = type === TYPES.css
        ? (await esbuild.transform(text, { loader: "css", minify: true })).code
        // Without its comments and its indentation.
        : text.replace(/ *<!--.*?-->\n/gs, "").replace(/^ +/gm, "");
      files.set(path, { type, body });
    }
    for (const { name, body } of scripts) files.set(`/${name}`, { type: TYPES.js, body });
    for (const name of [...networks].sort()) {
      const path = `weights/${name}.ts`;
      sources.add(path);
      const { metadata, safetensors }: WeightsModule = await import(new URL(path, ROOT).href);
      const line = `${JSON.stringify(metadata)}\n`;
      const bytes = await new Blob([line, fromBase64(safetensors)]).bytes();
      files.set(`/${name}.bin`, { type: TYPES.bin, body: deflate(bytes) });
    }
    const [{ body: serviceWorker }] = await bundle({
      entryPoints: ["src/serve/page/service_worker.ts"],
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
  }
}

/** SHA-256 of the versions of the packages, and of the paths and texts of the source files. */
async function hashSources(paths: readonly string[]): Promise<string> {
  const parts = [ESBUILD, FFLATE];
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

/** The module, with one line for each file, so that a change of a file is a change of its line. */
function moduleText({ files, sha256 }: BuiltPage): string {
  const lines = [...files].map(([path, { type, body }]) => {
    const value = typeof body === "string"
      ? JSON.stringify(body)
      : `fromBase64("${toBase64(body)}")`;
    return `  ${JSON.stringify(path)}: { type: ${JSON.stringify(type)}, body: ${value} },`;
  });
  return `// Generated by \`deno task build:page\` from src/serve/page. Do not edit.
// SHA-256 of the sources: ${sha256}
// deno-fmt-ignore-file
// deno-lint-ignore-file

import { fromBase64 } from "../weights/model_file.ts";

/** A file of the page. */
export interface PageFile {
  /** Its media type. */
  readonly type: string;
  /** Its contents. */
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** All files of the page, by their paths. */
export const PAGE_FILES: Readonly<Record<string, PageFile>> = {
${lines.join("\n")}
};
`;
}
