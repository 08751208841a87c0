import type { SQSClient } from "@aws-sdk/client-sqs";
import { createQueues, type QueueUrls } from "@berth/aws/create-queues";

const PREFIX = "berth";

/**
 * Makes the queues of one machine. What it returns makes them again after the embedded SQS has lost
 * its memory; those who ask for that at the same time get it done once.
 */
export async function embeddedQueues(client: SQSClient): Promise<{
  readonly urls: QueueUrls;
  recreate(): Promise<unknown>;
}> {
  let inWork: Promise<unknown> | undefined;
  return {
    urls: await createQueues(client, PREFIX),
    recreate: async () => {
      inWork ??= createQueues(client, PREFIX).finally(() => {
        inWork = undefined;
      });
      return inWork;
    },
  };
}
