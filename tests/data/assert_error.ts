import { assertEquals, assertRejects } from "@std/assert";
import { LeNetError, type LeNetErrorCode } from "../../src/model/error.ts";

/** Asserts that `act` fails with this code, in one sentence on one line that includes `part`. */
export async function assertError(
  act: () => unknown,
  code: LeNetErrorCode,
  part: string,
): Promise<void> {
  const error = await assertRejects(async () => await act(), LeNetError, part);
  assertEquals(error.code, code, error.message);
  assertEquals(/^Cannot [^\n]+$/.test(error.message), true, error.message);
}
