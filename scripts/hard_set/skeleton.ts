/**
 * Thins a drawing to lines one place wide that hang together as it did (T. Zhang and C. Suen, "A fast parallel
 * algorithm for thinning digital patterns", 1984).
 *
 * @param ink 1 where there is ink, row by row; changed in place. Its border must be 0.
 * @param side Rows and columns.
 */
export function thinToSkeleton(ink: Uint8Array, side: number): void {
  // Around a place, clockwise from above.
  const ring = [-side, 1 - side, 1, 1 + side, side, side - 1, -1, -1 - side];
  let inked: number[] = [];
  for (let i = 0; i < ink.length; i++) if (ink[i] === 1) inked.push(i);
  for (let changed = true; changed;) {
    changed = false;
    for (const isFirst of [true, false]) {
      const worn: number[] = [];
      for (const i of inked) {
        const [above, right, below, left] = [ink[i - side], ink[i + 1], ink[i + side], ink[i - 1]];
        // Worn off at the lower right and the upper left in turn.
        if (isFirst ? (above | left) & right & below : (right | below) & above & left) continue;
        let neighbours = 0;
        let steps = 0;
        for (let k = 0; k < 8; k++) {
          const here = ink[i + ring[k]];
          neighbours += here;
          if (here === 0) steps += ink[i + ring[(k + 1) & 7]];
        }
        if (neighbours < 2 || neighbours > 6 || steps !== 1) continue;
        worn.push(i);
      }
      for (const i of worn) ink[i] = 0;
      if (worn.length > 0) {
        changed = true;
        inked = inked.filter((i) => ink[i] === 1);
      }
    }
  }
}
