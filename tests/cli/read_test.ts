import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { encode } from "fast-png";
import { luhn } from "../../mod.ts";
import { greyPng } from "../../scripts/research/hard_set/pictures/picture.ts";
import { REASON_PICTURES, SEVERAL } from "../reason_pictures.ts";
import { digitsAt, drawn } from "../reading/digits.ts";
import { runTask } from "./run_task.ts";

const SEVEN = "scripts/samples/7.png";

Deno.test("read prints what stands in each picture, or a line of JSON", async () => {
  const plain = await runTask("read", SEVEN);
  assertEquals([plain.code, plain.stdout], [0, `${SEVEN}: 7\n`]);
  const { stdout } = await runTask("read", SEVEN, "--json");
  const { file, text, digits } = JSON.parse(stdout);
  assertEquals([file, text, digits.length, digits[0].line], [SEVEN, "7", 1, 0]);
  assertGreater(digits[0].confidence, 0.5);
});

Deno.test("read goes on after a file that cannot be read, and says so with code 1", async () => {
  const { code, stdout, stderr } = await runTask("read", "README.md", SEVEN);
  assertEquals([code, stdout], [1, `${SEVEN}: 7\n`]);
  assertStringIncludes(stderr, "[image/unsupported]");
});

Deno.test("read --explain writes a page with a box for each digit", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const page = `${folder}/page.html`;
    const { code, stderr } = await runTask("read", SEVEN, "--explain", page);
    assertEquals([code, stderr], [0, `${page} written\n`]);
    const text = await Deno.readTextFile(page);
    assertEquals(text.match(/<rect /g)?.length, 1);
    assertStringIncludes(text, "data:image/png;base64,");
    await runTask("read", SEVEN, "--length", "90", "--explain", page);
    assertStringIncludes(await Deno.readTextFile(page), "no likely reading fits");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("read refuses to run without a file, with code 2", async () => {
  const { code, stderr } = await runTask("read");
  assertEquals(code, 2);
  assertStringIncludes(stderr, "found no FILE");
});

/** The 9 is the check digit of the 5. */
const CHECKED = "59";

/** Runs a test with files of several digits, of none, and of a number with its check digit. */
async function withPictures(
  test: (
    files: { readonly several: string; readonly blank: string; readonly checked: string },
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const files = {
      several: `${folder}/several.png`,
      blank: `${folder}/blank.png`,
      checked: `${folder}/checked.png`,
    };
    await Deno.writeFile(files.several, greyPng(SEVERAL.picture));
    await Deno.writeFile(files.blank, greyPng(REASON_PICTURES["no-ink"]));
    const digits = digitsAt(CHECKED, { x: 60, y: 50, height: 80, pitch: 80 });
    await Deno.writeFile(
      files.checked,
      encode({ ...drawn(300, 180, digits), channels: 1, depth: 8 }),
    );
    await test(files);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("read --length, --pattern and --luhn give the likeliest text that fits", async () => {
  await withPictures(async ({ several, checked }) => {
    const { length } = SEVERAL.text;
    const readFile = async (file: string, ...flags: string[]): Promise<string> => {
      const { code, stdout, stderr } = await runTask("read", file, ...flags);
      assertEquals([code, stderr], [0, ""]);
      return stdout.trim().replace(`${file}: `, "");
    };
    const read = (...flags: string[]): Promise<string> => readFile(several, ...flags);
    assertEquals(await read(), SEVERAL.text);
    assertEquals(await read("--length", `${length}`), SEVERAL.text);
    assertEquals(await read("--length", `1-${length + 2}`), SEVERAL.text);
    // What else the line may show fits, where the likeliest text does not.
    const [{ alternatives: [{ text }] }] = JSON.parse(await read("--json")).lines;
    assertEquals(await read("--pattern", text), text);
    assertEquals((await read("--length", `${text.length}`)).length, text.length);
    assertEquals(await readFile(checked, "--luhn", "--length", "2-5"), CHECKED);
    // Of the likely texts of a number without one, at most another fits.
    const unchecked = await runTask("read", several, "--luhn");
    const [, shown] = /: (\d+|–)\n$/.exec(unchecked.stdout)!;
    assertEquals([luhn(SEVERAL.text), shown === "–" || luhn(shown)], [false, true]);
  });
});

Deno.test("read --json prints the text, why there is none, and the lines with what else they may show", async () => {
  await withPictures(async ({ several }) => {
    const { stdout } = await runTask("read", several, "--json");
    const { text, reason, digits, lines: [line] } = JSON.parse(stdout);
    assertEquals([text, reason, digits.length], [SEVERAL.text, null, SEVERAL.text.length]);
    assertEquals(Object.keys(line), ["text", "confidence", "cost", "box", "alternatives"]);
    assertGreater(line.confidence, line.alternatives[0].confidence);
    const none = await runTask("read", several, "--json", "--length", "90");
    const { file: _, backend: __, ...answer } = JSON.parse(none.stdout);
    assertEquals(answer, { text: null, reason: "no-fit", digits: [], lines: [] });
    assertEquals([none.code, none.stderr], [0, ""]);
  });
});

Deno.test("read prints – where there is no text and says why on standard error, with code 0", async () => {
  await withPictures(async ({ several, blank }) => {
    const unfit = await runTask("read", several, blank, "--length", "90");
    assertEquals([unfit.code, unfit.stdout], [0, `${several}: –\n${blank}: –\n`]);
    assertEquals(
      unfit.stderr,
      `${several}: no likely reading fits what was asked for\n${blank}: no digits\n`,
    );
  });
});

Deno.test("read --reject and --reject-line leave out what is less sure", async () => {
  await withPictures(async ({ several }) => {
    for (const flag of ["--reject", "--reject-line"]) {
      const { stdout, stderr } = await runTask("read", several, flag, "1");
      assertEquals([stdout, stderr], [
        `${several}: –\n`,
        `${several}: what was found is less sure than asked for\n`,
      ]);
    }
  });
});

Deno.test("read refuses a length, a pattern and a threshold that are none, with code 2", async () => {
  for (
    const [flag, value, problem] of [
      ["--length", "0", "length is 0, expected a whole number from 1 to 1000"],
      ["--length", "6-4", "or the least and the most such as 4-6"],
      ["--length", "five", "length is five"],
      ["--pattern", "(", "Cannot take the option --pattern: "],
      ["--reject", "2", "expected a number from 0 to 1"],
      ["--reject-line", "x", "expected a number from 0 to 1"],
    ]
  ) {
    const { code, stdout, stderr } = await runTask("read", SEVEN, flag, value);
    assertEquals([flag, code, stdout], [flag, 2, ""]);
    assertStringIncludes(stderr, problem);
    assertStringIncludes(stderr, "[option/invalid]");
  }
});

Deno.test("read --help tells what a line may have to fit, and what – means", async () => {
  const { stdout } = await runTask("read", "--help");
  for (const text of ["--length N", "--pattern REGEXP", "--luhn", "--reject-line X", "–"]) {
    assertStringIncludes(stdout, text);
  }
});
