import { fileURLToPath } from "node:url";
import { LOCK_OPTION } from "../packages.ts";
import { pinned } from "./pinned.ts";

/** What is sent, and how much of it. */
export interface Load {
  readonly url: string;
  readonly kind: "pixels" | "png" | "mixed" | "garbage";
  readonly seconds: number;
  readonly connections: number;
  /** Requests a second; without it, each connection sends the next when the last is answered. */
  readonly rate?: number;
}

/** What came back. */
export interface LoadResult {
  /** Responses. */
  readonly count: number;
  readonly seconds: number;
  /** The middle of the times from request to response, and what 99 of 100 stay below, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** How many had which status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without a response. */
  readonly errors: number;
}

/**
 * Loads a server from another process.
 *
 * @param load What is sent.
 * @returns What came back.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const script = fileURLToPath(new URL("./load.ts", import.meta.url));
  const permissions = ["--allow-read", "--allow-net", "--allow-env", "--allow-sys"];
  const args = ["run", "-q", "--no-prompt", LOCK_OPTION, ...permissions, script];
  const { success, stdout, stderr } = await pinned(1, [...args, JSON.stringify(load)], {
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(text.decode(stderr));
  return JSON.parse(text.decode(stdout));
}
