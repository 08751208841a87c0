import type { Log } from "@berth/functions/log";
import type { Checkpoint } from "./checkpoint.ts";
import type { ChangeStream } from "./stream-client.ts";

/**
 * Moves a checkpoint that is ahead of the log back to the log's end. After a loss of power the
 * database may have lost changes that were told already; it gives their numbers out again, and new
 * changes would pass for told. So this comes before the first write.
 */
export async function mendCheckpoint(parts: {
  readonly checkpoint: Checkpoint;
  readonly stream: Pick<ChangeStream, "end">;
  readonly log: Log;
}): Promise<void> {
  const { checkpoint, stream, log } = parts;
  const told = checkpoint.load();
  if (told === undefined) return;
  const end = await stream.end();
  if (Number(told) <= Number(end)) return;
  log.error("The database has lost changes that were told: what they said may not be so", {
    end,
    told,
  });
  checkpoint.save(end);
}
