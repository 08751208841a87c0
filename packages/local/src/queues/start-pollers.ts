import type { SQSClient } from "@aws-sdk/client-sqs";
import type { QueueUrls } from "@berth/aws/create-queues";
import { type Queue, QUEUES } from "@berth/aws/queues";
import type { Scope } from "@berth/domain/arn";
import { describeError, type Log } from "@berth/functions/log";
import type { QueueHandler } from "@berth/functions/queue";
import { startPoller } from "./poller.ts";

/** Groups that one queue may have in work at the same time. */
const MAX_CONCURRENCY = 16;

export interface PollersOptions {
  readonly client: SQSClient;
  readonly urls: QueueUrls;
  readonly recreateQueues: () => Promise<unknown>;
  readonly handlers: Readonly<Record<Queue, QueueHandler>>;
  readonly scope: Scope;
  readonly log: Log;
}

/** One poller for each queue, with the handler that reads it on AWS. */
export function startPollers(options: PollersOptions): { stop(): Promise<void> } {
  const { client, urls, handlers, recreateQueues, log } = options;
  const { region, account } = options.scope;
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
