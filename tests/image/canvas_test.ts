import { assertEquals, assertRejects } from "@std/assert";
import { LeNetError } from "../../src/errors.ts";
import { readDrawable } from "../../src/image/canvas.ts";
import type { DigitImage, DrawableImage } from "../../src/image/image.ts";
import { isDrawable, readImage } from "../../src/image/read_image.ts";
import { assertRejection } from "../assert_error.ts";

const PIXELS = [10, 20, 30, 255, 40, 50, 60, 128, 1, 2, 3, 0, 255, 0, 0, 255];

/** A picture of 2×2 pixels, one of them half and one wholly transparent. */
const imageData = (): ImageData => new ImageData(new Uint8ClampedArray(PIXELS), 2, 2);

/** A canvas of a library. */
const canvasOf = (data: ArrayLike<number>, width: number, height: number): DrawableImage => ({
  width,
  height,
  getContext: (kind: string) =>
    kind !== "2d" ? null : {
      getImageData: (x: number, y: number, w: number, h: number) => {
        assertEquals([x, y, w, h], [0, 0, width, height]);
        return { data: Uint8ClampedArray.from(data) };
      },
    },
});

/** Replaces Deno's canvas, which cannot be drawn on, by one that can. */
async function withCanvas(test: (drawn: unknown[]) => Promise<void>): Promise<void> {
  const { OffscreenCanvas } = globalThis;
  const drawn: unknown[] = [];
  globalThis.OffscreenCanvas = class {
    constructor(readonly width: number, readonly height: number) {}
    getContext(): unknown {
      return {
        drawImage: (...args: unknown[]) => drawn.push(args),
        getImageData: () => ({ data: new Uint8ClampedArray(4 * this.width * this.height).fill(9) }),
      };
    }
  } as unknown as typeof OffscreenCanvas;
  try {
    await test(drawn);
  } finally {
    globalThis.OffscreenCanvas = OffscreenCanvas;
  }
}

Deno.test("isDrawable recognises canvases and what can be drawn on them by shape", () => {
  const drawables: unknown[] = [
    new OffscreenCanvas(1, 1),
    canvasOf([], 1, 1),
    { width: 1, height: 1, close() {} },
    { displayWidth: 1, displayHeight: 1, close() {} },
    { naturalWidth: 0, naturalHeight: 0 },
    { videoWidth: 1, videoHeight: 1 },
  ];
  for (const image of drawables) assertEquals(isDrawable(image), true);
  const others: unknown[] = [
    imageData(),
    { data: [0], width: 1, height: 1, close() {} },
    { width: 1, height: 1 },
    { close() {} },
    { getContext: "2d" },
    [[0]],
    new Uint8Array(784),
    null,
    undefined,
    "canvas",
    () => 0,
  ];
  for (const image of others) assertEquals(isDrawable(image), false);
});

Deno.test("readDrawable reads a canvas through its own 2d context", async () => {
  const pixels = await readImage(canvasOf(PIXELS, 2, 2));
  const data = new Uint8ClampedArray(PIXELS);
  assertEquals(pixels, { data, width: 2, height: 2, channels: 4 });
});

Deno.test("readDrawable reads Deno's bitmaps and canvases, and does not change them", async () => {
  const bitmap = await createImageBitmap(imageData());
  const data = new Uint8ClampedArray(PIXELS);
  for (let time = 0; time < 2; time++) {
    assertEquals(await readImage(bitmap), { data, width: 2, height: 2, channels: 4 });
  }
  const canvas = new OffscreenCanvas(2, 2);
  canvas.getContext("bitmaprenderer")!.transferFromImageBitmap(bitmap);
  assertEquals(await readImage(canvas), { data, width: 2, height: 2, channels: 4 });
});

