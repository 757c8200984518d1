import { assertEquals, assertStringIncludes } from "@std/assert";
import { checkHouse, checkWalks, type Finding } from "../../scripts/build/architecture.ts";
import {
  type House,
  type Import,
  type SourceFile,
  withoutComments,
} from "../../scripts/build/house.ts";

/** A house in which every rule is kept, at its limit where it has one. */
const KEPT: House = {
  files: [
    file("mod.ts", 20),
    file("src/errors.ts", 450),
    file("src/lenet.ts", 100, { code: "const a = Math.sqrt(2 ** n) * Math.PI;" }),
    file("src/evaluate.ts", 100, { code: "const a = Math.exp(b) ** 2;" }),
    file("src/engine/tfjs/a.ts", 100, { code: "const a = Math.exp(b) ** 2;" }),
    file("src/page.generated.ts", 9000, { generated: true }),
    ...numbered(14, (n) => file(`src/model/file${n}.ts`)),
    ...numbered(132, (n) => file(`src/room${n}/file.ts`, n < 22 ? 59 : 60)),
    file("scripts/demo.ts", 10, { published: false }),
  ],
  imports: [
    { from: "mod.ts", to: "src/lenet.ts", kind: "static" },
    { from: "src/lenet.ts", to: "src/model/file0.ts", kind: "lazy" },
    { from: "src/lenet.ts", to: "weights/digits.ts", kind: "lazy" },
    { from: "src/model/file0.ts", to: "src/errors.ts", kind: "static" },
    { from: "src/model/file0.ts", to: "node:fs/promises", kind: "lazy" },
    { from: "scripts/demo.ts", to: "npm:fast-png@8.0.0", kind: "static" },
  ],
};

function file(path: string, lines = 100, more: Partial<SourceFile> = {}): SourceFile {
  return { path, lines, code: "", generated: false, published: true, ...more };
}

function numbered(count: number, make: (n: number) => SourceFile): SourceFile[] {
  return Array.from({ length: count }, (_, n) => make(n));
}

function problemsOf(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ problems }) => problems);
}

Deno.test("checkHouse finds nothing wrong in a house that keeps every rule to its limit", () => {
  assertEquals(problemsOf(checkHouse(KEPT)), []);
});

const BROKEN: readonly [what: string, more: Partial<House>, problem: string][] = [
  ["a file too many", { files: [file("src/room0/b.ts")] }, "151 files"],
  ["a file of a line too many", { files: [file("scripts/x.ts", 451)] }, "x.ts has 451 lines"],
  ["a style sheet of a line too many", { files: [file("src/a.css", 451)] }, "a.css has 451 lines"],
  [
    "a file too many in a folder",
    { files: [file("src/model/more.svg", 0)] },
    "src/model has 15 files, expected at most 14",
  ],
  ["an arrow turned round", {
    imports: [imported("src/model/file1.ts", "src/engine/runner.ts")],
  }, "model may import base"],
  ["an arrow of a type turned round", {
    imports: [imported("src/errors.ts", "src/model/file1.ts", "type")],
  }, "base may import no room"],
  ["a room that no arrow knows", {
    imports: [imported("src/cellar/a.ts", "src/errors.ts")],
  }, "src/cellar/a.ts is in cellar"],
  ["an import of a script", {
    imports: [imported("src/lenet.ts", "scripts/demo.ts")],
  }, "src imports neither scripts nor tests"],
  ["a cycle", {
    imports: [
      imported("src/model/file1.ts", "src/model/file2.ts"),
      imported("src/model/file2.ts", "src/model/file3.ts", "lazy"),
      imported("src/model/file3.ts", "src/model/file1.ts", "type"),
    ],
  }, "src/model/file1.ts and src/model/file2.ts and src/model/file3.ts import each other"],
  ["a file that imports itself", {
    imports: [imported("src/model/file1.ts", "src/model/file1.ts", "lazy")],
  }, "src/model/file1.ts import each other"],
  ["a package in what is published", {
    imports: [imported("src/lenet.ts", "npm:fast-png@8.0.0", "type")],
  }, "src/lenet.ts is published and imports npm:fast-png@8.0.0"],
  ["an import of what is not published", {
    imports: [imported("src/lenet.ts", "scripts/demo.ts", "type")],
  }, "src/lenet.ts is published and imports scripts/demo.ts"],
  ["training within reach of the entry", {
    imports: [
      imported("src/lenet.ts", "src/train/train.ts", "lazy"),
    ],
  }, "mod.ts reaches src/train/train.ts"],
  ["tfjs within reach of the entry", {
    imports: [imported("src/lenet.ts", "src/engine/tfjs/load.ts", "lazy")],
  }, "mod.ts reaches src/engine/tfjs/load.ts"],
  ...([
    ["a function of the engine", "Math.exp(x)", "Math.exp"],
    ["a function of the engine that is handed on", "values.map(Math.tanh)", "Math.tanh"],
    ["the functions of the engine", "const { sin } = Math;", "Math"],
    ["a power of a variable", "x2 ** n", "x2 **"],
    ["a power of a sum", "(x + y) ** 2", "y) **"],
    ["a power of 1.2", "1.2 ** n", "1.2 **"],
    ["a power that is assigned", "x **= 2", "x **"],
  ] as const).map(([what, code, use]): [string, Partial<House>, string] => [
    `${what} where bits are to be equal`,
    { files: [file("src/model/file0.ts", 100, { code })] },
    `src/model/file0.ts uses ${use}, whose bits depend`,
  ]),
];

function imported(from: string, to: string, kind: Import["kind"] = "static"): Import {
  return { from, to, kind };
}

for (const [what, more, problem] of BROKEN) {
  Deno.test(`checkHouse finds ${what}`, () => {
    const { files, imports } = KEPT;
    const broken = {
      files: [...files, ...more.files ?? []],
      imports: [...imports, ...more.imports ?? []],
    };
    assertStringIncludes(problemsOf(checkHouse(broken)).join("\n"), problem);
  });
}

Deno.test("checkHouse finds a small file too many", () => {
  const files = KEPT.files.map((file) =>
    file.path === "src/room131/file.ts" ? { ...file, lines: 59 } : file
  );
  assertStringIncludes(problemsOf(checkHouse({ ...KEPT, files })).join("\n"), "23 small files");
});

Deno.test("checkWalks lets 35 modules load before the first answer to values, and no more", () => {
  const walk = (count: number) =>
    problemsOf(checkWalks(new Map([["classify 28×28 values", Array(count).fill("a.ts")]])));
  assertEquals(walk(35), []);
  assertEquals(walk(36), [
    "36 modules are loaded to classify 28×28 values, expected at most 35",
  ]);
});

Deno.test("withoutComments takes out comments and nothing else", () => {
  const text = `/** a ** b
 * Math.exp */ const a = 1; // Math.sin
// x ** 2
const url = "https://a.b/c"; /* x */ const b = 4 / 2 / 1;`;
  assertEquals(
    withoutComments(text).split("\n").map((line) => line.trim()),
    ["const a = 1;", "", 'const url = "https://a.b/c";  const b = 4 / 2 / 1;'],
  );
});
