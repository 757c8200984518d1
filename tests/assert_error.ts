import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { LeNetError, type LeNetErrorCode } from "../src/errors.ts";

/** Asserts that `act` throws a `LeNetError` with this code, whose one-line message includes `part`. */
export function assertError(act: () => unknown, code: LeNetErrorCode, part = ""): void {
  check(assertThrows(act, LeNetError, part), code);
}

/** Asserts that `act` throws or rejects with a `LeNetError` with this code, whose one-line message includes `part`. */
export async function assertRejection(
  act: () => unknown,
  code: LeNetErrorCode,
  part = "",
): Promise<void> {
  check(await assertRejects(async () => await act(), LeNetError, part), code);
}

function check(error: LeNetError, code: LeNetErrorCode): void {
  assertEquals(error.code, code, error.message);
  const action = code.startsWith("image/") ? "Cannot read the image: " : "Cannot ";
  assertMatch(error.message, new RegExp(`^${action}[^\\n]+$`));
}
