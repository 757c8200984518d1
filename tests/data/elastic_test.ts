import { assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { ElasticField } from "../../src/data/elastic.ts";
import { Random } from "../../src/model/random.ts";

function draw(height: number, width: number, deviation: number, random: Random): Float32Array {
  const field = new Float32Array(height * width).fill(NaN);
  new ElasticField(height, width).draw(deviation, random, field);
  return field;
}

/** Gives the numbers of a grid, told by row and column, for chance. */
class GridRandom extends Random {
  #taken = 0;
  readonly #value: (row: number, column: number) => number;

  constructor(value: (row: number, column: number) => number) {
    super(0);
    this.#value = value;
  }

  override normal(): number {
    const n = this.#taken++;
    return this.#value(Math.floor(n / 7), n % 7);
  }
}

Deno.test("ElasticField gives the numbers of its grid to a picture as coarse as the grid", () => {
  const random = new Random(3);
  const grid = Float32Array.from({ length: 49 }, () => 2 * random.normal());
  const field = draw(7, 7, 2, new Random(3));
  field.forEach((value, i) => assertAlmostEquals(value, grid[i], 1e-5));
});

Deno.test("ElasticField of equal numbers is even, whatever the size of the picture", () => {
  for (const [height, width] of [[1, 1], [1, 40], [28, 28], [13, 50], [3, 5]]) {
    for (const value of draw(height, width, 1.5, new GridRandom(() => 1))) {
      assertAlmostEquals(value, 1.5, 1e-5);
    }
  }
});

Deno.test("ElasticField has about the deviation that is asked for", () => {
  const random = new Random(5);
  let squares = 0;
  for (let n = 0; n < 200; n++) {
    for (const value of draw(28, 28, 3, random)) squares += value ** 2;
  }
  const deviation = Math.sqrt(squares / (200 * 784));
  assertGreater(deviation, 0.7 * 3);
  assertLess(deviation, 3);
});

Deno.test("ElasticField follows lines and parabolas exactly, away from the border", () => {
  const height = 50;
  const width = 33;
  const surface = (row: number, column: number): number =>
    1 + row - 2 * column + row * column - row ** 2 + 0.5 * column ** 2;
  const field = draw(height, width, 1, new GridRandom(surface));
  field.forEach((value, i) => {
    const row = (Math.floor(i / width) + 0.5) * 7 / height - 0.5;
    const column = (i % width + 0.5) * 7 / width - 0.5;
    if (Math.min(row, column) < 1 || Math.max(row, column) > 5) return;
    assertAlmostEquals(value, surface(row, column), 1e-4);
  });
});

Deno.test("ElasticField has no steps", () => {
  const random = new Random(6);
  for (let n = 0; n < 20; n++) {
    const field = draw(70, 70, 1, random);
    for (let i = 0; i < 69 * 70; i++) {
      // One pixel is a tenth of the grid's spacing.
      assertLess(Math.abs(field[i + 70] - field[i]), 1);
      if (i % 70 < 69) assertLess(Math.abs(field[i + 1] - field[i]), 1);
    }
  }
});

Deno.test("ElasticField is decided by chance alone, and still at deviation 0", () => {
  assertEquals(draw(9, 12, 1, new Random(7)), draw(9, 12, 1, new Random(7)));
  assertGreater(Math.abs(draw(9, 12, 1, new Random(7))[0] - draw(9, 12, 1, new Random(8))[0]), 0);
  for (const value of draw(9, 12, 0, new Random(7))) assertEquals(value === 0, true);
});
