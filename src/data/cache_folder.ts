import { LeNetError } from "../model/error.ts";

/**
 * The folder for downloaded data: `LENET_CACHE` when it is set, otherwise `lenet` in the platform's folder for caches
 * (`$XDG_CACHE_HOME` or `~/.cache`, `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows).
 *
 * @returns Its path; it may not exist yet.
 * @throws {LeNetError} `file/missing` when the environment names no such folder.
 */
export async function cacheFolder(): Promise<string> {
  const { env, platform } = (await import("node:process")).default;
  const { join } = await import("node:path");
  if (env.LENET_CACHE) return env.LENET_CACHE;
  if (platform === "win32") {
    if (env.LOCALAPPDATA) return join(env.LOCALAPPDATA, "lenet");
  } else if (platform === "darwin") {
    if (env.HOME) return join(env.HOME, "Library", "Caches", "lenet");
  } else {
    if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, "lenet");
    if (env.HOME) return join(env.HOME, ".cache", "lenet");
  }
  throw new LeNetError(
    "file/missing",
    "Cannot find a folder for downloaded data: the environment names none, expected LENET_CACHE to be set",
  );
}
