import type { Visit } from "./gate.ts";
import { Problem } from "./problem.ts";

/** A sender who takes longer than this, in milliseconds, is slow. */
const SLOW = 250;

/** A body that is at hand is read within so many steps. */
const STEPS = 10;

/**
 * Waits for a body, but not too long.
 *
 * @param body What is waited for.
 * @param timeout How long it may take, in milliseconds.
 * @param visit Told when its sender is slow, and when the body is there after all.
 * @returns The body.
 * @throws {Problem} 408 when it has not come in time, 503 when too many senders are slow.
 */
export async function waitForBody<T>(body: Promise<T>, timeout: number, visit: Visit): Promise<T> {
  let isSettled = false;
  const settled = (): void => void (isSettled = true);
  body.then(settled, settled);
  // Most bodies are small and come with their head: they need no timer.
  for (let step = 0; step < STEPS && !isSettled; step++) await undefined;
  if (isSettled) return await body;

  let timer: ReturnType<typeof setTimeout> | undefined;
  let isSlow = false;
  const late = new Promise<never>((_, reject) => {
    const end = (): void => reject(tooSlow(timeout));
    const slow = (): void => {
      timer = setTimeout(end, timeout - SLOW);
      try {
        visit.wait();
        isSlow = true;
      } catch (problem) {
        reject(problem);
      }
    };
    timer = timeout > SLOW ? setTimeout(slow, SLOW) : setTimeout(end, timeout);
  });
  try {
    return await Promise.race([body, late]);
  } finally {
    clearTimeout(timer);
    if (isSlow) visit.goOn();
  }
}

function tooSlow(timeout: number): Problem {
  return new Problem(
    408,
    "request/too-slow",
    `Cannot read the request: its body has not come within ${timeout} ms`,
  );
}
