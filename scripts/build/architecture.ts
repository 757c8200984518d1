import { type House, type Import, modulesOf, readHouse, type SourceFile, WALKS } from "./house.ts";

/** Files of `src`, generated ones and assets left out. */
const MAX_FILES = 150;

/** Lines of a file that is written by hand: what is longer is not read in one go. */
const MAX_LINES = 450;

/** A file of fewer lines is small: a reader opens it for little. */
const SMALL_LINES = 60;

/** Share of small files in `src`. */
const MAX_SMALL_SHARE = 0.15;

/** Files in one folder, its own folders left out: as many as are seen at a glance. */
const MAX_FOLDER = 14;

/**
 * Modules that are loaded before the first answer, our own and the weights': each costs about 0.1 ms of a start. A PNG
 * needs the decoder, the ink finder and the network that refuses what is no digit, too.
 */
const MAX_WALKS: Readonly<Record<string, number>> = {
  "classify 28×28 values": 35,
  "classify a PNG": 45,
};

/** What the published package may import beside its own files: its weights, and what every server runtime has built in. */
const FREE_IMPORT = /^(weights\/|node:)/;

/**
 * The rooms of `src`, from the ground up, and the rooms that each may import beside itself. A file that stands in `src`
 * itself belongs to `base` or `core`.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  model: ["base"],
  weights: ["base", "model"],
  engine: ["base", "model"],
  image: ["base", "model"],
  data: ["base", "model"],
  reading: ["base", "model", "weights", "engine", "image"],
  core: ["base", "model", "weights", "engine", "image", "data", "reading"],
  workers: ["base", "engine", "core"],
  train: ["base", "model", "weights", "engine", "image", "data", "core"],
  serve: ["base", "model", "weights", "engine", "image", "reading", "core"],
  page: ["base", "model", "weights", "engine", "image", "data", "core", "train"],
  watch: ["base", "model", "weights", "engine", "image", "data", "reading", "core", "train"],
  cli: [
    "base",
    "model",
    "weights",
    "engine",
    "image",
    "data",
    "reading",
    "core",
    "train",
    "serve",
    "watch",
  ],
};

/**
 * Where numbers are to have the same bits in every engine, by how paths begin: on the way of a picture to its answer, and
 * in what makes pictures.
 */
const EQUAL_BITS = [
  "src/classification.ts",
  "src/data/augment/",
  "src/data/synthetic/",
  "src/engine/",
  "src/image/",
  "src/lenet.ts",
  "src/model/",
  "src/reading/",
  "src/scan.ts",
  "src/train/",
  "scripts/research/corruptions/",
  "scripts/research/hard_set/",
];

/** GPUs and tfjs round as they like. */
const OTHER_BITS = "src/engine/tfjs/";

/** What ECMAScript defines to the last bit. */
const EXACT_MATH =
  /^(abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc|PI|E|LN2|LN10|LOG2E|LOG10E|SQRT2|SQRT1_2)$/;

/** The files of `src` itself that are `base`, which import only each other. The others are `core`. */
const BASE = ["src/errors.ts", "src/options.ts", "src/packages.ts"];

/** One thing that was measured, and what is wrong with it. */
export interface Finding {
  readonly what: string;
  readonly measured: string;
  /** One sentence for each place that breaks the rule; none where it is kept. */
  readonly problems: readonly string[];
}

/**
 * Measures the structure of the project against its rules.
 *
 * @param house The files and their imports.
 * @returns One finding for each rule, in the order in which they are printed.
 */
export function checkHouse({ files, imports }: House): Finding[] {
  const written = files.filter(({ path, generated }) =>
    !generated && /\.(ts|js|css|html|as)$/.test(path)
  );
  const source = written.filter(({ path }) => path.startsWith("src/") && path.endsWith(".ts"));
  return [
    countFiles(source),
    countLines(written),
    countSmall(source),
    countFolders(files),
    checkArrows(imports),
    checkCycles(imports),
    checkPackages(files, imports),
    checkTraining(imports),
    checkEqualBits(files),
  ];
}

