import { assertEquals, assertMatch } from "@std/assert";
import type { ProblemCode } from "../../src/serve/reply.ts";
import type { RawResponse } from "./server.ts";

/** Asserts that a response is a problem document with this status and code, and returns its detail. */
export async function assertProblem(
  response: Response | RawResponse,
  status: number,
  code: ProblemCode,
): Promise<string> {
  const problem = await (response instanceof Response ? response.json() : response.json);
  assertEquals([response.status, problem.status, problem.code], [status, status, code]);
  assertEquals(Object.keys(problem), ["title", "status", "detail", "code"]);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  assertMatch(problem.detail, /^Cannot .+[^.]$/);
  return problem.detail;
}
