import { assertEquals, assertLessOrEqual, assertStringIncludes } from "@std/assert";
import { classifyDigit } from "../../mod.ts";
import { decodeImage } from "../../src/image/decode/formats.ts";
import type { RgbaImage } from "../../src/image/image.ts";
import { HAS_CHROMIUM, withPage } from "../chromium.ts";
import { fromBase64, toBase64 } from "./decode/base64.ts";
import { encodeBmp } from "./decode/bmp_encoder.ts";
import { DRAWING } from "./decode/gif_encoder.ts";
import { BASELINE, encodeSquares, PROGRESSIVE, withOrientation } from "./decode/jpeg_files.ts";
import { encodePng } from "./decode/png_encoder.ts";
import { ANIMATED, LOSSLESS, LOSSY, LOSSY_ALPHA } from "./decode/webp_files.ts";
import { PAGE_FORMS } from "./page_forms.ts";
import { bundleProgram } from "../runtimes/bundle_program.ts";

/** The globals of the page's script. */
interface Window {
  read(image: unknown): Promise<{ data: number[]; width: number; height: number }>;
}

/** The script of the page: `readImage`, with results that can be serialised. */
const PROGRAM = `
import { readImage } from "./src/image/read_image.ts";
globalThis.read = async (image) => {
  const { data, width, height } = await readImage(image);
  return { data: Array.from(data), width, height };
};`;

const PNG = encodePng({
  width: 3,
  height: 2,
  colourType: 6,
  depth: 8,
  samples: Array.from({ length: 24 }, (_, i) => i * 10),
});

const BMP = encodeBmp({ width: 2, height: 1, depth: 24, data: [1, 2, 3, 4, 5, 6, 0, 0] });

/** The drawing of the JPEGs, by libavif's `avifenc --min 10 --max 20 -y 444`. */
const AVIF = fromBase64(
  "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUEAAADybWV0YQAAAAAAAAAoaGRscgAAAAAAAAAAcGljdAAAAA" +
    "AAAAAAAAAAAGxpYmF2aWYAAAAADnBpdG0AAAAAAAEAAAAeaWxvYwAAAABEAAABAAEAAAABAAABGgAAAEMAAAAoaWlu" +
    "ZgAAAAAAAQAAABppbmZlAgAAAAABAABhdjAxQ29sb3IAAAAAamlwcnAAAABLaXBjbwAAABRpc3BlAAAAAAAAABgAAA" +
    "AQAAAAEHBpeGkAAAAAAwgICAAAAAxhdjFDgSAAAAAAABNjb2xybmNseAABAA0ABoAAAAAXaXBtYQAAAAAAAAABAAEE" +
    "AQKDBAAAAEttZGF0EgAKCDgQ7/ygIaDSMjUTwAAAQABKLf64Qsabm3Yj9OjlZ54396tZx4SRITsKHul/2AAjYhyZ3F" +
    "bqHQkGZ3woFWFIwA==",
);

/** Files, and the largest difference between a browser's decoder and that of the package. */
const FILES: Record<string, [file: Uint8Array, tolerance: number]> = {
  "a PNG": [PNG, 0],
  "a GIF": [DRAWING, 0],
  "a BMP": [BMP, 0],
  "a JPEG": [BASELINE, 12],
  "a progressive JPEG": [PROGRESSIVE, 4],
  "a JPEG that lies on its side": [withOrientation(BASELINE, 6), 12],
  "a WebP without loss": [LOSSLESS, 0],
  "a WebP with loss": [LOSSY, 4],
  "a WebP with transparency": [LOSSY_ALPHA, 8],
  "an animated WebP": [ANIMATED, 0],
};

/** Opens a page that can read pictures. */
async function withReader(
  test: (read: (make: string) => Promise<RgbaImage>) => Promise<void>,
  program = PROGRAM,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const script = await Deno.readFile(await bundleProgram(program, folder));
  await Deno.remove(folder, { recursive: true });
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const headers = { "content-type": "text/javascript" };
    return new URL(request.url).pathname === "/page.js"
      ? new Response(script, { headers })
      : new Response(
        "<!DOCTYPE html><link rel=icon href='data:,'><script type=module src=page.js></script>",
        {
          headers: { "content-type": "text/html" },
        },
      );
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  await withPage(url, async ({ page, complaints, requests }) => {
    await page.waitForFunction("'read' in globalThis");
    await test(async (make) => {
      const { data, ...size } = await page.evaluate(
        async (make) => {
          const { read } = globalThis as unknown as Window;
          return await read(await (0, eval)(`(async () => { ${make} })()`));
        },
        make,
      );
      return { data: Uint8ClampedArray.from(data), ...size };
    });
    // Only the page and its script: no decoder was loaded.
    const fetched = requests.filter((request) => /^https?:/.test(request));
    assertEquals(fetched, [url, `${url}page.js`]);
    assertEquals(complaints, []);
  });
}

