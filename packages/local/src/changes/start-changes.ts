import type { ChangeEventsHandler } from "@berth/functions/change-events";
import type { Log } from "@berth/functions/log";
import { type HostOptions, TABLE_NAME } from "../host-options.ts";
import { startChangePoller } from "./change-poller.ts";
import { createCheckpoint } from "./checkpoint.ts";
import { mendCheckpoint } from "./mend-checkpoint.ts";
import { createChangeStream } from "./stream-client.ts";

/** To be done before anything is written. */
export async function prepareChanges({ directory }: HostOptions, log: Log): Promise<void> {
  const stream = createChangeStream(directory.dynamodbSocket);
  const checkpoint = createCheckpoint(directory.changesCheckpoint);
  await mendCheckpoint({ checkpoint, stream, log }).finally(() => stream.close());
}

/** Hands the changes of the table to the function that takes them on AWS. */
export function startChanges(
  { directory, scope }: HostOptions,
  handler: ChangeEventsHandler,
  log: Log,
): { stop(): Promise<void> } {
  const stream = createChangeStream(directory.dynamodbSocket);
  const { region, account } = scope;
  const poller = startChangePoller({
    stream,
    checkpoint: createCheckpoint(directory.changesCheckpoint),
    handler,
    source: { arn: `arn:aws:dynamodb:${region}:${account}:table/${TABLE_NAME}/stream/1`, region },
    log,
  });
  return {
    stop: async () => {
      await poller.stop();
      stream.close();
    },
  };
}
