import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { describeError, type Log } from "@berth/functions/log";
import type { SweepHandler } from "@berth/functions/sweep";
import { deleteExpired } from "./embedded/expiry.ts";
import { type HostOptions, TABLE_NAME } from "./host-options.ts";
import { startSchedule } from "./schedule.ts";

const now = () => Date.now();

const EXPIRY_INTERVAL_MS = 3_600_000;

/** What happens by the clock: the sweep, and what DynamoDB would do about expired items. */
export function startSchedules(
  { sweepIntervalMs }: HostOptions,
  parts: {
    readonly sweep: SweepHandler;
    readonly dynamodb: DynamoDBClient;
    readonly log: Log;
  },
): { stop(): Promise<void> } {
  const { sweep, dynamodb: client, log } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const sweeping = startSchedule({
    intervalMs: sweepIntervalMs,
    work: sweep,
    onError: (error) => log.error("The sweep failed", describeError(error)),
  });
  const expiry = startSchedule({
    intervalMs: EXPIRY_INTERVAL_MS,
    work: async () => deleteExpired({ client, tableName: TABLE_NAME, now, signal }),
    onError: (error) => log.error("Deleting what expired failed", describeError(error)),
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([sweeping.stop(), expiry.stop()]);
    },
  };
}