function countFiles(source: readonly SourceFile[]): Finding {
  const problems = source.length > MAX_FILES
    ? [`src has ${source.length} files, expected at most ${MAX_FILES}`]
    : [];
  return { what: "files in src", measured: `${source.length} of at most ${MAX_FILES}`, problems };
}

function countLines(written: readonly SourceFile[]): Finding {
  const longest = written.reduce((a, b) => b.lines > a.lines ? b : a);
  const sorted = written.filter(({ path }) => path.endsWith(".ts")).map(({ lines }) => lines)
    .sort((a, b) => a - b);
  return {
    what: "lines of a file",
    measured: `median ${
      sorted[sorted.length >> 1]
    }, longest ${longest.lines} (${longest.path}) of at most ${MAX_LINES}`,
    problems: written.filter(({ lines }) => lines > MAX_LINES).map(({ path, lines }) =>
      `${path} has ${lines} lines, expected at most ${MAX_LINES}`
    ),
  };
}

function countSmall(source: readonly SourceFile[]): Finding {
  const small = source.filter(({ lines }) => lines < SMALL_LINES);
  const share = small.length / Math.max(1, source.length);
  return {
    what: `files under ${SMALL_LINES} lines`,
    measured: `${(100 * share).toFixed(1)} % of at most ${100 * MAX_SMALL_SHARE} %`,
    problems: share > MAX_SMALL_SHARE
      ? [`src has ${small.length} small files: ${small.map(({ path }) => path).join(", ")}`]
      : [],
  };
}

function countFolders(files: readonly SourceFile[]): Finding {
  const folders = new Map<string, number>();
  for (const { path } of files) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  const [largest, most] = [...folders].reduce((a, b) => b[1] > a[1] ? b : a, ["", 0]);
  return {
    what: "files in a folder",
    measured: `${most} (${largest}) of at most ${MAX_FOLDER}`,
    problems: [...folders].filter(([, count]) => count > MAX_FOLDER).map(([folder, count]) =>
      `${folder} has ${count} files, expected at most ${MAX_FOLDER}`
    ),
  };
}

/** The room of a file, or undefined for what has none: `mod.ts`, scripts, weights, packages. */
function roomOf(path: string): string | undefined {
  if (!path.startsWith("src/")) return undefined;
  if (path.startsWith("src/serve/page/")) return "page";
  const parts = path.split("/");
  return parts.length > 2 ? parts[1] : BASE.includes(path) ? "base" : "core";
}

function checkArrows(imports: readonly Import[]): Finding {
  const crossing = imports.filter(({ from, to }) => roomOf(from) !== roomOf(to));
  const problems = crossing.flatMap(({ from, to }) => {
    const room = roomOf(from);
    if (room === undefined) return [];
    if (!(room in ARROWS)) return [`${from} is in ${room}, which is no room that ARROWS knows`];
    if (to.startsWith("scripts/") || to.startsWith("tests/")) {
      return [`${from} imports ${to}: src imports neither scripts nor tests`];
    }
    const target = roomOf(to);
    if (target === undefined || ARROWS[room].includes(target)) return [];
    return [`${from} imports ${to}: ${room} may import ${ARROWS[room].join(", ") || "no room"}`];
  });
  return {
    what: "imports from room to room",
    measured: `${crossing.length}, ${problems.length} against the arrows`,
    problems,
  };
}

/** Groups of files that import each other, types and lazy imports included (Tarjan, 1972). */
function cyclesOf(imports: readonly Import[]): string[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...next.get(from) ?? [], to]);
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    low.set(file, order.get(file)!);
    stack.push(file);
    for (const to of next.get(file) ?? []) {
      if (!order.has(to)) visit(to);
      if (stack.includes(to)) low.set(file, Math.min(low.get(file)!, low.get(to)!));
    }
    if (low.get(file) !== order.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1 || next.get(file)?.includes(file)) cycles.push(group.sort());
  };
  for (const file of next.keys()) if (!order.has(file)) visit(file);
  return cycles;
}

