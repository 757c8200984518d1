import { assertEquals, assertStringIncludes } from "@std/assert";
import { classifyDigit, type DigitImage } from "../mod.ts";
import { decodeImage } from "../src/image/decode/formats.ts";
import type { RgbaImage } from "../src/image/image.ts";
import { importPackage } from "../src/packages.ts";
import { toBase64 } from "./image/decode/base64.ts";
import { encodeBmp, packRows } from "./image/decode/bmp_encoder.ts";
import { encodeGif, greys } from "./image/decode/gif_encoder.ts";
import { PAGE_FORMS } from "./image/page_forms.ts";

const ROOT = new URL("../", import.meta.url);

/** The digit that the pictures show. */
const DIGIT = 4;

const SAMPLE = await Deno.readFile(new URL(`scripts/samples/${DIGIT}.png`, ROOT));

const PICTURE = await decodeImage(SAMPLE);

/** Its brightness, row by row, 0 to 255. */
const GREY = Array.from(
  { length: PICTURE.width * PICTURE.height },
  (_, i) => {
    const [red, green, blue] = PICTURE.data.subarray(4 * i, 4 * i + 3);
    return Math.round((red + green + blue) / 3);
  },
);

/** The picture in 28×28 pixels, dark on light, as no picture of MNIST is. */
const SMALL = shrink(28);

/** The whole picture, made smaller without regard to its proportions. */
function shrink(side: number): number[] {
  return Array.from({ length: side * side }, (_, i) => {
    const [left, right] = [i % side, i % side + 1].map((x) => Math.floor(x * PICTURE.width / side));
    const [top, bottom] = [0, 1].map((next) =>
      Math.floor((Math.floor(i / side) + next) * PICTURE.height / side)
    );
    let sum = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) sum += GREY[y * PICTURE.width + x];
    }
    return Math.round(sum / ((right - left) * (bottom - top)));
  });
}

/** One of the encoders of jSquash. */
async function encode(name: string, version: string): Promise<Uint8Array<ArrayBuffer>> {
  const { default: encode } = await importPackage(name, version, "/encode.js") as {
    default(picture: RgbaImage): Promise<ArrayBuffer>;
  };
  return new Uint8Array(await encode(PICTURE));
}

/** Rows of numbers as they lie in memory. */
function rowsOf(values: readonly number[], width: number): number[][] {
  return Array.from(
    { length: values.length / width },
    (_, y) => values.slice(y * width, (y + 1) * width),
  );
}

/** The picture as a file in each format that the README names. */
const FILES: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  PNG: SAMPLE,
  JPEG: await encode("@jsquash/jpeg", "1.6.0"),
  WebP: await encode("@jsquash/webp", "1.5.0"),
  GIF: encodeGif({ ...sizeOf(PICTURE), palette: greys(256) }, {
    ...sizeOf(PICTURE),
    colours: GREY,
  }),
  BMP: encodeBmp({
    width: PICTURE.width,
    height: -PICTURE.height,
    depth: 24,
    data: packRows(rowsOf(GREY, PICTURE.width).map((row) => row.flatMap((v) => [v, v, v])), 8),
  }),
};

function sizeOf({ width, height }: RgbaImage): { width: number; height: number } {
  return { width, height };
}

/** How a caller would hand in the picture; several ways by what tells them apart. */
type Form = () => Promise<Readonly<Record<string, DigitImage>>>;

/** Pictures by hand, in each format. */
const eachFile = (
  form: (file: Uint8Array<ArrayBuffer>) => DigitImage | Promise<DigitImage>,
): Form =>
async () => {
  const images: Record<string, DigitImage> = {};
  for (const [format, file] of Object.entries(FILES)) images[format] = await form(file);
  return images;
};

const each = (images: Readonly<Record<string, DigitImage>>): Form => () => Promise.resolve(images);

/** A form that only a page has: it is read in the tests of a browser. */
const IN_A_PAGE = "in a page";

/** A form with a test of its own below. */
const APART = "apart";

/** Columns and rows in each number of channels, and on both scales of numbers. */
function pixelImages(): Record<string, DigitImage> {
  const size = sizeOf(PICTURE);
  const rgb = GREY.flatMap((level) => [level, level, level]);
  const images: Record<string, DigitImage> = {};
  for (const [name, values] of Object.entries({ RGBA: [...PICTURE.data], RGB: rgb, grey: GREY })) {
    images[`${name} as bytes`] = { ...size, data: Uint8Array.from(values) };
    images[`${name} as numbers to 255`] = { ...size, data: values };
    images[`${name} as numbers to 1`] = {
      ...size,
      data: Float32Array.from(values, (value) => value / 255),
    };
  }
  return images;
}

