import { BACKENDS } from "../src/engine/select.ts";
import { LeNetError } from "../src/model/error.ts";
import { findPictures } from "./bulk/pictures.ts";
import { classifyMany } from "./classify_many.ts";
import { type Arguments, interruptible } from "./cli.ts";
import { loadNet } from "./load_net.ts";
import { bar, duration, ProgressLine } from "./progress_line.ts";

/**
 * What `deno task classify --out FILE` does.
 *
 * @param args The arguments of the script.
 * @param out The file of lines.
 * @returns The exit code: 1 if any picture could not be read.
 */
export async function classifyInBulk(args: Arguments, out: string): Promise<number> {
  const given = args.number("jobs");
  const jobs = given ?? navigator.hardwareConcurrency;
  if (!Number.isInteger(jobs) || jobs < 1) {
    throw new LeNetError(
      "option/invalid",
      `Cannot classify with ${jobs} jobs: expected a whole number from 1`,
    );
  }
  if (args.text("explain") !== undefined) {
    throw new LeNetError(
      "option/invalid",
      "Cannot take --explain with --out: expected one of them",
    );
  }
  const reject = args.number("reject");
  // Read here first: whatever is wrong with it is said once, not by every worker.
  using net = await loadNet(args);
  await net.classify(new Uint8Array(784), reject === undefined ? {} : { reject });
  using interrupt = interruptible();
  const pictures = await findPictures(args.positionals);
  const line = new ProgressLine();
  const start = performance.now();
  const { done, failed, now } = await classifyMany(pictures, out, {
    weights: args.text("weights") ?? "digits",
    backend: args.choice("backend", BACKENDS) ?? "wasm",
    ...reject !== undefined && { reject },
    jobs,
    signal: interrupt.signal,
    onProgress({ done, total, failed, now }) {
      line.draw(() => {
        const seconds = (performance.now() - start) / 1000;
        return [
          bar(done / total, 20),
          `${done} of ${total} pictures`,
          `${failed} errors`,
          `${Math.round(now / seconds)} a second`,
          `${duration((total - done) * seconds / now)} left`,
        ].join("  ");
      });
    },
  }).finally(() => line.clear());
  const seconds = (performance.now() - start) / 1000;
  console.error(
    now === 0
      ? `${out}: all ${done} pictures are done, ${failed} errors`
      : `${out}: ${done} pictures, ${failed} errors, ${Math.round(now / seconds)} a second`,
  );
  return failed > 0 ? 1 : 0;
}
