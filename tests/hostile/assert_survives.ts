import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { LeNetError } from "../../src/errors.ts";
import type { RgbaImage } from "../../src/image/image.ts";
import type { ImageLimits } from "../../src/options.ts";

/** Asserts that a decoder gives pixels or a `LeNetError` for these files, whichever of their bytes are changed. */
export async function assertSurvives(
  decode: (bytes: Uint8Array, limits: ImageLimits) => RgbaImage | Promise<RgbaImage>,
  files: readonly Uint8Array[],
  numRuns: number,
): Promise<void> {
  let decoded = 0;
  const changes = fc.array(
    fc.tuple(fc.nat({ max: 10_000 }), fc.nat({ max: 255 })),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), changes, async (file, changes) => {
      const changed = file.slice();
      for (const [at, value] of changes) changed[at % file.length] = value;
      try {
        const { data, width, height } = await decode(changed, { maxPixels: 1_000_000 });
        assertEquals(data.length, 4 * width * height);
        decoded++;
      } catch (error) {
        if (!(error instanceof LeNetError)) throw error;
      }
    }),
    { numRuns, seed: 1 },
  );
  // Some have to be sound, or nothing would be tested behind the first checks.
  assertLess(10, decoded);
}
