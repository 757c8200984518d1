import type { DownloadOptions } from "../src/data/download.ts";
import { bar, ProgressLine } from "./progress_line.ts";

/**
 * Shows on the terminal how a download goes.
 *
 * @returns The option to give to whatever downloads.
 */
export function downloadProgress(): Pick<DownloadOptions, "onProgress"> {
  const line = new ProgressLine();
  return {
    onProgress({ file, received, total }) {
      if (received >= total) line.clear();
      else {line.draw(() =>
          `${file}  ${bar(received / total, 20)}  ${Math.floor(received / 1e6)} MB`
        );}
    },
  };
}
