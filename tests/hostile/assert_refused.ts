import { assertLess } from "@std/assert";
import process from "node:process";
import type { LeNetErrorCode } from "../../src/errors.ts";
import { assertRejection } from "../assert_error.ts";

/** CPU time that rejecting a file may take. */
const MAX_MILLISECONDS = 100;

/** Memory that rejecting a file may take. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Asserts that `act` rejects with this error, within 100 ms of CPU time and 64 MiB of memory. */
export async function assertRefused(
  act: () => Promise<unknown>,
  code: LeNetErrorCode,
  message: string,
): Promise<void> {
  // The first attempts are slow while code is not yet compiled, or while the machine is busy.
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
