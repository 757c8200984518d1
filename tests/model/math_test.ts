import { assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { cos, exp, hypot, log, pow, sin, tanh } from "../../src/model/math.ts";
import { MATH_HASH, mathHash } from "./math_hash.ts";

const FUNCTIONS = { exp, log, sin, cos, tanh };

type Name = keyof typeof FUNCTIONS;

/** How far two numbers are apart, in units in the last place of the second. */
function ulpsApart(found: number, expected: number): number {
  if (Object.is(found, expected)) return 0;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(expected));
  bits.setBigInt64(0, bits.getBigInt64(0) + 1n);
  return Math.abs(found - expected) / (bits.getFloat64(0) - Math.abs(expected));
}

function assertClose(found: number, expected: number, most: number, what: string): void {
  assertLessOrEqual(ulpsApart(found, expected), most, `${what} is ${found}, not ${expected}`);
}

/** The ranges over which each function is compared with the engine's, and how far apart both may be, in ulp. */
const RANGES: readonly [name: Name, min: number, max: number, ulps: number][] = [
  ["exp", -1, 1, 2],
  ["exp", -745, 709, 2],
  ["log", 0.5, 2, 2],
  ["log", 0, 300, 2],
  ["log", 0, Number.MAX_VALUE, 2],
  ["sin", -1, 1, 2],
  ["sin", -100, 100, 2],
  ["sin", -1.6e6, 1.6e6, 2],
  ["cos", -1, 1, 2],
  ["cos", -100, 100, 2],
  ["cos", -1.6e6, 1.6e6, 2],
  // Both are up to 2.3 ulp from the exact value.
  ["tanh", -1, 1, 5],
  ["tanh", -25, 25, 5],
];

for (const [name, min, max, ulps] of RANGES) {
  Deno.test(`${name} is as the engine's from ${min} to ${max}`, () => {
    const numbers = fc.double({ min, max, noNaN: true });
    const evenly = fc.nat(1_000_000).map((n) => min + n / 1_000_000 * (max - min));
    fc.assert(
      fc.property(fc.oneof(numbers, evenly), (x) => {
        assertClose(FUNCTIONS[name](x), Math[name](x), ulps, `${name}(${x})`);
      }),
      { numRuns: 5000 },
    );
  });
}

/** Where the reduction of the argument goes from one interval to the next. */
const BOUNDARIES: Readonly<Record<Name, (n: number) => number>> = {
  exp: (n) => (n - 50.5) * Math.LN2,
  log: (n) => Math.SQRT1_2 * 2 ** (n - 50),
  sin: (n) => (n - 50.5) * Math.PI / 2,
  cos: (n) => (n - 50.5) * Math.PI / 2,
  tanh: (n) => (n % 28 + 0.5) * Math.LN2 / 2,
};

for (const [name, boundary] of Object.entries(BOUNDARIES)) {
  const f = FUNCTIONS[name as Name];
  Deno.test(`${name} has no jump where the reduction of its argument has one`, () => {
    for (let n = 0; n < 100; n++) {
      const at = boundary(n);
      // Steps of 64 ulp, of which each changes the result by more than its error unless it has reached 1.
      const xs = Array.from({ length: 17 }, (_, i) => at * (1 + (i - 8) * 2 ** -46));
      const values = xs.map(f);
      const rises = Math.sign(Math[name as Name](xs[16]) - Math[name as Name](xs[0]));
      for (const [i, x] of xs.entries()) {
        assertClose(values[i], Math[name as Name](x), 5, `${name}(${x})`);
        if (i > 0) assertGreaterOrEqual(rises * (values[i] - values[i - 1]), 0, `${name}(${x})`);
      }
    }
  });
}

for (const name of ["sin", "cos"] as const) {
  Deno.test(`${name} keeps its relative accuracy next to its zeros`, () => {
    for (const n of [1, 2, 3, 11, 22, 355, 710, 51_819, 573_204, 1_000_000]) {
      const x = n * Math.PI / 2;
      assertClose(FUNCTIONS[name](x), Math[name](x), 2, `${name}(${x})`);
    }
  });

  Deno.test(`${name} stays from −1 to 1 for angles too large to be told apart`, () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      assertLessOrEqual(Math.abs(FUNCTIONS[name](x)), 1);
    }));
    // The last angle that is reduced exactly, and the first that is not.
    const ANGLE = 1_647_099;
    for (const x of [ANGLE - 2 ** -32, -ANGLE + 2 ** -32]) {
      assertClose(FUNCTIONS[name](x), Math[name](x), 2, `${name}(${x})`);
    }
    for (const x of [ANGLE, -ANGLE]) {
      assertLessOrEqual(Math.abs(FUNCTIONS[name](x) - Math[name](x)), 1e-9, `${name}(${x})`);
    }
  });
}

