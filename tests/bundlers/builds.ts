/**
 * The bundlers that users have, and how each is told to bundle a project: with as little configuration as it takes.
 *
 * @module
 */

import project from "../../deno.json" with { type: "json" };

/** The version of a package in `deno.json`. */
function versionOf(name: keyof typeof project.imports): string {
  return project.imports[name].split("@").at(-1)!;
}

/** The npm packages that the builds need. All share one installation. */
export const PACKAGES: Readonly<Record<string, string>> = {
  "@rollup/plugin-node-resolve": "16.0.3",
  "@rspack/cli": "2.2.8",
  "@rspack/core": "2.3.4",
  "@tensorflow/tfjs-backend-webgpu": versionOf("@tensorflow/tfjs-backend-webgpu"),
  "@tensorflow/tfjs-core": versionOf("@tensorflow/tfjs-core"),
  "esbuild": "0.28.2",
  "next": "16.4.6",
  "parcel": "2.16.4",
  "react": "19.3.1",
  "react-dom": "19.3.1",
  "rollup": "4.68.8",
  "vite": "8.4.0",
  "webpack": "5.113.0",
  "webpack-cli": "7.3.1",
};

/**
 * One project and how it is built. In all of them are `answer.js`, which reads a picture and a line, and the picture, as
 * `seven.png` and as `seven.js`.
 */
export interface Build {
  /** What is built and by whom, to end the sentence "the answers are the same in …". */
  readonly name: string;
  /** The other files of the project, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** The command, which the packages above bring. */
  readonly command: readonly [name: string, ...args: string[]];
  /**
   * What runs it: Node runs `dist/main.cjs`, a browser `dist/index.html`, with a GPU that is computed in software where
   * asked, and Next.js both by itself.
   */
  readonly runs: "node" | "page" | "page with a GPU" | "next";
}

/** Opens the picture as a file, by a module of Node that is imported by a computed name. */
const NODE_PROGRAM = `import { pathToFileURL } from "node:url";
import { answer } from "./answer.js";

answer(pathToFileURL("seven.png")).then((found) => console.log(JSON.stringify(found)));
`;

/** Shows an error in place of the answer, so that a test need not wait for what never comes. */
const PAGE_PROGRAM = `import { answer } from "./answer.js";
import { SEVEN } from "./seven.js";

answer(SEVEN).then(JSON.stringify, String).then((found) => {
  document.querySelector("output").value = found;
});
`;

const PAGE = `<!DOCTYPE html>
<html lang="en">
  <title>Digits</title>
  <link rel="icon" href="data:,">
  <output></output>
  <script type="module" src="main.js"></script>
</html>
`;

const NODE_FILES = { "main.js": NODE_PROGRAM };
/** For bundlers that build scripts: the page lies where they write. */
const SCRIPT_FILES = { "main.js": PAGE_PROGRAM, "dist/index.html": PAGE };
/** For bundlers that build pages. */
const PAGE_FILES = { "main.js": PAGE_PROGRAM, "index.html": PAGE };

const NEXT_FILES = {
  // The packages lie above the project, where Next.js looks only if it is told.
  "next.config.mjs": `const root = new URL("../..", import.meta.url).pathname;

export default { turbopack: { root }, outputFileTracingRoot: root };
`,
  "app/layout.js": `import { createElement } from "react";

export const metadata = { icons: "data:," };

export default function Layout({ children }) {
  return createElement("html", { lang: "en" }, createElement("body", null, children));
}
`,
  "app/page.js": `"use client";

import { createElement, useEffect, useState } from "react";
import { answer } from "../answer.js";
import { SEVEN } from "../seven.js";

export default function Page() {
  const [found, setFound] = useState("");
  useEffect(() => {
    answer(SEVEN).then(JSON.stringify, String).then(setFound);
  }, []);
  return createElement("output", null, found);
}
`,
  "app/answer/route.js": `import { pathToFileURL } from "node:url";
import { answer } from "../../answer.js";

export const dynamic = "force-dynamic";

export async function GET() {
  return new Response(await answer(pathToFileURL("seven.png")).then(JSON.stringify, String));
}
`,
};

