import { z } from "zod";
import type { LogStream } from "../log-groups.ts";
import { invalid } from "../refusal.ts";
import {
  groupArn,
  groupMember,
  groupMembers,
  groupNamed,
  type Operation,
  operation,
  type OperationContext,
  streamMember,
  tokenMember,
} from "./operation.ts";
import { pageOf } from "./paging.ts";

const named = z.object({ logGroupName: groupMember, logStreamName: streamMember });
const ofStream = ({ logGroupName: group, logStreamName: stream }: z.output<typeof named>) => ({
  group,
  stream,
});

export const STREAM_OPERATIONS: readonly (readonly [string, Operation])[] = [
  [
    "CreateLogStream",
    operation(named, ofStream, ({ groups, now }, { logGroupName, logStreamName }) => {
      groups.createStream(logGroupName, logStreamName, now());
      return {};
    }),
  ],
  [
    "DeleteLogStream",
    operation(named, ofStream, ({ groups, events }, { logGroupName, logStreamName }) => {
      groups.deleteStream(logGroupName, logStreamName);
      events.measure();
      return {};
    }),
  ],
  [
    "DescribeLogStreams",
    operation(
      z.object({
        ...groupMembers,
        logStreamNamePrefix: streamMember.optional(),
        orderBy: z.enum(["LogStreamName", "LastEventTime"]).default("LogStreamName"),
        descending: z.boolean().default(false),
        limit: z.int().min(1).max(50).optional(),
        nextToken: tokenMember,
      }),
      (input) => ({ group: groupNamed(input) }),
      describeStreams,
    ),
  ],
];

function describeStreams(
  context: OperationContext,
  input: Parameters<typeof groupNamed>[0] & {
    readonly logStreamNamePrefix?: string | undefined;
    readonly orderBy: "LogStreamName" | "LastEventTime";
    readonly descending: boolean;
    readonly limit?: number | undefined;
    readonly nextToken?: string | undefined;
  },
): object {
  const { logStreamNamePrefix, orderBy, descending } = input;
  if (orderBy === "LastEventTime" && logStreamNamePrefix !== undefined) {
    throw invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  const group = groupNamed(input);
  const found = context.groups
    .listStreams(group)
    .filter(({ name }) => name.startsWith(logStreamNamePrefix ?? ""));
  const ordered = orderBy === "LastEventTime" ? found.toSorted(byLastEvent) : found;
  const { items, token } = pageOf(descending ? ordered.toReversed() : ordered, input);
  return { logStreams: items.map((stream) => present(context, group, stream)), ...token };
}

const byLastEvent = (a: LogStream, b: LogStream): number => (a.lastEvent ?? 0) - (b.lastEvent ?? 0);

/** Source: CloudWatch Logs API reference, LogStream. */
const present = (context: OperationContext, group: string, stream: LogStream) => ({
  logStreamName: stream.name,
  creationTime: stream.createdAt,
  firstEventTimestamp: stream.firstEvent,
  lastEventTimestamp: stream.lastEvent,
  lastIngestionTime: stream.lastIngestion,
  uploadSequenceToken: SEQUENCE_TOKEN,
  arn: `${groupArn(context, group)}:log-stream:${stream.name}`,
  storedBytes: 0,
});

/** Clients of an age that needs one are given it; nobody looks at what they send. */
export const SEQUENCE_TOKEN = "0";
