import { assertEquals } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import type { LeNetErrorCode } from "../../src/errors.ts";
import type { DigitImage } from "../../src/image/image.ts";
import { captureImage, readImage } from "../../src/image/read_image.ts";
import type { ImageLimits } from "../../src/options.ts";
import { assertRejection } from "../assert_error.ts";
import { toBase64 } from "./decode/base64.ts";
import { DRAWING } from "./decode/gif_encoder.ts";
import { BASELINE } from "./decode/jpeg_files.ts";
import { encodePng } from "./decode/png_encoder.ts";
import { LOSSLESS } from "./decode/webp_files.ts";

/** RGBA of 3×2 pixels. */
const SAMPLES = Array.from({ length: 24 }, (_, i) => i * 10);

const PNG = encodePng({ width: 3, height: 2, colourType: 6, depth: 8, samples: SAMPLES });

/** The same bytes in shared memory. */
function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** The same picture in every form; each is created anew, since some can be read only once. */
const FORMS: Record<string, () => DigitImage> = {
  "bytes": () => PNG,
  "bytes among others": () => new Uint8Array([0, ...PNG, 0]).subarray(1, PNG.length + 1),
  "a buffer of Node": () => Buffer.from(PNG),
  "a view": () => new DataView(PNG.buffer, PNG.byteOffset, PNG.length),
  "a buffer": () => PNG.slice().buffer,
  "shared memory": () => shared(PNG).buffer,
  "bytes in shared memory": () => shared(PNG),
  "a blob": () => new Blob([PNG]),
  "a file": () => new File([PNG], "picture.txt"),
  "a response": () => new Response(PNG),
  "a request": () => new Request("http://example.com", { method: "PUT", body: PNG }),
  "a stream": () => new Blob([PNG]).stream(),
  "a stream of bytes": () =>
    new ReadableStream({
      type: "bytes",
      start(controller) {
        controller.enqueue(PNG.slice());
        controller.close();
      },
    }),
  "base64": () => toBase64(PNG),
  "a data URL": () => `data:image/jpeg;base64,${toBase64(PNG)}`,
  "a URL": () => new URL(`data:image/png;base64,${toBase64(PNG)}`),
  "ImageData": () => new ImageData(new Uint8ClampedArray(SAMPLES), 3, 2),
  "pixels with a size": () => ({ data: new Uint8Array(SAMPLES), width: 3, height: 2 }),
  "a canvas": () => ({
    width: 3,
    height: 2,
    getContext: () => ({ getImageData: () => ({ data: new Uint8ClampedArray(SAMPLES) }) }),
  }),
};

for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`readImage reads ${name}, and rejects more pixels than the limit`, async () => {
    const { data, width, height, channels } = await readImage(form());
    assertEquals([width, height, channels], [3, 2, 4]);
    assertEquals(Array.from(data), SAMPLES);
    await readImage(form(), { maxPixels: 6 });
    await assertRejection(
      () => readImage(form(), { maxPixels: 5 }),
      "image/too-large",
      "3×2 pixels, expected at most 5 in all",
    );
  });
}

for (const [name, form] of Object.entries(FORMS).slice(0, 16)) {
  Deno.test(`readImage rejects more bytes of ${name} than the limit`, async () => {
    await readImage(form(), { maxBytes: PNG.length });
    await assertRejection(
      () => readImage(form(), { maxBytes: PNG.length - 1 }),
      "image/too-large",
      `expected at most ${PNG.length - 1}`,
    );
  });
}

Deno.test("readImage returns plain objects for every format", async () => {
  for (const [file, width, height] of [[BASELINE, 24, 16], [LOSSLESS, 24, 16], [DRAWING, 12, 10]]) {
    const pixels = await readImage(file as Uint8Array);
    assertEquals(Object.keys(pixels), ["data", "width", "height", "channels"]);
    assertEquals([pixels.width, pixels.height, pixels.channels], [width, height, 4]);
    assertEquals(pixels.data.length, 4 * pixels.width * pixels.height);
  }
});