function assertNear(actual: RgbaImage, expected: RgbaImage, tolerance: number, name: string): void {
  assertEquals([actual.width, actual.height], [expected.width, expected.height], name);
  assertEquals(actual.data.length, expected.data.length, name);
  for (let i = 0; i < actual.data.length; i++) {
    const difference = Math.abs(seen(actual, i) - seen(expected, i));
    assertLessOrEqual(difference, tolerance, `${name}, value ${i}`);
  }
}

/** A premultiplied value: a canvas loses the colours of nearly transparent pixels. */
function seen({ data }: RgbaImage, i: number): number {
  return i % 4 === 3 ? data[i] : data[i] * data[i | 3] / 255;
}

Deno.test({
  name: "readImage reads every file in a browser, without a package",
  ignore: !HAS_CHROMIUM,
  async fn() {
    await withReader(async (read) => {
      for (const [name, [file, tolerance]] of Object.entries(FILES)) {
        const expected = await decodeImage(file);
        assertNear(await read(`return "${toBase64(file)}"`), expected, tolerance, name);
      }
    });
  },
});

Deno.test({
  name: "readImage reads in a browser what only a browser decodes",
  ignore: !HAS_CHROMIUM,
  async fn() {
    const cmyk = encodeSquares({
      samples: [[255, 255, 255, 0], [200, 100, 50, 255]],
      transform: 0,
    });
    await withReader(async (read) => {
      const drawing = await read(`return (await fetch("data:;base64,${toBase64(AVIF)}")).blob()`);
      assertNear(drawing, await decodeImage(PROGRESSIVE), 24, "AVIF");
      const { data, width, height } = await read(`return "${toBase64(cmyk)}"`);
      assertEquals([width, height], [16, 8]);
      for (const [at, colour] of [[0, [0, 0, 0, 255]], [4 * 8, [200, 100, 50, 255]]] as const) {
        const own = { data: data.slice(at, at + 4), width: 1, height: 1 };
        assertNear(own, { data: Uint8Array.from(colour), width: 1, height: 1 }, 3, "CMYK");
      }
    });
  },
});

Deno.test({
  name: "readImage reads what a page displays",
  ignore: !HAS_CHROMIUM,
  async fn() {
    const draw = `const draw = (canvas) => {
      const context = canvas.getContext("2d");
      context.fillStyle = "rgb(255, 0, 0)";
      context.fillRect(0, 0, 2, 1);
      context.fillStyle = "rgb(0, 0, 255)";
      context.fillRect(2, 1, 1, 1);
      return canvas;
    };
    const onPage = (width, height) =>
      Object.assign(document.createElement("canvas"), { width, height });
    const drawn = draw(new OffscreenCanvas(3, 2));`;
    const forms: Record<string, string> = {
      "a canvas off the page": "return drawn",
      "a canvas on the page": "return draw(onPage(3, 2))",
      "pixels": "return drawn.getContext('2d').getImageData(0, 0, 3, 2)",
      "a bitmap": "return await createImageBitmap(drawn)",
      "a canvas that shows a bitmap": `const shown = onPage(3, 2);
        shown.getContext("bitmaprenderer").transferFromImageBitmap(await createImageBitmap(drawn));
        return shown`,
      "a file": "return new File([await drawn.convertToBlob()], 'picture')",
      "an address of a file": "return new URL(URL.createObjectURL(await drawn.convertToBlob()))",
      "a data URL": "return draw(onPage(3, 2)).toDataURL()",
      "an image that is not loaded yet":
        "return Object.assign(new Image(), { src: draw(onPage(3, 2)).toDataURL() })",
      "a video frame": "return new VideoFrame(drawn, { timestamp: 0 })",
    };
    const [red, blue, clear] = [[255, 0, 0, 255], [0, 0, 255, 255], [0, 0, 0, 0]];
    const data = Uint8ClampedArray.from([red, red, clear, clear, clear, blue].flat());
    await withReader(async (read) => {
      for (const [name, form] of Object.entries(forms)) {
        const picture = await read(`${draw} ${form};`);
        assertNear(picture, { data, width: 3, height: 2 }, 2, name);
      }
    });
  },
});

