import { assertEquals } from "@std/assert";
import {
  type FlagTable,
  omitUndefined,
  parseArguments,
  type Signature,
} from "../../src/cli/flags.ts";
import { assertError } from "../assert_error.ts";

const FLAGS = {
  name: { kind: "text", value: "NAME", help: "" },
  count: { kind: "integer", min: 1, max: 9, value: "N", default: 3, help: "" },
  rate: { kind: "number", min: 0, value: "X", help: "" },
  mode: { kind: "choice", value: "MODE", choices: ["fast", "slow"], default: "fast", help: "" },
  kinds: { kind: "list", value: "A,B", choices: ["a", "b"], help: "" },
  words: { kind: "list", value: "WORDS", help: "" },
  "dry-run": { kind: "boolean", help: "" },
  decay: { kind: "number", min: 0, below: 1, value: "X", help: "" },
  step: { kind: "number", above: 0, max: 2, value: "X", help: "" },
  shift: { kind: "number", above: -1, below: 1, value: "X", help: "" },
} as const satisfies FlagTable;

const COMMAND: Signature<typeof FLAGS> = { name: "test", flags: FLAGS };

const FILES: Signature = {
  name: "files",
  positionals: [{ name: "FILE", help: "", repeated: true }],
  flags: {},
};

Deno.test("parseArguments gives every flag its type, and its default if it is not given", () => {
  const none = parseArguments(COMMAND, []);
  assertEquals(none, {
    positionals: [],
    flags: {
      name: undefined,
      count: 3,
      rate: undefined,
      decay: undefined,
      step: undefined,
      shift: undefined,
      mode: "fast",
      kinds: undefined,
      words: undefined,
      "dry-run": false,
    },
  });
  const { flags } = parseArguments(
    COMMAND,
    "--name=x --count 9 --rate 0.5 --decay 0 --step 2 --shift=-0.9 --mode slow --kinds b,a --words 1,x --dry-run"
      .split(" "),
  );
  assertEquals(flags, {
    name: "x",
    count: 9,
    rate: 0.5,
    decay: 0,
    step: 2,
    shift: -0.9,
    mode: "slow",
    kinds: ["b", "a"],
    words: ["1", "x"],
    "dry-run": true,
  });
});

Deno.test("parseArguments takes the last value of a flag that is given twice", () => {
  assertEquals(parseArguments(COMMAND, ["--count", "1", "--count", "2"]).flags.count, 2);
});

const WRONG: [args: string, message: string][] = [
  ["--name=", "--name: found no value, expected NAME"],
  ["--name", "--name: found no value, expected NAME"],
  ["--count 0", '--count: found "0", expected a whole number from 1 to 9'],
  ["--count 10", '--count: found "10", expected a whole number from 1 to 9'],
  ["--count 1.5", '--count: found "1.5", expected a whole number from 1 to 9'],
  ["--rate=-0.1", '--rate: found "-0.1", expected a number from 0'],
  ["--rate many", '--rate: found "many", expected a number from 0'],
  ["--rate Infinity", '--rate: found "Infinity", expected a number from 0'],
  ["--decay 1", '--decay: found "1", expected a number from 0 to below 1'],
  ["--step 0", '--step: found "0", expected a number above 0 to 2'],
  ["--shift=-1", '--shift: found "-1", expected a number above -1 and below 1'],
  ["--shift 1", '--shift: found "1", expected a number above -1 and below 1'],
  ["--mode FAST", '--mode: found "FAST", expected one of fast, slow'],
  ["--kinds a,c", '--kinds: found "c", expected some of a,b'],
  ["--words a,,b", '--words: found "", expected WORDS, separated by commas'],
];

for (const [args, message] of WRONG) {
  Deno.test(`parseArguments refuses ${args}`, () => {
    assertError(
      () => parseArguments(COMMAND, args.split(" ")),
      "option/invalid",
      `Cannot take the option ${message}`,
    );
  });
}

Deno.test("parseArguments refuses a number that is only a space", () => {
  assertError(
    () => parseArguments(COMMAND, ["--rate", " "]),
    "option/invalid",
    'found " "',
  );
});

Deno.test("parseArguments names the known flags when it meets another one", () => {
  for (const unknown of ["--nme", "--toString", "-n", "--no-dry-run"]) {
    assertError(
      () => parseArguments(COMMAND, [unknown]),
      "option/unknown",
      `Cannot take the option ${unknown}: expected --name, --count, --rate, --mode`,
    );
  }
});

Deno.test("parseArguments keeps positionals as they are written, also after two hyphens", () => {
  assertEquals(
    parseArguments(FILES, ["007", "1e3", "-", "--", "--json"]).positionals,
    ["007", "1e3", "-", "--json"],
  );
});

Deno.test("parseArguments refuses positionals that are missing or too many", () => {
  assertError(
    () => parseArguments(FILES, []),
    "option/invalid",
    "Cannot run files: found no FILE, expected FILE… and options",
  );
  assertError(
    () => parseArguments(COMMAND, ["--dry-run", "x"]),
    "option/invalid",
    "Cannot take the argument x: expected options only",
  );
  const two: Signature = {
    name: "copy",
    positionals: [{ name: "FROM", help: "" }, { name: "TO", help: "", optional: true }],
    flags: {},
  };
  assertEquals(parseArguments(two, ["a"]).positionals, ["a"]);
  assertError(
    () => parseArguments(two, ["a", "b", "c"]),
    "option/invalid",
    "Cannot take the argument c: expected FROM [TO] and options",
  );
});

Deno.test("parseArguments checks which flags stand together, and counts no default as given", () => {
  const flags = {
    out: { kind: "text", value: "FILE", required: true, help: "" },
    page: { kind: "boolean", help: "" },
    port: { kind: "integer", value: "N", default: 1, needs: "page", help: "" },
    made: { kind: "boolean", excludes: ["data"], help: "" },
    data: { kind: "text", value: "DIR", default: "here", help: "" },
  } as const satisfies FlagTable;
  const parse = (...args: string[]) => parseArguments({ name: "test", flags }, args);
  assertEquals(parse("--out", "x", "--made").flags.data, "here");
  const wrong: [string[], string][] = [
    [[], "Cannot run test: found no --out, expected --out FILE"],
    [["--out", "x", "--port", "2"], "the option --port alone: expected --page beside it"],
    [["--out", "x", "--made", "--data", "there"], "the options --made and --data together"],
  ];
  for (const [args, message] of wrong) {
    assertError(() => parse(...args), "option/invalid", message);
  }
});

Deno.test("omitUndefined leaves out what is undefined, and nothing else", () => {
  assertEquals(Object.keys(omitUndefined({ a: 0, b: undefined, c: false, d: null, e: "" })), [
    "a",
    "c",
    "d",
    "e",
  ]);
});