Deno.test("readDrawable draws other objects on a new canvas, in their displayed size", async () => {
  const shown: [image: object, width: number, height: number][] = [
    [{ width: 3, height: 2, close() {} }, 3, 2],
    [{ displayWidth: 4, displayHeight: 2, codedWidth: 16, width: 7, close() {} }, 4, 2],
    [{ naturalWidth: 5, naturalHeight: 2, width: 50, height: 20 }, 5, 2],
    [{ naturalWidth: 0, naturalHeight: 0, width: 6, height: 3 }, 6, 3],
    [{ videoWidth: 7, videoHeight: 3, width: 1, height: 1, readyState: 4 }, 7, 3],
    [{ width: 8, height: 3, getContext: () => null }, 8, 3],
    [
      {
        width: 8,
        height: 4,
        getContext() {
          throw new Error("it was given away");
        },
      },
      8,
      4,
    ],
  ];
  await withCanvas(async (drawn) => {
    for (const [image, width, height] of shown) {
      const pixels = await readImage(image as DigitImage);
      assertEquals([pixels.width, pixels.height], [width, height]);
      assertEquals(pixels.data, new Uint8ClampedArray(4 * width * height).fill(9));
      assertEquals(drawn.pop(), [image, 0, 0, width, height]);
    }
  });
});

Deno.test("readDrawable waits for an image element, and rejects one that shows nothing", async () => {
  await withCanvas(async () => {
    const element = {
      naturalWidth: 0,
      naturalHeight: 0,
      decode() {
        element.naturalWidth = element.naturalHeight = 2;
        return Promise.resolve();
      },
    };
    assertEquals((await readImage(element)).width, 2);
    const broken = {
      naturalWidth: 0,
      naturalHeight: 0,
      decode: () => Promise.reject(new Error("broken")),
    };
    await assertRejection(() => readImage(broken), "image/unreadable", "shows no image");
    const video = { videoWidth: 2, videoHeight: 2, readyState: 1 };
    await assertRejection(() => readImage(video), "image/unreadable", "no picture to show yet");
  });
});

Deno.test("readDrawable copies the pixels of a video frame where no canvas can be drawn on", async () => {
  const frame = {
    displayWidth: 2,
    displayHeight: 2,
    visibleRect: { width: 2, height: 2 },
    close() {},
    copyTo(target: Uint8Array, options: object) {
      assertEquals(options, { format: "RGBA", layout: [{ offset: 0, stride: 8 }] });
      target.set(PIXELS);
      return Promise.resolve();
    },
  };
  assertEquals((await readImage(frame)).data, new Uint8Array(PIXELS));
});

Deno.test("readDrawable reports that the pixels of a canvas are protected", async () => {
  const tainted = {
    width: 2,
    height: 2,
    getContext: () => ({
      getImageData() {
        throw new DOMException("The canvas has been tainted by cross-origin data.");
      },
    }),
  };
  await assertRejection(() => readImage(tainted), "image/unreadable", "tainted by cross-origin");
});

Deno.test("readDrawable rejects a canvas that returns more or fewer pixels than it has", async () => {
  for (const data of [PIXELS.slice(4), [...PIXELS, ...PIXELS]]) {
    const canvas = canvasOf(data, 2, 2);
    await assertRejection(
      () => readImage(canvas),
      "image/invalid",
      `${data.length} values for 2×2`,
    );
  }
});

Deno.test("readDrawable rejects an empty or too large picture before it is drawn", async () => {
  const untouchable = {
    getContext() {
      throw new Error("it was touched");
    },
  };
  const read = (width: unknown, height: unknown): Promise<unknown> =>
    readImage({ ...untouchable, width, height } as DigitImage, { maxPixels: 99 });
  await assertRejection(() => read(10, 10), "image/too-large", "10×10 pixels, expected at most 99");
  for (const [width, height] of [[0, 5], [5, 0], [NaN, 5], [undefined, 5], ["x", 5]]) {
    await assertRejection(() => read(width, height), "image/unreadable", "pixels");
  }
  const bitmap = await createImageBitmap(imageData());
  bitmap.close();
  await assertRejection(() => readImage(bitmap), "image/unreadable", "0×0 pixels");
});

Deno.test("readDrawable rejects what the runtime cannot draw", async () => {
  for (const image of [{ naturalWidth: 2, naturalHeight: 2 }, { videoWidth: 2, videoHeight: 2 }]) {
    const error = await assertRejects(() => readImage(image), LeNetError);
    assertEquals(error.code, "image/unsupported", error.message);
  }
  const context = { width: 2, height: 2, getContext: () => null };
  await assertRejection(() => readDrawable(context, 99), "image/unsupported", "no canvas here");
});
