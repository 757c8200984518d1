import type { Measured } from "./measure_server.ts";
import type { ServeResult } from "./serve_goals.ts";

/**
 * What was measured, for a person.
 *
 * @param result What was measured.
 * @returns A table in Markdown, and the machine below it.
 */
export function serveTable(result: ServeResult): string {
  const { machine, pinned, overload } = result;
  const rows: [string, Measured][] = [
    ["28×28 pixels, as many as it carries", result.pixels],
    ["200×200 PNG, as many as it carries", result.png],
    ["pixels, 1,500 a second", result.pixelsHalf],
    ["PNG, 500 a second", result.pngHalf],
    [`both, 500 a second for ${result.digits.seconds} s`, result.digits],
    ["PNG, twice as many as it carries", overload],
    ["PNG one by one, right after that", result.recovered],
    [`garbage, at full speed for ${result.garbage.seconds} s`, result.garbage],
  ];
  const lines = rows.map(([name, measured]) =>
    [
      name,
      Math.round(measured.perSecond),
      Math.round(measured.perCoreSecond),
      measured.p50,
      measured.p99,
      Math.round(measured.peakMb),
      measured.growthMb.toFixed(1),
      Object.entries(measured.statuses).map(([status, count]) => `${count} × ${status}`).join(
        ", ",
      ) +
      (measured.errors > 0 ? `, ${measured.errors} lost` : ""),
    ].join(" | ")
  );
  const head =
    "load | a second | a second of a core | p50, ms | p99, ms | most memory, MB | growth, MB | responses";
  const { cpu, cores, load, deno, v8 } = machine;
  return [
    `| ${head} |`,
    `| ${head.split(" | ").map(() => "---").join(" | ")} |`,
    ...lines.map((line) => `| ${line} |`),
    "",
    `${overload.refused} of our own requests were refused under overload, ${overload.toldWhen} told when to come back.`,
    `${cpu}, ${cores} cores, load ${load.toFixed(1)}, Deno ${deno}, V8 ${v8}; the server ${
      pinned ? "had one core" : "had all cores"
    }.`,
  ].join("\n");
}
