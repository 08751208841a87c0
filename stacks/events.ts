import { CHANGE_FILTER, CHANGE_SOURCE } from "../packages/functions/src/change-source.ts";
import { CHANGE_EVENTS } from "./defaults.ts";
import { entryFunction } from "./edge.ts";
import type { EdgeParts, EntryFunction, Permission } from "./edge.ts";

/** Where Berth tells what happens, in the words of ECS's own events. */
export function eventBus(): sst.aws.Bus {
  return new sst.aws.Bus("Events");
}

export interface ChangeEvents {
  readonly changeEvents: EntryFunction;
  /** Which changes could not be told: the stream itself keeps them for a day. */
  readonly changeEventsDeadLetters: sst.aws.Queue;
}

/** Has each change of the table told on the bus. */
export function events(parts: EdgeParts, table: sst.aws.Dynamo): ChangeEvents {
  const deadLetters = new sst.aws.Queue("ChangeEventsDeadLetters", {
    transform: {
      queue: {
        sqsManagedSseEnabled: true,
        messageRetentionSeconds: CHANGE_EVENTS.deadLetterRetentionSeconds,
      },
    },
  });
  const { streamArn } = table.nodes.table;
  const changeEvents = entryFunction("change-events", parts, {
    permissions: [
      readingFrom(streamArn),
      // Lambda sends as the function.
      { actions: ["sqs:SendMessage"], resources: [deadLetters.arn] },
    ],
  });
  // Not `table.subscribe`: it knows no batches, retries or dead letters.
  new aws.lambda.EventSourceMapping("change-events", {
    eventSourceArn: streamArn,
    functionName: changeEvents.fn.arn,
    // Nothing that was written before the mapping was made is left out.
    startingPosition: "TRIM_HORIZON",
    batchSize: CHANGE_SOURCE.batchSize,
    maximumBatchingWindowInSeconds: CHANGE_SOURCE.windowSeconds,
    filterCriteria: { filters: [{ pattern: JSON.stringify(CHANGE_FILTER) }] },
    functionResponseTypes: ["ReportBatchItemFailures"],
    bisectBatchOnFunctionError: true,
    maximumRetryAttempts: CHANGE_SOURCE.retries,
    maximumRecordAgeInSeconds: CHANGE_EVENTS.maximumAgeSeconds,
    destinationConfig: { onFailure: { destinationArn: deadLetters.arn } },
  });
  return { changeEvents, changeEventsDeadLetters: deadLetters };
}

function readingFrom(streamArn: $util.Output<string>): Permission {
  return {
    actions: [
      "dynamodb:DescribeStream",
      "dynamodb:GetRecords",
      "dynamodb:GetShardIterator",
      "dynamodb:ListStreams",
    ],
    resources: [streamArn],
  };
}
