import { assertEquals, assertLessOrEqual } from "@std/assert";
import { type Documented, helpText, usageLine } from "../../src/cli/command.ts";

const COMMAND: Documented = {
  name: "copy",
  summary: "Copies files.",
  details: "All of them.",
  positionals: [{ name: "FILE", help: "a file", repeated: true }],
  flags: {
    to: { kind: "text", value: "DIR", required: true, help: "the folder" },
    mode: { kind: "choice", value: "NAME", choices: ["a", "b"], default: "a", help: "the mode" },
    jobs: {
      kind: "integer",
      value: "N",
      group: "Run",
      defaultText: "all cores",
      help: "the number of workers",
    },
    json: { kind: "boolean", group: "Run", help: "print JSON" },
  },
  notes: "The exit code is 1 on failure.",
};

Deno.test("helpText shows all of a command's table, in groups, with choices and defaults", () => {
  assertEquals(
    helpText(COMMAND),
    `Usage: deno task copy FILE… --to DIR [--mode NAME] [--jobs N] [--json]

Copies files.

All of them.

  FILE         a file
  --to DIR     the folder
  --mode NAME  the mode: a, b (default a)

Run
  --jobs N     the number of workers (default all cores)
  --json       print JSON

The exit code is 1 on failure.`,
  );
});

Deno.test("helpText wraps long texts beside their flags, and leaves indented paragraphs alone", () => {
  const text = helpText({
    ...COMMAND,
    details: `${"word ".repeat(40).trim()}\n\n  a  ${"x ".repeat(80)}`,
    flags: { long: { kind: "boolean", help: "word ".repeat(40).trim() } },
  });
  const lines = text.split("\n");
  for (const line of lines.filter((line) => !line.includes("x x"))) {
    assertLessOrEqual(line.length, 100);
  }
  assertEquals(text.match(/word/g)?.length, 80);
  assertEquals(lines.filter((line) => line.includes("x x")).length, 1);
  const first = lines.findIndex((line) => line.startsWith("  --long  word"));
  assertEquals(lines[first + 1].slice(0, 14), "          word");
});

Deno.test("usageLine says [options] where the flags do not fit", () => {
  const flags = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`flag-${n}`, { kind: "boolean", help: "" } as const]),
  );
  assertEquals(
    usageLine({ name: "copy", flags: { ...flags, ...COMMAND.flags } }),
    "Usage: deno task copy --to DIR [options]",
  );
});
