import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { LeNetError } from "../../src/errors.ts";
import type { RgbaImage } from "../../src/image/image.ts";
import type { ImageLimits } from "../../src/options.ts";

/** Asserts that a decoder returns pixels or throws a `LeNetError` for these files with any bytes changed. */
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
  // Some files must stay valid, or only the first checks would be tested.
  assertLess(10, decoded);
}