/** The first column of each row of the README's table of what goes in, and every form in it. */
const ROWS: Readonly<
  Record<string, Readonly<Record<string, Form | typeof IN_A_PAGE | typeof APART>>>
> = {
  "`Uint8Array`, `DataView`, `ArrayBuffer`, `Blob`, `File`, `Request`, `Response`, stream": {
    Uint8Array: eachFile((file) => file),
    DataView: eachFile((file) => new DataView(file.buffer, file.byteOffset, file.byteLength)),
    ArrayBuffer: eachFile((file) => file.slice().buffer),
    Blob: eachFile((file) => new Blob([file])),
    File: eachFile((file) => new File([file], "picture")),
    Request: eachFile((file) => new Request("http://localhost", { method: "POST", body: file })),
    Response: eachFile((file) => new Response(file)),
    stream: eachFile((file) => new Blob([file]).stream()),
  },
  "`URL`, or text: `data:`, `http:`, `https:`, base64": {
    "URL": eachFile((file) => new URL(`data:image/x;base64,${toBase64(file)}`)),
    "data:": eachFile((file) => `data:image/x;base64,${toBase64(file)}`),
    "http:": APART,
    "https:": APART,
    "base64": eachFile(toBase64),
  },
  "canvas, `OffscreenCanvas`, `ImageBitmap`, `VideoFrame`, `<img>`, `<video>`": {
    "canvas": IN_A_PAGE,
    "OffscreenCanvas": async () => {
      const canvas = new OffscreenCanvas(PICTURE.width, PICTURE.height);
      canvas.getContext("bitmaprenderer")!.transferFromImageBitmap(await bitmap());
      return { canvas };
    },
    "ImageBitmap": async () => ({ bitmap: await bitmap() }),
    "VideoFrame": IN_A_PAGE,
    "<img>": IN_A_PAGE,
    "<video>": IN_A_PAGE,
  },
  "`{ data, width, height }`, such as `ImageData`": {
    "{ data, width, height }": each(pixelImages()),
    "ImageData": each({ pixels: imageData() }),
  },
  "any typed array but of big integers, or `number[]`, of 784 values": {
    "typed array": each({
      ...Object.fromEntries(
        [
          Uint8Array,
          Uint8ClampedArray,
          Uint16Array,
          Int16Array,
          Uint32Array,
          Int32Array,
          Float32Array,
          Float64Array,
        ].map((type) => [type.name, type.from(SMALL)]),
      ),
      Int8Array: Int8Array.from(SMALL, (value) => value >> 1),
    }),
    "number[]": each({
      "to 255": SMALL,
      "to 1": SMALL.map((value) => value / 255),
      "light on dark": SMALL.map((value) => 255 - value),
    }),
  },
  "`number[][]`": {
    "number[][]": each({
      "to 255": rowsOf(GREY, PICTURE.width),
      "to 1": rowsOf(GREY.map((value) => value / 255), PICTURE.width),
      "small": rowsOf(SMALL, 28),
    }),
  },
};

function imageData(): ImageData {
  return new ImageData(new Uint8ClampedArray(PICTURE.data), PICTURE.width, PICTURE.height);
}

async function bitmap(): Promise<ImageBitmap> {
  return await createImageBitmap(imageData());
}

/** The rows of the README's table of what goes in: what each says may go in, and what of it is meant. */
async function readTable(): Promise<[form: string, meaning: string][]> {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const [, after] = readme.split("\nWhat goes in:\n");
  const [table] = after.trim().split("\n\n");
  return table.split("\n").slice(2).map((line) => {
    const [, form, meaning] = line.split("|").map((cell) => cell.trim());
    return [form, meaning];
  });
}

