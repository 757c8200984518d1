import { assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import type { FindersReply, FoundBox, RgbaPicture } from "./finders_worker.ts";

/** The most that a picture of a few hundred pixels may take, in milliseconds, on a machine with other work. */
const MAX_MILLISECONDS = 60_000;

/** The finders in a worker, which can be ended in the middle of a loop. */
class Finders implements Disposable {
  readonly #worker = new Worker(new URL("./finders_worker.ts", import.meta.url), {
    type: "module",
  });

  async find(picture: RgbaPicture): Promise<FoundBox[]> {
    const { promise, resolve, reject } = Promise.withResolvers<FindersReply>();
    const timer = setTimeout(
      () => reject(new Error(`No answer within ${MAX_MILLISECONDS} ms`)),
      MAX_MILLISECONDS,
    );
    this.#worker.onmessage = ({ data }: MessageEvent<FindersReply>) => resolve(data);
    this.#worker.postMessage(picture);
    try {
      const reply = await promise;
      if ("failure" in reply) throw new Error(reply.failure);
      return reply.boxes;
    } finally {
      clearTimeout(timer);
    }
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

/** Asserts that every box has pixels and lies where it was found; returns the finders that found any. */
async function assertSoundBoxes(finders: Finders, picture: RgbaPicture): Promise<Set<string>> {
  const boxes = await finders.find(picture);
  for (const { finder, box, width, height } of boxes) {
    const isSound = box.width > 0 && box.height > 0 && box.x >= 0 && box.y >= 0 &&
      box.x + box.width <= width && box.y + box.height <= height;
    if (!isSound) throw new Error(`${finder}: ${JSON.stringify(box)} in ${width}×${height}`);
  }
  return new Set(boxes.map(({ finder }) => finder));
}

/** An opaque picture, from the brightness of each pixel. */
function pictureOf(
  width: number,
  height: number,
  level: (x: number, y: number) => number,
): RgbaPicture {
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    data.fill(level(i % width, Math.floor(i / width)), 4 * i, 4 * i + 3);
    data[4 * i + 3] = 255;
  }
  return { data, width, height };
}

const size = fc.oneof(
  fc.record({ width: fc.integer({ min: 1, max: 4 }), height: fc.integer({ min: 1, max: 120 }) }),
  fc.record({ width: fc.integer({ min: 1, max: 120 }), height: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ width: fc.integer({ min: 1, max: 24 }), height: fc.integer({ min: 1, max: 24 }) }),
  // Narrower than the block of pixels that becomes one when the picture is made smaller.
  fc.record({ width: fc.integer({ min: 1, max: 4 }), height: fc.integer({ min: 900, max: 2000 }) }),
);

const tone = fc.integer({ min: 0, max: 255 });

/** A ground with rectangles of other tones on it; all of their numbers are shares of the picture's size. */
const drawn = fc.record({
  size,
  ground: tone,
  blocks: fc.array(
    fc.record({ x: tone, y: tone, width: tone, height: tone, level: tone }),
    { minLength: 1, maxLength: 5 },
  ),
}).map(({ size: { width, height }, ground, blocks }) =>
  pictureOf(width, height, (px, py) =>
    blocks.reduce((level, block) => {
      const [x, y] = [Math.floor(block.x * width / 256), Math.floor(block.y * height / 256)];
      const isIn = px >= x && py >= y && px <= x + block.width * width / 256 &&
        py <= y + block.height * height / 256;
      return isIn ? block.level : level;
    }, ground))
);

/** Pixels of two tones, thrown at random. */
const noisy = fc.record({
  size,
  tones: fc.tuple(tone, tone),
  bits: fc.array(fc.boolean(), { minLength: 7, maxLength: 97 }),
})
  .map(({ size: { width, height }, tones, bits }) =>
    pictureOf(width, height, (x, y) => tones[bits[(x + y * width) % bits.length] ? 0 : 1])
  );

/** A sheet that covers much of the picture, with a mark on it. */
const sheet = fc.record({
  width: fc.integer({ min: 30, max: 120 }),
  height: fc.integer({ min: 30, max: 120 }),
  margin: fc.integer({ min: 1, max: 40 }),
  tones: fc.tuple(tone, tone, tone),
}).map(({ width, height, margin, tones: [table, paper, ink] }) =>
  pictureOf(width, height, (x, y) => {
    const share = 100 * Math.min((x + 1) / width, 1 - x / width, (y + 1) / height, 1 - y / height);
    return share < margin ? table : share > 45 ? ink : paper;
  })
);

/** What differs in colour. */
const tinted = drawn.map(({ data, width, height }) => ({
  data: data.map((level, i) => i % 4 === 0 ? 255 - level : level),
  width,
  height,
}));

Deno.test("readDigits answers for a narrow picture that is one bar from side to side", async () => {
  using finders = new Finders();
  for (const [width, height] of [[2, 91], [91, 2], [1, 91], [2, 400], [2, 2]]) {
    const isLong = height > width;
    await assertSoundBoxes(
      finders,
      pictureOf(width, height, (x, y) => {
        const at = (isLong ? y : x) / Math.max(width, height);
        return at > 0.3 && at < 0.8 ? 20 : 240;
      }),
    );
  }
});

Deno.test("readDigits answers within a bounded time for pictures of odd shapes, with sound boxes", async () => {
  using finders = new Finders();
  const found = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.oneof({ weight: 3, arbitrary: drawn }, noisy, tinted, { weight: 2, arbitrary: sheet }),
      async (picture) => {
        for (const finder of await assertSoundBoxes(finders, picture)) {
          found.set(finder, (found.get(finder) ?? 0) + 1);
        }
      },
    ),
    // A picture that is never answered is not made smaller: each attempt would take as long.
    { numRuns: 150, seed: 3, endOnFailure: true },
  );
  // Every finder must have found something, or nothing was tested of it.
  for (
    const finder of [
      "sheetsOf",
      "firstHypothesis",
      "furtherHypotheses",
      "colourHypotheses",
      "likelyHypothesis",
      "findWritings",
      "deskew",
      "digitInks",
      "readDigits",
    ]
  ) {
    assertGreater(found.get(finder) ?? 0, 10, finder);
  }
});

Deno.test("readDigits gives sound boxes of thin strokes in pictures that are turned", async () => {
  using finders = new Finders();
  for (const degrees of [-9, -5, 5, 9]) {
    const [cos, sin] = [Math.cos(degrees * Math.PI / 180), Math.sin(degrees * Math.PI / 180)];
    const picture = pictureOf(340, 180, (px, py) => {
      const [x, y] = [(px - 170) * cos + (py - 90) * sin, (py - 90) * cos - (px - 170) * sin];
      const isStroke = Math.abs(x) < 140 && (x + 400) % 40 < 4 && Math.abs(y) < 25;
      return isStroke ? 30 : 220;
    });
    const found = await assertSoundBoxes(finders, picture);
    assertEquals(found.has("readDigits"), true, `${degrees}°`);
  }
});