Deno.test("readImage takes 784 bytes as pixels, unless they are a file", async () => {
  const pixels = new Uint8Array(784).fill(3);
  assertEquals(await readImage(pixels), { data: pixels, width: 28, height: 28, channels: 1 });
  for (const file of [PNG, LOSSLESS, DRAWING]) {
    const padded = new Uint8Array(784);
    padded.set(file);
    assertEquals(await readImage(padded), await readImage(file));
  }
});

/** A picture, and what changes it. */
type Changing = [image: DigitImage, change: () => void];

/** Pictures in memory, and what their owners may do to them. */
const CHANGES: Record<string, () => Changing | Promise<Changing>> = {
  "bytes of a file": () => changing(PNG.slice()),
  "a buffer of a file": () => {
    const { buffer } = PNG.slice();
    return [buffer, () => structuredClone(buffer, { transfer: [buffer] })];
  },
  "a file in shared memory": () => changing(shared(PNG)),
  "784 bytes": () => changing(new Uint8Array(784).fill(200)),
  "784 bytes in a buffer of Node": () => changing(Buffer.alloc(784, 200)),
  "784 floats": () => changing(new Float32Array(784).fill(0.5)),
  "784 numbers": () => changing(Array<number>(784).fill(0.5)),
  "rows": () => {
    const rows = [[0.25, 0.5], [1, 0]];
    return [rows, () => rows.splice(0).forEach((row) => row.fill(0))];
  },
  "ImageData": () => {
    const image = new ImageData(new Uint8ClampedArray(SAMPLES), 3, 2);
    return [image, () => image.data.fill(0)];
  },
  "RGB": () => {
    const data = Uint8Array.from(SAMPLES.slice(6));
    return [{ data, width: 3, height: 2 }, () => data.fill(0)];
  },
  "a canvas with a 2d context": () => {
    const data = new Uint8ClampedArray(SAMPLES);
    const getContext = () => ({ getImageData: () => ({ data: data.slice() }) });
    return [{ width: 3, height: 2, getContext }, () => data.fill(0)];
  },
  "a canvas that shows a bitmap": async () => {
    const canvas = new OffscreenCanvas(3, 2);
    const context = canvas.getContext("bitmaprenderer")!;
    context.transferFromImageBitmap(await bitmap());
    return [canvas, () => context.transferFromImageBitmap(null)];
  },
  "a bitmap": async () => {
    const image = await bitmap();
    return [image, () => image.close()];
  },
  "a video frame": () => {
    const frame = {
      displayWidth: 3,
      displayHeight: 2,
      visibleRect: { width: 3, height: 2 },
      close: () => frame.visibleRect.width = 0,
      copyTo: (target: Uint8Array) => Promise.resolve(target.set(SAMPLES)),
    };
    return [frame, frame.close];
  },
};

function changing<Values extends { fill(value: number): unknown } & DigitImage>(
  values: Values,
): Changing {
  return [values, () => values.fill(0)];
}

function bitmap(): Promise<ImageBitmap> {
  const data = new Uint8ClampedArray(SAMPLES).map((value, i) => i % 4 === 3 ? 255 : value);
  return createImageBitmap(new ImageData(data, 3, 2));
}

for (const [name, make] of Object.entries(CHANGES)) {
  Deno.test(`captureImage copies ${name} before it returns`, async () => {
    const [untouched] = await make();
    const expected = await readImage(untouched);
    const [image, change] = await make();
    const captured = captureImage(image);
    change();
    assertEquals(await readImage(captured), expected);
    const [other, changeOther] = await make();
    const pixels = readImage(other);
    changeOther();
    assertEquals(await pixels, expected);
  });
}

Deno.test("captureImage leaves what is yet to be loaded, and keeps what it has captured", async () => {
  const pending: DigitImage[] = [
    new Blob([PNG]),
    new Response(PNG),
    new Blob([PNG]).stream(),
    new URL("http://localhost/7.png"),
    toBase64(PNG),
    { naturalWidth: 3, naturalHeight: 2 },
  ];
  for (const image of pending) assertEquals(captureImage(image) === image, true);
  const captured = captureImage(PNG);
  assertEquals(captureImage(captured) === captured, true);
  assertEquals(await readImage(captured), await readImage(PNG));
});

