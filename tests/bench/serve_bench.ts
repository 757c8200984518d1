/**
 * What a server carries, and what it does beyond. Run it with `deno task bench:serve`.
 *
 * @module
 */

import { runCommand } from "../../src/cli/command.ts";
import { ProgressLine } from "../../src/cli/run_output.ts";
import { thisMachine } from "./machine.ts";
import { type Measured, measureServer } from "./serve/measure_server.ts";
import { canPin } from "./serve/pinned.ts";
import { missedGoals, type ServeResult } from "./serve/serve_goals.ts";
import { serveTable } from "./serve/serve_table.ts";
import { ServerProcess } from "./serve/server_process.ts";
import { sheds } from "./serve/sheds.ts";

/** How many requests are on their way at once, where it is to be busy and no more. */
const CONNECTIONS = 32;

/** The same where it is to be overloaded: more than it lets wait. */
const MANY_CONNECTIONS = 400;

/** How long the short loads last, in seconds. */
const SHORT = 8;

await runCommand({
  name: "bench:serve",
  summary: "Loads a server on one core from another process.",
  details:
    "As much as it carries, half of the goals, twice what it carries, and garbage. Pixels are 28×28 in JSON, pictures are PNGs of 200×200.",
  flags: {
    minutes: {
      kind: "number",
      min: 0,
      value: "N",
      default: 0.5,
      help: "the duration of the long loads; the goal asks for 10 of digits, and 1 of garbage",
    },
    json: { kind: "boolean", help: "print one line of JSON" },
    check: { kind: "boolean", help: "the exit code is 1 if a goal is missed" },
  },
  async run({ flags }) {
    const long = Math.max(10, Math.round(60 * (flags.minutes)));
    const line = new ProgressLine();
    const step = (text: string): void => line.draw(() => text);
    let result: ServeResult;
    try {
      await using server = await ServerProcess.start();
      const load = (
        kind: "pixels" | "png" | "mixed" | "garbage",
        seconds: number,
        connections: number,
        rate?: number,
      ): Promise<Measured> => {
        step(`${kind}, ${rate === undefined ? "as much as it carries" : `${rate} a second`}`);
        return measureServer(server, { kind, seconds, connections, ...rate && { rate } });
      };
      // The first requests compile what they run.
      await load("mixed", SHORT, CONNECTIONS);
      const pixels = await load("pixels", SHORT, CONNECTIONS);
      const png = await load("png", SHORT, CONNECTIONS);
      const pixelsHalf = await load("pixels", SHORT, CONNECTIONS, 1500);
      const pngHalf = await load("png", SHORT, CONNECTIONS, 500);
      const digits = await load("mixed", long, CONNECTIONS, 500);
      const carries = Math.round(2 * png.perSecond);
      const [overload, shed] = await Promise.all([
        load("png", SHORT, MANY_CONNECTIONS, carries),
        sheds(server.url("/classify"), SHORT),
      ]);
      const recovered = await load("png", SHORT, 1);
      const garbage = await load("garbage", Math.min(60, long), CONNECTIONS);
      result = {
        pixels,
        png,
        pixelsHalf,
        pngHalf,
        digits,
        overload: { ...overload, ...shed },
        recovered,
        garbage,
        pinned: canPin(),
        machine: thisMachine(),
      };
    } finally {
      line.clear();
    }
    const missed = missedGoals(result);
    if (flags.json) console.log(JSON.stringify({ ...result, missed }));
    else {
      console.log(serveTable(result));
      for (const miss of missed) console.error(`missed: ${miss}`);
    }
    return flags.check && missed.length > 0 ? 1 : 0;
  },
});
