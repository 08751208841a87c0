import type { WakeMessage } from "@berth/contracts/queue";
import { measured } from "./metrics.ts";
import type { MetricsRecorder } from "./metrics.ts";
import { createQueueHandler } from "./queue.ts";
import type { QueueDependencies, QueueHandler } from "./queue.ts";

export interface ForwardDependencies extends Omit<QueueDependencies, "handle"> {
  readonly relay: { wake(message: WakeMessage): Promise<void> };
  readonly metrics: MetricsRecorder;
}

/**
 * Hands on what has waited long enough, in a queue that delays, to the queue of its controller. The
 * relay must not lose messages quietly: what cannot be sent stays in its queue.
 */
export function createForwardHandler({ relay, ...others }: ForwardDependencies): QueueHandler {
  const handle = (message: WakeMessage) => relay.wake(message);
  return measured(others.metrics, createQueueHandler({ ...others, handle }));
}
