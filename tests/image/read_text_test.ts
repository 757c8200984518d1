import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { readText } from "../../src/image/read_text.ts";
import { LeNetError } from "../../src/model/error.ts";
import { assertRejection } from "./assert_error.ts";
import { toBase64 } from "./base64.ts";
import { encodeBmp } from "./bmp_encoder.ts";
import { DRAWING } from "./gif_files.ts";
import { BASELINE } from "./jpeg_files.ts";
import { encodePng } from "./png_encoder.ts";
import { LOSSLESS, LOSSY } from "./webp_files.ts";

const PNG = encodePng({ width: 1, height: 1, colourType: 0, depth: 8, samples: [7] });
const BMP = encodeBmp({ width: 1, height: 1, depth: 24, data: [255, 255, 255, 0] });
const FILES: readonly Uint8Array[] = [PNG, BASELINE, LOSSLESS, LOSSY, DRAWING, BMP];
const MOST = 10_000;

Deno.test("readText reads base64 and base64url of every format, padded or not, in lines or not", async () => {
  for (const file of FILES) {
    const base64 = toBase64(file);
    const forms = [
      base64,
      base64.replace(/=+$/, ""),
      base64.replaceAll("+", "-").replaceAll("/", "_"),
      base64.replace(/.{1,76}/g, "$&\r\n"),
      `\n\t ${base64} \n`,
      base64.replace(/./g, "$& "),
    ];
    for (const form of forms) assertEquals(await readText(form, MOST), new Uint8Array(file));
  }
});

Deno.test("readText reads the same where the runtime knows no Uint8Array.fromBase64", async () => {
  const { fromBase64 } = Uint8Array;
  Reflect.deleteProperty(Uint8Array, "fromBase64");
  try {
    const base64 = toBase64(BASELINE).replace(/=+$/, "").replaceAll("/", "_");
    assertEquals(await readText(base64, MOST), new Uint8Array(BASELINE));
    await assertRejection(() => readText(`${base64}!`, MOST), "image/unreadable", "base64");
  } finally {
    Object.defineProperty(Uint8Array, "fromBase64", {
      value: fromBase64,
      writable: true,
      configurable: true,
    });
  }
});

Deno.test("readText reads data URLs in base64 and in escapes, whatever type they claim", async () => {
  const base64 = toBase64(PNG);
  const escaped = Array.from(PNG, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const urls = [
    `data:image/png;base64,${base64}`,
    `data:;base64,${base64}`,
    `data:text/plain;charset=utf-8;base64,${base64}`,
    `  DATA:image/png;BASE64,${base64}\n`,
    `data:image/png;base64,${encodeURIComponent(base64)}`,
    `data:image/png,${escaped}`,
    `data:,${escaped.toUpperCase()}`,
  ];
  for (const url of urls) assertEquals(await readText(url, MOST), new Uint8Array(PNG));
});

Deno.test("readText takes no more bytes than the limit", async () => {
  const size = PNG.length;
  const base64 = toBase64(PNG);
  for (const text of [base64, `data:image/png;base64,${base64}`]) {
    assertEquals((await readText(text, size)).length, size);
    await assertRejection(() => readText(text, size - 1), "image/too-large", `${size} bytes`);
  }
  const long = "A".repeat(4000);
  await assertRejection(() => readText(long, 900), "image/too-large", "4000 letters");
});

Deno.test("readText refuses what is damaged", async () => {
  const base64 = toBase64(PNG);
  for (const text of [`${base64}*`, `data:image/png;base64,*${base64}`, `${base64}A====`]) {
    await assertRejection(() => readText(text, MOST), "image/unreadable", "its base64 is damaged");
  }
  const url = "data:image/png;base64";
  await assertRejection(() => readText(url, MOST), "image/unreadable", "has no comma");
});

Deno.test("readText refuses other text, and shows but its beginning", async () => {
  const texts = [
    "",
    "7",
    "seven.png",
    "./photos/seven.png",
    "C:\\photos\\seven.png",
    "file:///etc/passwd",
    "ftp://example.com/seven.png",
    "blob:https://example.com/1",
    "javascript:alert(1)",
    "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "AAAAAAAAAAAAAAAAAAAAAAAA",
    "the quick brown fox jumps over the lazy dog\n".repeat(50),
  ];
  for (const text of texts) {
    const error = await assertRejects(() => readText(text, MOST), LeNetError);
    assertEquals(error.code, "image/unsupported");
    assertMatch(error.message, /^[^\n]{1,600}$/);
    assertEquals(error.message.includes(text.slice(0, 40).split("\n")[0]), true);
    assertEquals(text.length > 60 && error.message.includes(text.slice(0, 60)), false);
  }
});

Deno.test("readText does not decode what is no base64 to its end", async () => {
  const long = "x".repeat(3 * 32 * 1024 * 1024);
  await assertRejection(() => readText(long, 32 * 1024 * 1024), "image/unsupported", "xxx…");
});
