import type { SQSClient } from "@aws-sdk/client-sqs";
import type { QueueUrls } from "@berth/aws/create-queues";
import { type Queue, QUEUES } from "@berth/aws/queues";
import type { WakeRelay } from "@berth/aws/sqs-relay";
import type { ControlPlane } from "@berth/control-plane/context";
import { handleWake } from "@berth/control-plane/reconcile/handle-wake";
import { createForwardHandler } from "@berth/functions/forward";
import { describeError, type Log } from "@berth/functions/log";
import { createQueueHandler, type QueueHandler } from "@berth/functions/queue";
import { startPoller } from "./poller.ts";

/** Groups that one queue may have in work at the same time. */
const MAX_CONCURRENCY = 16;

export interface PollersOptions {
  readonly client: SQSClient;
  readonly urls: QueueUrls;
  readonly recreateQueues: () => Promise<unknown>;
  readonly controlPlane: ControlPlane;
  /** One that fails when it cannot send: what it forwards must not get lost. */
  readonly relay: WakeRelay;
  readonly log: Log;
}

/** One poller for each queue, with the handler that reads it on AWS. */
export function startPollers(options: PollersOptions): { stop(): Promise<void> } {
  const { client, urls, controlPlane, recreateQueues, log } = options;
  const { region, account } = controlPlane.scope;
  const handlers = queueHandlers(options);
  const pollers = QUEUES.map((queue) =>
    startPoller({
      client,
      queueUrl: urls[queue],
      queueArn: `arn:aws:sqs:${region}:${account}:${urls[queue].split("/").at(-1)}`,
      region,
      handler: handlers[queue],
      createQueue: recreateQueues,
      maxConcurrency: MAX_CONCURRENCY,
      log: (message, error) => log.warn(message, describeError(error)),
    }),
  );
  return {
    stop: async () => void (await Promise.all(pollers.map(async (each) => each.stop()))),
  };
}

function queueHandlers({ controlPlane, relay, log }: PollersOptions): Record<Queue, QueueHandler> {
  const handle = createQueueHandler(async (message) => handleWake(controlPlane, message), log);
  const forward = createForwardHandler(relay, log);
  return {
    service: handle,
    placement: handle,
    dispatch: handle,
    coalesced: forward,
    timers: forward,
  };
}
