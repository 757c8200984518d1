import { assertEquals } from "@std/assert";

const FOLDER = new URL("../../examples/", import.meta.url);

/** What each example prints. */
const PRINTED: Readonly<Record<string, string>> = {
  "amount.ts": "7: 7\n1250: 1250\n9999999: 9999999\n0012: please check\n",
  "card_number.ts": "card number 4539 1488 0343 6467\n",
  "zip_code.ts": "zip code 90210\n",
};

for (const [name, printed] of Object.entries(PRINTED)) {
  Deno.test(`examples/${name} runs without permissions and prints what it reads`, async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "--no-lock", "--no-prompt", name],
      cwd: FOLDER,
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder();
    assertEquals([text.decode(stderr), code, text.decode(stdout)], ["", 0, printed]);
  });
}

Deno.test("examples has no program that is not run", async () => {
  const names = await Array.fromAsync(Deno.readDir(FOLDER), ({ name }) => name);
  assertEquals(names.sort(), [...Object.keys(PRINTED), "write.ts"].sort());
});
