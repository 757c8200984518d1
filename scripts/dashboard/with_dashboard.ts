import { LeNetError } from "../../src/model/error.ts";
import type { Arguments, Interrupt } from "../cli.ts";
import type { Dashboard } from "./dashboard.ts";

/** Where a dashboard is served, unless told. */
export const DASHBOARD_PORT = 8421;

/**
 * Runs what a script does, with the page that `--dashboard` asks for on the port that `--port` names. The page says how
 * it ended, whatever happens.
 *
 * @param args The arguments of the script.
 * @param interrupt What stops the run.
 * @param run What the script does; given the dashboard, if it was asked for. Returns what the page says in the end.
 * @throws {LeNetError} `option/invalid` when the port cannot be had, or there is one without a dashboard.
 */
export async function withDashboard(
  args: Arguments,
  interrupt: Interrupt,
  run: (dashboard: Dashboard | undefined) => Promise<string>,
): Promise<void> {
  const port = args.number("port");
  if (!args.has("dashboard")) {
    if (port === undefined) return void await run(undefined);
    throw new LeNetError(
      "option/invalid",
      "Cannot take --port without --dashboard: expected both, or neither",
    );
  }
  // Loaded when asked for: nothing else needs charts and pictures while a network learns.
  const { Dashboard } = await import("./dashboard.ts");
  const dashboard = await Dashboard.open(port ?? DASHBOARD_PORT, interrupt, console.error);
  console.error(`dashboard at ${dashboard.url}`);
  try {
    await dashboard.end(await run(dashboard));
  } catch (error) {
    await dashboard.end(error instanceof Error ? error.message : String(error));
    throw error;
  }
}
