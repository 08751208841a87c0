import type { Log } from "./log.ts";

export type SweepHandler = () => Promise<void>;

/** Runs on a schedule. Having found something is worth a line: it means that a message was lost, or is late. */
export function createSweepHandler(sweep: () => Promise<number>, log: Log): SweepHandler {
  return async () => {
    const overdue = await sweep();
    if (overdue > 0) log.info("Sent overdue wake-ups again", { overdue });
  };
}