Deno.test({
  name: "readImage reads a digit in every form of a page that the README names",
  ignore: !HAS_CHROMIUM,
  async fn() {
    const file = await Deno.readFile(new URL("../../scripts/samples/4.png", import.meta.url));
    const draw = `const image = new Image();
      image.src = "data:image/png;base64,${toBase64(file)}";
      await image.decode();
      const drawn = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
      drawn.getContext("2d").drawImage(image, 0, 0, 64, 64);`;
    await withReader(async (read) => {
      for (const [name, form] of Object.entries(PAGE_FORMS)) {
        const picture = await read(`${draw} ${form};`);
        assertEquals([picture.width, picture.height], [64, 64], name);
        assertEquals((await classifyDigit(picture)).digit, 4, name);
      }
    });
  },
});

/** Calls, and what becomes of the picture while they run. The digit that was read is the only pixel. */
const CHANGING_PROGRAM = `
import { classifyDigit, classifyDigits, LeNet, readDigits } from "./mod.ts";
globalThis.read = async ([image, change]) => {
  const answers = [
    classifyDigit(image).then(({ digit }) => digit),
    classifyDigits([image]).then(([{ digit }]) => digit),
    readDigits(image).then(({ text }) => Number(text)),
  ];
  change();
  return { data: await Promise.all(answers), width: 1, height: 1 };
};`;

Deno.test({
  name: "classifyDigit reads what it is given in a browser, whatever becomes of it",
  ignore: !HAS_CHROMIUM,
  async fn() {
    const file = await Deno.readFile(new URL("../../scripts/samples/7.png", import.meta.url));
    const draw = `const image = new Image();
      image.src = "data:image/png;base64,${toBase64(file)}";
      await image.decode();
      const size = { width: image.naturalWidth, height: image.naturalHeight };
      const drawn = Object.assign(document.createElement("canvas"), size);
      const context = drawn.getContext("2d", { willReadFrequently: true });
      context.drawImage(image, 0, 0);
      const clear = () => context.clearRect(0, 0, size.width, size.height);`;
    const forms: Record<string, string> = {
      "a canvas that is cleared": "return [drawn, clear]",
      "a canvas that is made smaller": "return [drawn, () => drawn.width = 1]",
      "a canvas with a bitmap":
        `const shown = Object.assign(document.createElement("canvas"), size);
        const renderer = shown.getContext("bitmaprenderer");
        renderer.transferFromImageBitmap(await createImageBitmap(drawn));
        return [shown, () => renderer.transferFromImageBitmap(null)]`,
      "a bitmap that is closed": `const bitmap = await createImageBitmap(drawn);
        return [bitmap, () => bitmap.close()]`,
      "a video frame that is closed": `const frame = new VideoFrame(drawn, { timestamp: 0 });
        return [frame, () => frame.close()]`,
      "a video that goes on": `const video = document.createElement("video");
        video.muted = true;
        video.srcObject = drawn.captureStream();
        await video.play();
        return [video, () => video.srcObject = null]`,
      "pixels that are overwritten":
        `const pixels = context.getImageData(0, 0, size.width, size.height);
        return [pixels, () => pixels.data.fill(255)]`,
      "a buffer that is transferred": `const bytes = await (await fetch(image.src)).arrayBuffer();
        return [bytes, () => structuredClone(bytes, { transfer: [bytes] })]`,
    };
    await withReader(async (read) => {
      for (const [name, form] of Object.entries(forms)) {
        assertEquals([...(await read(`${draw} ${form};`)).data], [7, 7, 7], name);
      }
    }, CHANGING_PROGRAM);
  },
});

Deno.test({
  name: "readImage rejects the same pictures in a browser as elsewhere",
  ignore: !HAS_CHROMIUM,
  async fn() {
    const refusals: [make: string, message: string][] = [
      [`return "${toBase64(BASELINE.slice(0, -2))}"`, "before its end marker"],
      [`return "${toBase64(LOSSY.slice(0, -2))}"`, "the WebP ends at byte"],
      [`return "${toBase64(LOSSLESS.with(22, 255))}"`, "its decoder gave up"],
      ["return new Image()", "shows no image"],
      ["return new URL('file:///picture.png')", "cannot be opened here"],
      ["return new OffscreenCanvas(0, 5)", "0×5 pixels"],
    ];
    await withReader(async (read) => {
      for (const [make, message] of refusals) {
        const problem = await read(make).then(() => "", (error) => String(error));
        assertStringIncludes(problem, message);
      }
    });
  },
});
