import type { Random } from "../../src/model/random.ts";
import type { Path } from "./hand.ts";

/**
 * What a canvas is told of a line that a mouse draws: whole pixels, every few pixels, by a hand that trembles a little.
 *
 * @param path The line, in pixels.
 * @param random Where chance comes from.
 * @returns The line as it is drawn.
 */
export function mousePath(path: Path, random: Random): Path {
  const step = random.uniform(1.5, 8);
  const tremble = random.uniform(0, 0.5);
  const told: Path = [];
  let [lastX, lastY] = [-Infinity, -Infinity];
  for (let i = 0; i < path.length; i += 2) {
    const isEnd = i === 0 || i + 2 >= path.length;
    if (!isEnd && Math.hypot(path[i] - lastX, path[i + 1] - lastY) < step) continue;
    [lastX, lastY] = [path[i], path[i + 1]];
    // The middle of a pixel.
    told.push(
      Math.round(lastX + tremble * random.normal()) + 0.5,
      Math.round(lastY + tremble * random.normal()) + 0.5,
    );
  }
  return told;
}
