import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { deadLetterQueueDefinition, queueDefinition, QUEUES } from "./queues.ts";
import type { Queue, QueueDefinition } from "./queues.ts";

export type QueueUrls = Readonly<Record<Queue, string>>;

/**
 * Makes the queues that are not there yet, each with its dead-letter queue. For one machine; on AWS
 * the stacks do it.
 */
export async function createQueues(client: SQSClient, prefix: string): Promise<QueueUrls> {
  const urls = await Promise.all(
    QUEUES.map(async (queue) => [queue, await createQueue(client, queue, prefix)] as const),
  );
  return Object.fromEntries(urls) as Record<Queue, string>;
}

async function createQueue(client: SQSClient, queue: Queue, prefix: string): Promise<string> {
  const deadLetterQueueUrl = await create(client, deadLetterQueueDefinition(queue, prefix));
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: deadLetterQueueUrl,
      AttributeNames: ["QueueArn"],
    }),
  );
  return create(client, queueDefinition(queue, prefix, Attributes?.QueueArn ?? ""));
}

async function create(client: SQSClient, definition: QueueDefinition): Promise<string> {
  const { QueueUrl = "" } = await client.send(
    new CreateQueueCommand({ QueueName: definition.name, Attributes: definition.attributes }),
  );
  return QueueUrl;
}