const { MAX_VALUE, MIN_VALUE } = Number;

const MIN_NORMAL = 2 ** -1022;

/** What each function gives for special values; as the engine's do. */
const SPECIAL: Readonly<Record<Name, readonly number[]>> = {
  exp: [0, -0, 1, -1, NaN, Infinity, -Infinity, 709.782712893384, 709.7827128933841, 710, 711]
    .concat(
      [-708.4, -745.1332191019411, -745.1332191019412, -745.2, -746, -747, MIN_VALUE, MAX_VALUE],
    ),
  log: [0, -0, 1, -1, NaN, Infinity, -Infinity, MIN_VALUE, 3 * MIN_VALUE, MAX_VALUE, -MIN_VALUE]
    .concat(
      [MIN_NORMAL, MIN_NORMAL - MIN_VALUE, 1 - 2 ** -53, 1 + 2 ** -52, Math.SQRT1_2, Math.SQRT2, 2],
    ),
  sin: [0, -0, NaN, Infinity, -Infinity, MIN_VALUE, -MIN_VALUE, 2 ** -27, Math.PI / 4, Math.PI],
  cos: [0, -0, NaN, Infinity, -Infinity, MIN_VALUE, -MIN_VALUE, 2 ** -27, Math.PI / 4, Math.PI],
  tanh: [0, -0, NaN, Infinity, -Infinity, MIN_VALUE, -MIN_VALUE, 2 ** -28, -(2 ** -27), 19, 20]
    .concat(
      [20 + 2 ** -48, -20, 400, MAX_VALUE],
    ),
};

for (const [name, values] of Object.entries(SPECIAL)) {
  const f = FUNCTIONS[name as Name];
  Deno.test(`${name} of special values is as the engine's`, () => {
    for (const x of values) {
      const [found, expected] = [f(x), Math[name as Name](x)];
      const isNormal = Math.abs(expected) >= MIN_NORMAL && expected !== x;
      if (isNormal && Number.isFinite(expected)) assertClose(found, expected, 2, `of ${x}`);
      else assertEquals(found, expected, `${name}(${x})`);
    }
  });
}

Deno.test("pow is as the engine's for bases from 0", () => {
  const base = fc.double({ min: 0, max: 300, noNaN: true });
  const exponent = fc.double({ min: -20, max: 20, noNaN: true });
  fc.assert(
    fc.property(base, exponent, (base, exponent) => {
      const expected = Math.pow(base, exponent);
      fc.pre(expected > 1e-300 && expected < 1e300);
      const most = 2 + 2 * Math.abs(Math.log(expected));
      assertClose(pow(base, exponent), expected, most, `pow(${base}, ${exponent})`);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("pow of special values is as the engine's", () => {
  const values = [0, 1, 2, Infinity, NaN];
  for (const base of values) {
    for (const exponent of [...values, -0, -1, -Infinity]) {
      const expected = Math.pow(base, exponent);
      assertClose(pow(base, exponent), expected, 3, `pow(${base}, ${exponent})`);
    }
  }
  assertEquals(pow(-8, 2), NaN);
});

Deno.test("hypot is as the engine's", () => {
  const length = fc.double({ min: 1e-100, max: 1e100, noNaN: true });
  fc.assert(fc.property(length, length, (x, y) => {
    assertClose(hypot(x, -y), Math.hypot(x, y), 2, `hypot(${x}, ${y})`);
  }));
  assertEquals([hypot(3, 4), hypot(0, -0), hypot(0, -7)], [5, 0, 7]);
  assertEquals([hypot(Infinity, 1), hypot(NaN, 1)], [Infinity, NaN]);
});

Deno.test("exp, log, sin, cos, tanh, pow and hypot give the same bits as ever", async () => {
  assertEquals(await mathHash(), MATH_HASH);
});
