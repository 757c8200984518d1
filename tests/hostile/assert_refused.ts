import { assertLess } from "@std/assert";
import process from "node:process";
import type { LeNetErrorCode } from "../../src/errors.ts";
import { assertRejection } from "../assert_error.ts";

/** The most that a file may cost that is refused. */
const MAX_MILLISECONDS = 100;

const MAX_BYTES = 64 * 1024 * 1024;

/** Asserts that `act` rejects with this error, within 100 ms of work and 64 MiB of memory. */
export async function assertRefused(
  act: () => Promise<unknown>,
  code: LeNetErrorCode,
  message: string,
): Promise<void> {
  // Other work on the machine, and code that is not yet compiled, slow the first attempts.
  let quickest = Infinity;
  for (let attempt = 0; attempt < 10 && quickest >= MAX_MILLISECONDS; attempt++) {
    const memory = Deno.memoryUsage();
    const start = process.cpuUsage();
    await assertRejection(act, code, message);
    const { user, system } = process.cpuUsage(start);
    quickest = Math.min(quickest, (user + system) / 1000);
    const { external, heapTotal } = Deno.memoryUsage();
    assertLess(external - memory.external + heapTotal - memory.heapTotal, MAX_BYTES);
  }
  assertLess(quickest, MAX_MILLISECONDS);
}
