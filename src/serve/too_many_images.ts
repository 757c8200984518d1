import { Problem } from "./problem.ts";

/**
 * @param found How many pictures a request holds.
 * @param maxImages How many it may hold.
 * @returns The problem.
 */
export function tooManyImages(found: string, maxImages: number): Problem {
  return new Problem(
    413,
    "request/too-many-images",
    `Cannot read the request: it holds ${found} pictures, expected at most ${maxImages}`,
  );
}
