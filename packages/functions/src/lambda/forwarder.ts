import { createSqsClient } from "@berth/aws/clients";
import { createSqsRelay } from "@berth/aws/sqs-relay";
import { readControllerQueues } from "../environment.ts";
import { createForwardHandler } from "../forward.ts";
import { lambdaFunction } from "./lambda-function.ts";

/** A function that hands messages on and may do nothing else. */
export function forwarder(name: string) {
  return lambdaFunction(name, (log, metrics) => {
    const { region, queueUrls } = readControllerQueues(process.env);
    const relay = createSqsRelay({
      client: createSqsClient({ region }),
      // What has waited is never sent to wait again.
      queueUrls: { ...queueUrls, coalesced: "", timers: "" },
      now: () => Date.now(),
    });
    return createForwardHandler({ relay, metrics, log });
  });
}
