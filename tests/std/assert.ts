/**
 * `@std/assert` as the rest of the project imports it. Where JSR cannot be reached, a thin layer over
 * `node:assert` takes its place, so that tests run on closed networks too.
 *
 * @module
 */

import type * as fallback from "./assert_fallback.ts";

const assert: typeof fallback = await import("@std/assert").catch(() =>
  import("./assert_fallback.ts")
);

export const assertAlmostEquals: typeof fallback.assertAlmostEquals = assert.assertAlmostEquals;

export const assertEquals: typeof fallback.assertEquals = assert.assertEquals;

export const assertGreater: typeof fallback.assertGreater = assert.assertGreater;

export const assertGreaterOrEqual: typeof fallback.assertGreaterOrEqual =
  assert.assertGreaterOrEqual;

export const assertLess: typeof fallback.assertLess = assert.assertLess;

export const assertLessOrEqual: typeof fallback.assertLessOrEqual = assert.assertLessOrEqual;

export const assertMatch: typeof fallback.assertMatch = assert.assertMatch;

export const assertNotEquals: typeof fallback.assertNotEquals = assert.assertNotEquals;

export const assertRejects: typeof fallback.assertRejects = assert.assertRejects;

export const assertStringIncludes: typeof fallback.assertStringIncludes =
  assert.assertStringIncludes;

export const assertThrows: typeof fallback.assertThrows = assert.assertThrows;
