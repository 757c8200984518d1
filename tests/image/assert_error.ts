import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { LeNetError, type LeNetErrorCode } from "../../src/model/error.ts";

/** Asserts that `act` throws a `LeNetError` with this code, whose one-line message includes `part`. */
export function assertError(act: () => unknown, code: LeNetErrorCode, part: string): void {
  check(assertThrows(act, LeNetError, part), code);
}

/** Asserts that `act` rejects with a `LeNetError` with this code, whose one-line message includes `part`. */
export async function assertRejection(
  act: () => Promise<unknown>,
  code: LeNetErrorCode,
  part = "",
): Promise<void> {
  check(await assertRejects(act, LeNetError, part), code);
}

function check(error: LeNetError, code: LeNetErrorCode): void {
  assertEquals(error.code, code, error.message);
  assertMatch(error.message, /^Cannot read the image: [^\n]+$/);
}
