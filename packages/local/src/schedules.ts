import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { ControlPlane } from "@berth/control-plane/context";
import { sweep } from "@berth/control-plane/reconcile/sweep";
import { describeError, type Log } from "@berth/functions/log";
import { createSweepHandler } from "@berth/functions/sweep";
import { TABLE_NAME } from "./control-plane.ts";
import { deleteExpired } from "./embedded/expiry.ts";
import type { HostOptions } from "./host-options.ts";
import { startSchedule } from "./schedule.ts";

const EXPIRY_INTERVAL_MS = 3_600_000;

/** What happens by the clock: the sweep, and what DynamoDB would do about expired items. */
export function startSchedules(
  { sweepIntervalMs }: HostOptions,
  parts: {
    readonly controlPlane: ControlPlane;
    readonly dynamodb: DynamoDBClient;
    readonly log: Log;
  },
): { stop(): Promise<void> } {
  const { controlPlane, dynamodb: client, log } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const now = () => controlPlane.now();
  const sweeping = startSchedule({
    intervalMs: sweepIntervalMs,
    work: createSweepHandler(async () => sweep(controlPlane), log),
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
