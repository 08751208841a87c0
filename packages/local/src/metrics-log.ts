import { createWriteStream } from "node:fs";
import { describeError, type Log } from "@berth/functions/log";

/** Its name among the logs. */
export const METRICS_LOG = "metrics.log";

export interface MetricsLog {
  write(line: string): void;
  close(): void;
}

/**
 * What CloudWatch would be told, in a file of its own: people read the control plane's log, and
 * nobody but programs reads this.
 */
export function openMetricsLog(path: string, log: Log): MetricsLog {
  const file = createWriteStream(path, { flags: "a", mode: 0o600 });
  file.on("error", (error) => log.warn("Metrics are not written", describeError(error)));
  return {
    write: (line) => void file.write(`${line}\n`),
    close: () => void file.end(),
  };
}
