import { assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import { PAGE_FILES } from "../../../src/serve/page.generated.ts";

const text = (path: string): string => PAGE_FILES[path].body as string;

/** The networks that are asked before the first answer. */
const NETWORKS = ["digits.bin", "non-digit.bin", "judge.bin"];

/** The files that are loaded before the first answer. */
const FIRST = ["/", "/style.css", "/lenet.js", ...NETWORKS.map((name) => `/${name}`), "/page.js"];

const SCRIPTS = ["/page.js", "/lenet.js", "/lines.js", "/fine_tune_worker.js"];

Deno.test("PAGE_FILES contains every file that the page names, and no others", () => {
  const html = text("/");
  const named = [...html.matchAll(/(?:href|src)="([^"#]+)"/g)].map(([, name]) => name);
  assertEquals(named, [
    "icon.svg",
    "manifest.webmanifest",
    "style.css",
    "lenet.js",
    ...NETWORKS,
    "page.js",
  ]);
  const scripts = SCRIPTS.map(text);
  const later = [
    "fine_tune_worker.js",
    "lines.js",
    "service-worker.js",
  ];
  // A script names the file of a network without its extension.
  const networks = ["line.bin"];
  for (const name of [...NETWORKS, ...networks]) {
    const isNamed = scripts.some((script) => script.includes(`"${name.replace(".bin", "")}"`));
    assertEquals([name, isNamed], [name, true]);
  }
  for (const name of later) {
    const isNamed = scripts.some((script) =>
      script.includes(`"${name}"`) || script.includes(`"./${name}"`)
    );
    assertEquals([name, isNamed], [name, true]);
  }
  assertEquals(
    Object.keys(PAGE_FILES).sort(),
    ["/", ...[...named, ...later, ...networks].map((name) => `/${name}`)].sort(),
  );
});

Deno.test("PAGE_FILES contains every script that a script imports", () => {
  const imported = SCRIPTS.map((path) =>
    [...text(path).matchAll(/(?:\bfrom|\bimport\(|\bimport)"(\.\/[^"]+\.js)"/g)]
      .map(([, name]) => name)
  );
  // `lenet.js` imports what reads lines when there may be several digits.
  assertEquals(imported, [["./lenet.js"], ["./lines.js"], ["./lenet.js"], ["./lenet.js"]]);
});

Deno.test("PAGE_FILES contains every file that a script names by a URL", () => {
  const named = SCRIPTS.map((path) =>
    [...text(path).matchAll(/new URL\("([^"]*)",(?:import\.meta\.url|document\.baseURI)\)/g)]
      .map(([, name]) => new URL(name, `http://localhost${path}`).pathname)
  );
  assertEquals(named, [["/fine_tune_worker.js"], [], [], []]);
});

Deno.test("PAGE_FILES has a service worker that caches all other files", () => {
  for (const path of Object.keys(PAGE_FILES)) {
    const isNamed = text("/service-worker.js").includes(`"./${path.slice(1)}"`);
    assertEquals([path, isNamed], [path, path !== "/service-worker.js"]);
  }
});

Deno.test("PAGE_FILES contains no inline scripts or styles, and no script that evaluates text", () => {
  const html = text("/");
  assertEquals(html.match(/ style=| on\w+=|<script(?! type="module" src=)|<style/g), null);
  for (const path of [...SCRIPTS, "/service-worker.js"]) {
    assertEquals([path, text(path).match(/\beval\(|new Function\b/g)], [path, null]);
  }
});

Deno.test("PAGE_FILES names no other server", () => {
  for (const path of ["/", "/style.css", ...SCRIPTS]) {
    assertEquals([path, text(path).match(/(?:src|href)="https?:|import\("https?:/g)], [path, null]);
  }
});

Deno.test("PAGE_FILES needs at most 200 kB, compressed, until the first answer", async () => {
  let bytes = 0;
  for (const path of FIRST) {
    const packed = new Blob([PAGE_FILES[path].body]).stream()
      .pipeThrough(new CompressionStream("gzip"));
    bytes += (await new Response(packed).bytes()).length;
  }
  assertLess(bytes, 200_000);
});

Deno.test("PAGE_FILES has at most 400 kB, not compressed by the server", () => {
  const sizes = Object.values(PAGE_FILES).map(({ body }) => new Blob([body]).size);
  assertLessOrEqual(sizes.reduce((sum, size) => sum + size), 400_000);
});

Deno.test("PAGE_FILES needs no package to learn", () => {
  for (const path of SCRIPTS) {
    assertEquals([path, text(path).includes("setWasmPaths")], [path, false]);
  }
});
