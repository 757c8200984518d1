import { fileURLToPath } from "node:url";
import type { Architecture } from "../../src/model/architecture.ts";
import { PYTHON } from "../weights/torch.ts";
import { median, type TakeSteps } from "./measure.ts";

/** PyTorch in a process of its own, which waits for its turn. */
export class PyTorch implements AsyncDisposable {
  readonly #child = new Deno.Command(PYTHON, {
    // Without a cache of compiled modules, which would be written into the sources.
    args: ["-B", fileURLToPath(new URL("./pytorch_steps.py", import.meta.url))],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  readonly #requests = this.#child.stdin.getWriter();
  readonly #answers = lines(this.#child.stdout);
  #version = "";

  private constructor() {}

  /** Starts it, which takes seconds. */
  static async start(): Promise<PyTorch> {
    const started = new PyTorch();
    started.#version = await started.#answer();
    return started;
  }

  /** What computes: the version, and its library of matrix products. */
  get version(): string {
    return this.#version;
  }

  /** Trains a network on random images, from random weights. */
  trainer(architecture: Architecture, batch: number): TakeSteps {
    return async (steps) => {
      const request = `${JSON.stringify({ architecture, batch, steps })}\n`;
      await this.#requests.write(new TextEncoder().encode(request));
      return await this.#answer();
    };
  }

  // deno-lint-ignore no-explicit-any -- Whatever the other process says.
  async #answer(): Promise<any> {
    const { value, done } = await this.#answers.next();
    if (done) throw new Error("PyTorch has ended before its turn");
    return JSON.parse(value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#requests.close();
    await this.#child.status;
  }
}

/** What `train` came to. */
export interface Run {
  /** The median time of an epoch after the first, in seconds. */
  readonly epochSeconds: number;
  /** The most memory that the process had at once. */
  readonly peakMegabytes: number;
}

/** The first epoch includes the start: the other two are measured. */
const EPOCHS = 3;

/** Milliseconds between two looks at the memory of the process; what is seen is the peak so far. */
const MEMORY_INTERVAL = 100;

/**
 * Runs `train` on MNIST as its task does, with all augmentation, on all 60,000 images.
 *
 * @param directory The folder with MNIST.
 * @param onEpoch Called after each epoch with its number.
 * @returns The time of an epoch, and the memory.
 * @throws {Error} When the command fails, with what it says.
 */
export async function runTrain(
  directory: string,
  onEpoch: (epoch: number) => void,
): Promise<Run> {
  const folder = await Deno.makeTempDir();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "--allow-read", "--allow-write", "--allow-net", "--allow-env"],
      fileURLToPath(new URL("../../src/cli/mod.ts", import.meta.url)),
      ...["train", "--data", directory, "--augment", "--degrade", "0.3", "--backend", "wasm"],
      ...["--epochs", `${EPOCHS}`, "--validation", "0", "--json"],
      ...["--out", `${folder}/trained.safetensors`],
    ],
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaint = new Response(child.stderr).text();
  let peak = 0;
  let isLooking = true;
  const look = async (): Promise<void> => {
    while (isLooking) {
      peak = Math.max(peak, await peakMegabytes(child.pid));
      await new Promise((resolve) => setTimeout(resolve, MEMORY_INTERVAL));
    }
  };
  const looking = look();
  try {
    const ends: number[] = [];
    for await (const line of lines(child.stdout)) {
      // The last line is the result.
      if ("out" in JSON.parse(line)) break;
      ends.push(performance.now());
      onEpoch(ends.length);
    }
    const { success } = await child.status;
    if (!success) {
      const [first] = (await complaint).trim().split("\n");
      throw new Error(first.replace(/^error: /, ""));
    }
    const seconds = ends.slice(1).map((end, index) => (end - ends[index]) / 1000);
    return { epochSeconds: median(seconds), peakMegabytes: peak };
  } finally {
    isLooking = false;
    await looking;
    await complaint;
    await Deno.remove(folder, { recursive: true });
  }
}

/** The peak of a process's memory so far, by the kernel of Linux; 0 once it has ended. */
async function peakMegabytes(pid: number): Promise<number> {
  // Deno reads files there only with all permissions.
  const { stdout } = await new Deno.Command("cat", {
    args: [`/proc/${pid}/status`],
    stderr: "null",
  }).output();
  const [, kibibytes = "0"] = new TextDecoder().decode(stdout).match(/VmHWM:\s*(\d+) kB/) ?? [];
  return Number(kibibytes) * 1024 / 1e6;
}

/** The lines of a text, as they come. */
async function* lines(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const [first, ...others] = text.split("\n");
    rest += first;
    for (const other of others) {
      yield rest;
      rest = other;
    }
  }
}