Deno.test("the README's table of what goes in has the rows, forms and formats that are checked", async () => {
  const table = await readTable();
  assertEquals(table.map(([form]) => form), Object.keys(ROWS));
  for (const [row, forms] of Object.entries(ROWS)) {
    const code = [...row.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    assertEquals(code.filter((name) => !(name in forms)), [], row);
    for (const [form, check] of Object.entries(forms)) {
      assertStringIncludes(row, form);
      if (check === IN_A_PAGE) assertEquals(form in PAGE_FORMS, true, form);
    }
  }
  const [formats] = table[0][1].split(";");
  assertEquals(formats, "a PNG, JPEG, WebP, GIF or BMP");
  assertEquals(formats.match(/[A-Z]\w+/g), Object.keys(FILES));
});

for (const forms of Object.values(ROWS)) {
  for (const [form, make] of Object.entries(forms)) {
    if (typeof make === "string") continue;
    Deno.test(`classifyDigit reads a picture in each form of ${form}, as the README says`, async () => {
      for (const [name, image] of Object.entries(await make())) {
        assertEquals((await classifyDigit(image)).digit, DIGIT, name);
      }
    });
  }
}

/** Answers with a file by the name of its format. */
function answer(request: Request): Response {
  const format = new URL(request.url).pathname.slice(1);
  return new Response(FILES[format]);
}

Deno.test("classifyDigit reads text and URLs with http:, as the README says", async () => {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, answer);
  for (const format of Object.keys(FILES)) {
    const url = `http://127.0.0.1:${server.addr.port}/${format}`;
    for (const image of [url, new URL(url)]) {
      assertEquals((await classifyDigit(image)).digit, DIGIT, format);
    }
  }
});

/** Whether there is what makes a certificate. */
const HAS_OPENSSL = await new Deno.Command("openssl", { args: ["version"], stdout: "null" })
  .output().then(({ success }) => success, () => false);

Deno.test({
  name: "classifyDigit reads text with https:, as the README says",
  ignore: !HAS_OPENSSL,
  async fn() {
    const folder = await Deno.makeTempDir();
    const [key, cert] = [`${folder}/key.pem`, `${folder}/cert.pem`];
    const options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 " +
      "-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 " +
      "-addext basicConstraints=critical,CA:FALSE";
    const { success } = await new Deno.Command("openssl", {
      args: [...options.split(" "), "-keyout", key, "-out", cert],
      stderr: "null",
    }).output();
    assertEquals(success, true);
    await using server = Deno.serve({
      port: 0,
      hostname: "127.0.0.1",
      key: await Deno.readTextFile(key),
      cert: await Deno.readTextFile(cert),
      onListen() {},
    }, answer);
    // Whom a program trusts is settled when it starts.
    const program = `import { classifyDigit } from "${new URL("mod.ts", ROOT)}";
      const { digit } = await classifyDigit("https://127.0.0.1:${server.addr.port}/PNG");
      console.log(digit);`;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "-q", `--cert=${cert}`, program],
      cwd: ROOT,
    }).output();
    await Deno.remove(folder, { recursive: true });
    const text = new TextDecoder();
    assertEquals([text.decode(stdout), text.decode(stderr)], [`${DIGIT}\n`, ""]);
  },
});

Deno.test("classifyDigit takes 784 bytes that are a file for a file, as the README says", async () => {
  // One bit for each of 64×90 pixels, and two bytes of no meaning.
  const [width, height] = [64, 90];
  const rows = Array.from(
    { length: height },
    (_, y) =>
      Array.from({ length: width }, (_, x) => {
        const at = Math.floor((y + 0.5) * PICTURE.height / height) * PICTURE.width;
        return GREY[at + Math.floor((x + 0.5) * PICTURE.width / width)] > 128 ? 1 : 0;
      }),
  );
  const file = encodeBmp({
    width,
    height: -height,
    depth: 1,
    data: [...packRows(rows, 1), 0, 0],
    palette: [[0, 0, 0], [255, 255, 255]],
  });
  assertEquals(file.length, 784);
  assertEquals((await classifyDigit(file)).digit, DIGIT);
});

Deno.test("classifyDigit reads the first picture of an animation, as the README says", async () => {
  const size = sizeOf(PICTURE);
  const blank = new Array(GREY.length).fill(255);
  const palette = greys(256);
  const gif = encodeGif({ ...size, palette }, { ...size, colours: GREY }, {
    ...size,
    colours: blank,
  });
  const other = encodeGif({ ...size, palette }, { ...size, colours: blank }, {
    ...size,
    colours: GREY,
  });
  assertEquals((await classifyDigit(gif)).digit, DIGIT);
  assertEquals((await classifyDigit(other)).reason, "no-ink");
});
