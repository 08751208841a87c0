import type { WakeMessage } from "@berth/contracts/queue";
import type { Log } from "./log.ts";
import { createQueueHandler } from "./queue.ts";
import type { QueueHandler } from "./queue.ts";

/**
 * Hands on what has waited long enough, in a queue that delays, to the queue of its controller. The
 * relay must not lose messages quietly: what cannot be sent stays in its queue.
 */
export function createForwardHandler(
  relay: { wake(message: WakeMessage): Promise<void> },
  log: Log,
): QueueHandler {
  return createQueueHandler((message) => relay.wake(message), log);
}
