import { fileURLToPath } from "node:url";
import { runCommand } from "../../src/cli/command.ts";

/**
 * Imported by a computed specifier, and kept out of the lock file: otherwise Deno would download it for every task of the
 * project.
 */
const ESBUILD = "npm:esbuild@0.28.2";

/** The used part of esbuild. */
interface Esbuild {
  build(options: Record<string, unknown>): Promise<{
    readonly outputFiles: readonly { readonly text: string }[];
    readonly metafile: { readonly inputs: Readonly<Record<string, unknown>> };
  }>;
  transform(text: string, options: Record<string, unknown>): Promise<{ readonly code: string }>;
  stop(): Promise<void>;
}

/** A file of the page, with its media type. */
interface PageFile {
  readonly type: string;
  readonly body: string;
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

/** Lazy imports of `LeNet` that the page never reaches. */
const UNREACHED = ["./read.ts", "./scan.ts", "./evaluate.ts", "./state_dict.ts"];

/** What reads several digits, and the file of the page that holds it: the first answer does not wait for it. */
const LINES = { module: "./reading/read.ts", file: "./lines.js" };

/** The used part of a build to which a plugin of esbuild is added. */
interface PluginBuild {
  onResolve(
    options: { readonly filter: RegExp },
    resolve: (args: { readonly path: string }) => { path: string; external: true } | undefined,
  ): void;
}

/** Lets the page import what reads several digits from its own file. */
const linesFromFile = {
  name: "lines from their file",
  setup(build: PluginBuild): void {
    build.onResolve(
      { filter: /read\.ts$/ },
      ({ path }) => path === LINES.module ? { path: LINES.file, external: true } : undefined,
    );
  },
};

/** Language level of the browsers that have all APIs of the page, those of 2023. */
const TARGET = "es2022";

const TYPES = {
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
  try {
    const sources = new Set<string>();
    const bundle = async (path: string, options: Record<string, unknown>): Promise<string> => {
      const { outputFiles: [{ text }], metafile: { inputs } } = await esbuild.build({
        absWorkingDir: fileURLToPath(ROOT),
        entryPoints: [path],
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
      return text;
    };
    const weights = { "@x/lenet-weights": fileURLToPath(new URL("weights", ROOT)) };
    const scripts = {
      "page.js": await bundle("src/serve/page/page.ts", {
        format: "esm",
        alias: weights,
        external: ["node:*", ...UNREACHED],
        plugins: [linesFromFile],
      }),
      "lines.js": await bundle("src/reading/read.ts", {
        format: "esm",
        alias: weights,
        external: ["node:*"],
      }),
      "fine_tune_worker.js": await bundle("src/serve/page/fine_tune_worker.ts", {
        format: "esm",
        // The worker receives the network and 28×28 pixels from the page: no line is read.
        external: ["node:*", "@x/lenet-weights/*", LINES.module, ...UNREACHED],
      }),
    };
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
        : text;
      files.set(path, { type, body });
    }
    for (const [name, body] of Object.entries(scripts)) {
      files.set(`/${name}`, { type: typeOf(name), body });
    }
    const serviceWorker = await bundle("src/serve/page/service_worker.ts", {
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

/** SHA-256 of the version of the bundler, and of the paths and texts of the source files. */
async function hashSources(paths: readonly string[]): Promise<string> {
  const parts = [ESBUILD];
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
  const lines = [...files].map(([path, { type, body }]) =>
    `  ${JSON.stringify(path)}: { type: ${JSON.stringify(type)}, body: ${JSON.stringify(body)} },`
  );
  return `// Generated by \`deno task build:page\` from src/serve/page. Do not edit.
// SHA-256 of the sources: ${sha256}
// deno-fmt-ignore-file
// deno-lint-ignore-file

/** A file of the page. */
export interface PageFile {
  /** Its media type. */
  readonly type: string;
  /** Its contents. */
  readonly body: string;
}

/** All files of the page, by their paths. */
export const PAGE_FILES: Readonly<Record<string, PageFile>> = {
${lines.join("\n")}
};
`;
}
