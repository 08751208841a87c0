import { z } from "zod";
import type { StoredEvent } from "../event-block.ts";
import { after, before, readToken, START, tokenOf } from "../event-cut.ts";
import {
  END_OF_TIME,
  EventPage,
  eventsAfter,
  eventsBefore,
  limitMember,
  windowAfter,
  windowBefore,
} from "./event-page.ts";
import {
  groupMembers,
  groupNamed,
  operation,
  type OperationContext,
  streamMember,
  timeMember,
  tokenMember,
} from "./operation.ts";

const get = z.object({
  ...groupMembers,
  logStreamName: streamMember,
  startTime: timeMember,
  endTime: timeMember,
  limit: limitMember,
  nextToken: tokenMember,
  startFromHead: z.boolean().default(false),
});

export const GET_LOG_EVENTS = operation(
  get,
  (input) => ({ group: groupNamed(input), stream: input.logStreamName }),
  getEvents,
);

type Input = z.output<typeof get>;
type Token = ReturnType<typeof readToken>;

/** In the order of their times, whichever way is gone. */
function getEvents(context: OperationContext, input: Input): object {
  const token = input.nextToken === undefined ? undefined : readToken(input.nextToken);
  const found = readPage(context, input, token);
  const [first, last] = [found.at(0), found.at(-1)];
  const here = token?.cut ?? START;
  return {
    events: found.map(({ timestamp, message, ingestionTime }) => ({
      timestamp,
      message,
      ingestionTime,
    })),
    nextForwardToken: tokenOf("f", last ? after(last) : here),
    nextBackwardToken: tokenOf("b", first ? before(first) : here),
  };
}

function readPage(
  { groups, events }: OperationContext,
  input: Input,
  token: Token | undefined,
): readonly StoredEvent[] {
  const { startTime: from = 0, endTime: until = END_OF_TIME, startFromHead, limit } = input;
  const { id } = groups.getStream(groupNamed(input), input.logStreamName);
  const source = { kind: "stream", id } as const;
  const window = { from, until };
  const cut = token?.cut;
  if (token ? token.direction === "f" : startFromHead) {
    const found = events.forwards(source, windowAfter(cut, window));
    return take(eventsAfter(cut, found), limit);
  }
  const found = events.backwards(source, windowBefore(cut, window));
  return take(eventsBefore(cut, found), limit).toReversed();
}

function take(events: Iterable<StoredEvent>, limit: number): readonly StoredEvent[] {
  const page = new EventPage(limit);
  const taken: StoredEvent[] = [];
  for (const event of events) {
    if (!page.add(event)) break;
    taken.push(event);
  }
  return taken;
}