Deno.test("captureImage leaves what is wrong to whoever reads the picture, or to nobody", async () => {
  const pixels = { data: new Uint8Array(6), width: 3, height: 2 };
  const canvas = { width: 0, height: 2, getContext: () => null };
  const wrong: [LeNetErrorCode, string, DigitImage, ImageLimits?][] = [
    ["image/too-large", "3×2 pixels", pixels, { maxPixels: 5 }],
    ["image/too-large", "at most 5", PNG, { maxBytes: 5 }],
    ["option/invalid", "maxBytes is 0", PNG, { maxBytes: 0 }],
    ["image/invalid", "is NaN", [[NaN]]],
    ["image/unreadable", "0×2 pixels", canvas],
    ["image/unsupported", "of type Null", null as unknown as DigitImage],
  ];
  for (const [code, message, image, limits] of wrong) {
    captureImage(image, limits);
    const captured = captureImage(image, limits);
    await new Promise((resolve) => setTimeout(resolve, 0));
    await assertRejection(() => readImage(captured), code, message);
  }
});

Deno.test("captureImage ignores options that are no limits", async () => {
  const options = { reject: 0.5, maxPixels: 6 };
  const captured = captureImage({ data: new Uint8Array(6), width: 3, height: 2 }, options);
  assertEquals((await readImage(captured)).width, 3);
});

Deno.test("DigitImage includes the types of every platform", () => {
  type OfPages =
    | HTMLCanvasElement
    | OffscreenCanvas
    | ImageBitmap
    | HTMLImageElement
    | HTMLVideoElement
    | VideoFrame
    | ImageData;
  type OfNode = Readable | Buffer;
  const all: (OfPages | OfNode | File | Request | Response)[] = [];
  const images: DigitImage[] = all;
  assertEquals(images, []);
});

Deno.test("readImage rejects everything else", async () => {
  const others: unknown[] = [null, undefined, 7, true, {}, () => 0, Symbol("seven"), 7n, new Map()];
  for (const image of others) {
    await assertRejection(() => readImage(image as DigitImage), "image/unsupported", "of type");
  }
});

Deno.test("readImage checks its limits for every form of picture", async () => {
  for (const form of Object.values(FORMS)) {
    await assertRejection(() => readImage(form(), { maxPixels: 0 }), "option/invalid");
    await assertRejection(() => readImage(form(), { maxBytes: -1 }), "option/invalid");
  }
});

Deno.test("readImage rejects an empty picture in every form", async () => {
  const empty = new Uint8Array(0);
  const detached = new Uint8Array(1000);
  structuredClone(detached, { transfer: [detached.buffer] });
  const files: DigitImage[] = [
    empty,
    detached,
    detached.buffer,
    empty.buffer,
    new DataView(empty.buffer),
    new Blob([]),
    new File([], "picture.png"),
    new Response(null),
    new Response(""),
    new Request("http://localhost", { method: "POST", body: empty }),
    new Blob([]).stream(),
    new URL("data:image/png;base64,"),
    "data:image/png;base64,",
  ];
  for (const image of files) {
    await assertRejection(() => readImage(image), "image/unreadable", "it has 0 bytes");
  }
  await assertRejection(() => readImage(""), "image/unsupported");
  const pixels: DigitImage[] = [
    [],
    [[]],
    new Float32Array(0),
    { data: empty, width: 0, height: 0 },
    { data: [], width: 28, height: 0 },
    { data: empty, width: 28, height: 28 },
  ];
  for (const image of pixels) {
    await assertRejection(() => readImage(image), "image/invalid", " 0 values");
  }
  const drawable = { width: 0, height: 4, getContext: () => null };
  await assertRejection(() => readImage(drawable), "image/unreadable", "0×4 pixels");
});
