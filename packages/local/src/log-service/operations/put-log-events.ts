import { z } from "zod";
import { takeLogEvents } from "../take-log-events.ts";
import { MAX_EVENTS } from "./event-page.ts";
import { groupMember, operation, type OperationContext, streamMember } from "./operation.ts";
import { SEQUENCE_TOKEN } from "./streams.ts";

const put = z.object({
  logGroupName: groupMember,
  logStreamName: streamMember,
  logEvents: z
    .array(z.object({ timestamp: z.int().min(0), message: z.string().min(1) }))
    .min(1)
    .max(MAX_EVENTS),
});

export const PUT_LOG_EVENTS = operation(
  put,
  ({ logGroupName: group, logStreamName: stream }) => ({ group, stream }),
  putEvents,
);

function putEvents(
  { groups, events, now }: OperationContext,
  { logGroupName, logStreamName, logEvents }: z.output<typeof put>,
): object {
  const stream = groups.getStream(logGroupName, logStreamName);
  const { retentionDays } = groups.get(logGroupName);
  const time = now();
  const taken = takeLogEvents(logEvents, { now: time, retentionDays });
  if (taken.events.length > 0) events.append(stream, taken.events, time);
  return {
    nextSequenceToken: SEQUENCE_TOKEN,
    ...(taken.rejected && { rejectedLogEventsInfo: taken.rejected }),
  };
}
