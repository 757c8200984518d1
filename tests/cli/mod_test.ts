import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { helpText } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/mod.ts";
import { type Outcome, ROOT } from "./run_task.ts";

const NAMES = ["classify", "read", "serve", "train", "finetune", "evaluate", "summary"];

/** Runs the command line without any permission. */
async function run(...args: string[]): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", "src/cli/mod.ts", ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

Deno.test("mod.ts --help lists every command with its summary, and the exit codes", async () => {
  const { code, stdout } = await run("--help");
  assertEquals(code, 0);
  for (const name of NAMES) assertMatch(stdout, new RegExp(`^  ${name} +[A-Z].*`, "m"));
  assertStringIncludes(stdout, "130 stopped by Ctrl-C");
});

Deno.test("mod.ts --version prints the version of the library", async () => {
  assertEquals(await run("--version"), {
    code: 0,
    stdout: `@x/lenet ${manifest.version}\n`,
    stderr: "",
  });
});

Deno.test("mod.ts refuses an unknown command with exit code 2 and the list of commands", async () => {
  for (const args of [["clasify", "7.png"], ["toString"], [], ["--json"]]) {
    const { code, stdout, stderr } = await run(...args);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, `expected one of ${NAMES.join(", ")} [option/unknown]\n`);
  }
});

Deno.test("mod.ts hands a command its arguments", async () => {
  const { code, stdout } = await run("summary", "lenet5", "--json");
  assertEquals([code, JSON.parse(stdout).parameters], [0, 61706]);
  assertMatch((await run("train", "--help")).stdout, /^Usage: deno task train /);
});

for (const name of NAMES) {
  Deno.test(`The help of ${name} names every argument, and its task runs it`, async () => {
    const command = await COMMANDS[name]();
    assertEquals(command.name, name);
    const help = helpText(command);
    assertMatch(help, new RegExp(`^Usage: deno task ${name}\\b`));
    for (const flag of Object.keys(command.flags)) {
      assertMatch(help, new RegExp(`^  --${flag}( \\S+)?  +\\S`, "m"), flag);
    }
    const task = manifest.tasks[name as keyof typeof manifest.tasks];
    assertMatch(task, new RegExp(`src/cli/mod\\.ts ${name}$`));
  });
}
