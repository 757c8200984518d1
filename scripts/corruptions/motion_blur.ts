import type { Random } from "../../src/model/random.ts";
import { SIDE, toBytes, toShares } from "./corruption.ts";

/** How long the trail is, in pixels. */
const LENGTH = 21;

/** The standard deviation of half a Gauss's curve, by which the trail fades. */
const DEVIATION = 3;

/** How far the trail may lie off the level, either way, in degrees. */
const TILT = 45;

/** Motion blur: every stroke drags a fading trail to one side, up to 45° off the level. */
export function motionBlur(pixels: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const angle = random.uniform(-TILT, TILT) * Math.PI / 180;
  const trail = Array.from({ length: LENGTH }, (_, step) => ({
    right: Math.round(step * Math.cos(angle)),
    down: Math.round(step * Math.sin(angle)),
    weight: Math.exp(-0.5 * (step / DEVIATION) ** 2),
  }));
  const sum = trail.reduce((total, { weight }) => total + weight, 0);
  const shares = toShares(pixels);
  const inside = (place: number): number => Math.min(SIDE - 1, Math.max(0, place));
  return toBytes(shares.map((_, i) => {
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    return trail.reduce(
      (total, { right, down, weight }) =>
        total + weight / sum * shares[inside(y + down) * SIDE + inside(x + right)],
      0,
    );
  }));
}