function rspackConfig(target: "node" | "web", filename: string): Record<string, string> {
  return {
    "rspack.config.mjs": `export default {
  mode: "production",
  entry: "./main.js",
  target: "${target}",
  output: { filename: "${filename}" },
};
`,
  };
}

const WEBPACK = ["webpack", "./main.js", "--mode=production", "--output-path=dist"] as const;
const ROLLUP = [
  "rollup",
  "--silent",
  "--plugin=node-resolve",
  "--input=main.js",
  "--dir=dist",
] as const;
const ESBUILD = ["esbuild", "main.js", "--bundle", "--minify", "--log-level=warning"] as const;

/** All of them. */
export const BUILDS: readonly Build[] = [
  {
    name: "a program for Node that webpack bundled",
    files: NODE_FILES,
    command: [...WEBPACK, "--target=node", "--output-filename=main.cjs"],
    runs: "node",
  },
  {
    name: "a page that webpack bundled",
    files: SCRIPT_FILES,
    command: [...WEBPACK, "--output-filename=main.js"],
    runs: "page",
  },
  {
    name: "a program for Node that rspack bundled",
    files: { ...NODE_FILES, ...rspackConfig("node", "main.cjs") },
    command: ["rspack", "build"],
    runs: "node",
  },
  {
    name: "a page that rspack bundled",
    files: { ...SCRIPT_FILES, ...rspackConfig("web", "main.js") },
    command: ["rspack", "build"],
    runs: "page",
  },
  {
    name: "a page and a server of Next.js that Turbopack bundled",
    files: NEXT_FILES,
    command: ["next", "build", "--turbopack"],
    runs: "next",
  },
  {
    name: "a page and a server of Next.js that webpack bundled",
    files: NEXT_FILES,
    command: ["next", "build", "--webpack"],
    runs: "next",
  },
  {
    name: "a page that Vite bundled",
    files: PAGE_FILES,
    command: ["vite", "build", "--logLevel=warn"],
    runs: "page",
  },
  {
    name: "a program for Node that rollup bundled",
    files: NODE_FILES,
    command: [
      ...ROLLUP,
      "--format=cjs",
      "--entryFileNames=[name].cjs",
      "--chunkFileNames=[name]-[hash].cjs",
    ],
    runs: "node",
  },
  {
    name: "a page that rollup bundled",
    files: SCRIPT_FILES,
    command: ROLLUP,
    runs: "page",
  },
  {
    name: "a program for Node that esbuild bundled",
    files: NODE_FILES,
    command: [...ESBUILD, "--platform=node", "--outfile=dist/main.cjs"],
    runs: "node",
  },
  {
    name: "a page that esbuild bundled",
    files: SCRIPT_FILES,
    command: [...ESBUILD, "--splitting", "--format=esm", "--outdir=dist"],
    runs: "page",
  },
  {
    name: "a page that Parcel bundled",
    files: {
      ...PAGE_FILES,
      // Parcel takes for the project the folder that has the lock file.
      "package-lock.json": "{}",
      // Without this it does not read what packages export.
      "package.json": `{ "@parcel/resolver-default": { "packageExports": true } }`,
    },
    command: ["parcel", "build", "index.html", "--no-cache", "--log-level=warn"],
    runs: "page",
  },
];

/** Reads 256 digits on WebGPU: `auto` would take it for as many. */
const WEBGPU_PROGRAM = `import { classifyDigits } from "@x/lenet";
import "@x/lenet/webgpu";
import { SEVEN } from "./seven.js";

classifyDigits(Array(256).fill(SEVEN), { backend: "webgpu" }).then(
  (answers) => answers.map(({ digit, backend }) => digit + " on " + backend).join(),
  String,
).then((found) => {
  document.querySelector("output").value = found;
});
`;

/** The build that carries the engine of WebGPU. */
export const WEBGPU_BUILD: Build = {
  name: "a page that Vite bundled",
  files: { "main.js": WEBGPU_PROGRAM, "index.html": PAGE },
  command: ["vite", "build", "--logLevel=error"],
  runs: "page with a GPU",
};
