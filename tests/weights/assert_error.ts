import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { LeNetError, type LeNetErrorCode } from "../../src/model/error.ts";

/** Asserts that `act` throws a `LeNetError` with this code, whose message is one line that includes `part`. */
export function assertError(act: () => unknown, code: LeNetErrorCode, part: string): void {
  const error = assertThrows(act, LeNetError);
  assertEquals(error.code, code, error.message);
  assertStringIncludes(error.message, part);
  assertEquals(error.message.includes("\n"), false, error.message);
}