function checkCycles(imports: readonly Import[]): Finding {
  const cycles = cyclesOf(imports);
  return {
    what: "cycles of imports",
    measured: `${cycles.length}, types and lazy imports included`,
    problems: cycles.map((files) => `${files.join(" and ")} import each other`),
  };
}

function checkPackages(files: readonly SourceFile[], imports: readonly Import[]): Finding {
  const published = new Set(files.filter(({ published }) => published).map(({ path }) => path));
  const problems = imports
    .filter(({ from, to }) => published.has(from) && !published.has(to) && !FREE_IMPORT.test(to))
    .map(({ from, to }) => `${from} is published and imports ${to}, which is not`);
  return {
    what: "packages named in what is published",
    measured: `${problems.length} in ${published.size} files`,
    problems,
  };
}

/** What is loaded, or may be loaded by a literal `import()`, with `mod.ts`. */
function reached(imports: readonly Import[], entry: string): Set<string> {
  const seen = new Set([entry]);
  for (const file of seen) {
    for (const { from, to, kind } of imports) if (from === file && kind !== "type") seen.add(to);
  }
  return seen;
}

function checkTraining(imports: readonly Import[]): Finding {
  const all = [...reached(imports, "mod.ts")];
  const training = all.filter((path) => /^src\/(train|data\/augment|engine\/tfjs)\//.test(path));
  return {
    what: "modules that mod.ts reaches, lazy ones included",
    measured: `${all.length}, ${training.length} of them for training or tfjs`,
    problems: training.map((path) => `mod.ts reaches ${path}`),
  };
}

function checkEqualBits(files: readonly SourceFile[]): Finding {
  const checked = files.filter(({ path }) =>
    EQUAL_BITS.some((start) => path.startsWith(start)) && !path.startsWith(OTHER_BITS)
  );
  return {
    what: "files with the same bits in every engine",
    measured: `${checked.length}`,
    problems: checked.flatMap(({ path, code }) =>
      inexactIn(code).map((use) =>
        `${path} uses ${use}, whose bits depend on the engine, expected a function of src/model/math.ts`
      )
    ),
  };
}

/** Uses of `Math` and of `**` that engines round differently. Powers of 2 are exact, as their exponents are whole. */
function inexactIn(code: string): string[] {
  const functions = [...code.matchAll(/\bMath\b(?:\.(\w+))?/g)]
    .filter(([, name = ""]) => !EXACT_MATH.test(name));
  const powers = [...code.matchAll(/([\w.)\]]+)\s*\*\*/g)].filter(([, base]) => base !== "2");
  return [...functions, ...powers].map(([use]) => use);
}

/**
 * Judges how many modules programs load before their first answer.
 *
 * @param walks The modules that were evaluated, by what the program does: the keys of {@linkcode MAX_WALKS} are judged.
 * @returns One finding for each program.
 */
export function checkWalks(walks: ReadonlyMap<string, readonly string[]>): Finding[] {
  return [...walks].map(([what, { length }]) => {
    const most = MAX_WALKS[what];
    return {
      what: `modules loaded to ${what}`,
      measured: most === undefined ? `${length}` : `${length} of at most ${most}`,
      problems: length > (most ?? Infinity)
        ? [`${length} modules are loaded to ${what}, expected at most ${most}`]
        : [],
    };
  });
}

if (import.meta.main) {
  const walks = new Map<string, readonly string[]>();
  for (const [what, program] of Object.entries(WALKS)) walks.set(what, await modulesOf(program));
  const findings = [...checkHouse(await readHouse()), ...checkWalks(walks)];
  for (const { what, measured } of findings) console.log(`${what.padEnd(48)} ${measured}`);
  const problems = findings.flatMap(({ problems }) => problems);
  for (const problem of problems) console.error(problem);
  Deno.exitCode = problems.length === 0 ? 0 : 1;
}
