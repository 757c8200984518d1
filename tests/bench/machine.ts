import { cpus, loadavg } from "node:os";

/** The machine that something was measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** How many other processes wanted to run in the minute before: well above 0, it was not alone. */
  readonly load: number;
  readonly deno: string;
  readonly v8: string;
}

/** This machine. */
export function thisMachine(): Machine {
  const cores = cpus();
  const [load] = loadavg();
  const { deno, v8 } = Deno.version;
  return { cpu: cores[0].model, cores: cores.length, load, deno, v8 };
}
