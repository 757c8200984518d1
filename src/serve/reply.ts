/** What is to be answered, before it becomes a response: all headers are known by then, and are set but once. */
export interface Reply {
  /** The HTTP status; default 200. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

/**
 * A reply in JSON that nobody may keep.
 *
 * @param value What it says.
 * @param headers More headers.
 * @returns The reply.
 */
export function jsonReply(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: JSON.stringify(value),
  };
}
