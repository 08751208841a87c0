import { copyFileSync, readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";

const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Begins each log anew that has become too long; the end of it so far stays beside it as `.1`. Whoever
 * writes goes on in the same file, to whose end it appends: nobody need be told. A line that is
 * written between the copy and the cut is lost.
 */
export function shortenLogs(directory: string, maxBytes = MAX_BYTES): void {
  const logs = readdirSync(directory).filter((name) => name.endsWith(".log"));
  for (const path of logs.map((name) => join(directory, name))) {
    if (statSync(path).size <= maxBytes) continue;
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
  }
}
