import { CHANGE_FILTER, CHANGE_SOURCE } from "@berth/functions/change-source";
import type { Deployment } from "../deployment.ts";
import { arnOf, streamArnOf } from "../synth/mocks.ts";

/** What Lambda is told of the table's stream. */
interface StreamMapping {
  readonly functionName: string;
  readonly startingPosition: string;
  readonly batchSize: number;
  readonly maximumBatchingWindowInSeconds?: number;
  readonly functionResponseTypes?: readonly string[];
  readonly bisectBatchOnFunctionError?: boolean;
  readonly maximumRetryAttempts?: number;
  readonly maximumRecordAgeInSeconds?: number;
  readonly filterCriteria?: { readonly filters: readonly { readonly pattern: string }[] };
  readonly destinationConfig?: { readonly onFailure?: { readonly destinationArn: string } };
}

/** Every change that is worth it is told once it is written, and one that cannot be holds up no other. */
export function changeFaults(deployment: Deployment): readonly string[] {
  const [mapping, ...others] = deployment
    .all("lambda/eventSourceMapping:EventSourceMapping")
    .filter(({ inputs }) => inputs.eventSourceArn === streamArnOf("StateTable"));
  if (!mapping) return ["nobody reads the stream"];
  return [
    ...streamFaults(deployment),
    ...(others.length === 0 ? [] : ["read more than once"]),
    ...deliveryFaults(mapping.inputs as unknown as StreamMapping),
    ...failureFaults(mapping.inputs as unknown as StreamMapping),
  ];
}

function streamFaults(deployment: Deployment): readonly string[] {
  const { streamEnabled, streamViewType } = deployment.one("dynamodb/table:Table");
  return streamEnabled === true && streamViewType === "NEW_AND_OLD_IMAGES"
    ? []
    : ["the stream does not carry items as they were and are"];
}

function deliveryFaults(mapping: StreamMapping): readonly string[] {
  const { filters = [] } = mapping.filterCriteria ?? {};
  return [
    ...(mapping.functionName === arnOf("aws:lambda/function:Function", "ChangeEventsFunction")
      ? []
      : ["read by another function"]),
    ...(mapping.startingPosition === "TRIM_HORIZON" ? [] : ["begins late"]),
    ...(mapping.batchSize === CHANGE_SOURCE.batchSize ? [] : [`${mapping.batchSize} at once`]),
    ...(mapping.maximumBatchingWindowInSeconds === CHANGE_SOURCE.windowSeconds
      ? []
      : ["another window than one machine's"]),
    ...(filters.map(({ pattern }) => pattern).join() === JSON.stringify(CHANGE_FILTER)
      ? []
      : ["filtered otherwise than on one machine"]),
  ];
}

function failureFaults(mapping: StreamMapping): readonly string[] {
  const { destinationArn } = mapping.destinationConfig?.onFailure ?? {};
  const { maximumRetryAttempts = -1, maximumRecordAgeInSeconds = -1 } = mapping;
  return [
    ...(mapping.functionResponseTypes?.includes("ReportBatchItemFailures")
      ? []
      : ["one failure fails the batch"]),
    ...(mapping.bisectBatchOnFunctionError ? [] : ["one poisonous change poisons its batch"]),
    // -1 is for ever.
    ...(maximumRetryAttempts > 0 && maximumRecordAgeInSeconds > 0 ? [] : ["tries for ever"]),
    ...(destinationArn === arnOf("aws:sqs/queue:Queue", "ChangeEventsDeadLettersQueue")
      ? []
      : ["gives up quietly"]),
  ];
}
