import { createSqsClient } from "@berth/aws/clients";
import { createMessagePauses } from "@berth/aws/message-pauses";
import { createSqsRelay } from "@berth/aws/sqs-relay";
import { readControllerQueues } from "../environment.ts";
import { createForwardHandler } from "../forward.ts";
import { lambdaFunction } from "./lambda-function.ts";

/** A function that hands messages on and may do nothing else. */
export function forwarder(name: string) {
  return lambdaFunction(name, (log, metrics) => {
    const { region, queueUrls } = readControllerQueues(process.env);
    const client = createSqsClient({ region });
    const relay = createSqsRelay({
      client,
      // What has waited is never sent to wait again.
      queueUrls: { ...queueUrls, coalesced: "", timers: "" },
      now: () => Date.now(),
    });
    const pause = createMessagePauses(client, queueUrls.service);
    return createForwardHandler({ relay, pause, metrics, log });
  });
}
