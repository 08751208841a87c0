import { setTimeout as delay } from "node:timers/promises";
import type { ChangeEventsHandler } from "@berth/functions/change-events";
import { CHANGE_SOURCE } from "@berth/functions/change-source";
import { describeError, type Log } from "@berth/functions/log";
import type { ChangeRecord } from "../embedded/change-log.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { type DeliveryOptions, deliver } from "./deliver.ts";
import type { ChangeStream } from "./stream-client.ts";

export interface ChangePollerOptions extends Omit<DeliveryOptions, "signal" | "onDone" | "log"> {
  readonly handler: ChangeEventsHandler;
  readonly stream: ChangeStream;
  readonly checkpoint: Checkpoint;
  readonly log: Log;
  readonly pollIntervalMs?: number;
}

/** As often as Lambda looks. Source: Lambda developer guide, DynamoDB. */
const POLL_INTERVAL_MS = 250;

/**
 * Does what Lambda's event source mapping does on AWS: reads the stream of changes from its checkpoint
 * on, hands them over in batches and in order, and notes how far it got. What was handed over and not
 * noted is handed over again.
 */
export function startChangePoller(options: ChangePollerOptions): { stop(): Promise<void> } {
  const { checkpoint, log, pollIntervalMs = POLL_INTERVAL_MS } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = poll();
  return {
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };

  async function poll(): Promise<void> {
    let position = checkpoint.load();
    const advance = (sequenceNumber: string) => {
      position = sequenceNumber;
      note(options, sequenceNumber);
    };
    while (!signal.aborted) {
      const records = await readRecords(options, position);
      if (records === "trimmed") {
        log.error("Changes are gone that were never told", { after: position });
        position = undefined;
      } else if (records.length > 0) {
        await deliver(records, { ...options, signal, onDone: advance });
      } else {
        await delay(pollIntervalMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

/** Never throws: on a full disk events are told all the same, and some again after a restart. */
function note({ checkpoint, log }: ChangePollerOptions, sequenceNumber: string): void {
  try {
    checkpoint.save(sequenceNumber);
  } catch (error) {
    log.warn("How far changes were told was not noted", describeError(error));
  }
}

/** Never throws: a database that is away is asked again after a moment. */
async function readRecords(
  { stream, log }: ChangePollerOptions,
  after: string | undefined,
): Promise<readonly ChangeRecord[] | "trimmed"> {
  try {
    return await stream.read(after, CHANGE_SOURCE.batchSize);
  } catch (error) {
    log.warn("Reading changes failed", describeError(error));
    return [];
  }
}
