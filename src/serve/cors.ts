/**
 * The headers that let a page from elsewhere ask and read the answer.
 *
 * @param allowed Whose pages may: origins, or `*` for all.
 * @param request The request.
 * @returns The headers; none when its origin is not among them.
 */
export function corsHeaders(
  allowed: "*" | readonly string[],
  request: Request,
): Readonly<Record<string, string>> {
  if (allowed.length === 0) return {};
  const origin = request.headers.get("origin");
  const vary: Record<string, string> = allowed === "*" ? {} : { vary: "origin" };
  if (origin === null || (allowed !== "*" && !allowed.includes(origin))) return vary;
  return {
    ...vary,
    "access-control-allow-origin": allowed === "*" ? "*" : origin,
    "access-control-expose-headers": "retry-after, server-timing",
    ...request.method === "OPTIONS" && {
      "access-control-allow-methods": "GET, HEAD, POST",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": "86400",
    },
  };
}
