import { QUEUES } from "../packages/aws/src/queues.ts";
import type { Queue } from "../packages/aws/src/queues.ts";
import { BATCH_SIZE, MAXIMUM_CONCURRENCY } from "./defaults.ts";
import { entryFunction, LOOKING_AT_ALARMS } from "./edge.ts";
import type { EdgeParts, EntryFunction, Permission } from "./edge.ts";
import type { WakeQueue } from "./queues.ts";

/** What runs without being asked: a function for each queue, and the sweep. */
export function controllers(parts: EdgeParts): readonly EntryFunction[] {
  return [...QUEUES.map((queue) => consumer(queue, parts)), sweep(parts)];
}

function consumer(name: Queue, parts: EdgeParts): EntryFunction {
  const source = parts.queues[name];
  const permissions = [receivingFrom(source), ...permissionsOf(name)];
  const made = entryFunction(`${name}-queue`, parts, { permissions });
  // Not `queue.subscribe`: it grants more than Lambda's pollers call.
  new aws.lambda.EventSourceMapping(`${name}-queue`, {
    eventSourceArn: source.queue.arn,
    functionName: made.fn.arn,
    batchSize: BATCH_SIZE,
    functionResponseTypes: ["ReportBatchItemFailures"],
    // Reserved concurrency would push what it throttles to the dead letters.
    scalingConfig: { maximumConcurrency: MAXIMUM_CONCURRENCY[name] },
  });
  return made;
}

/** What a controller does besides: one looks after machines and their tasks' roles, the others decide about services. */
function permissionsOf(name: Queue): readonly Permission[] {
  if (name === "dispatch") return [tellingGroups(), takingTaskRoles()];
  return name === "service" || name === "placement" ? [LOOKING_AT_ALARMS] : [];
}

function receivingFrom({ queue }: WakeQueue): Permission {
  return {
    actions: [
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
      // Not for the pollers: the function says when what it failed comes again.
      "sqs:ChangeMessageVisibility",
    ],
    resources: [queue.arn],
  };
}

/** Groups of this stage, by their names. The wildcard before those stands for an id that AWS gives. */
function tellingGroups(): Permission {
  const { partition } = aws.getPartitionOutput();
  const { region } = aws.getRegionOutput();
  const { accountId } = aws.getCallerIdentityOutput();
  const groups = $interpolate`arn:${partition}:autoscaling:${region}:${accountId}:autoScalingGroup:*`;
  const name = `${$app.name}-${$app.stage}`;
  return {
    actions: ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
    resources: [name, `${name}-*`].map(
      (each) => $interpolate`${groups}:autoScalingGroupName/${each}`,
    ),
  };
}

/** Roles of tasks of this stage, by their path. Who may pass which to a task is Berth's own to say. */
function takingTaskRoles(): Permission {
  const { partition } = aws.getPartitionOutput();
  const { accountId } = aws.getCallerIdentityOutput();
  const path = `${$app.name}-${$app.stage}`;
  return {
    actions: ["sts:AssumeRole"],
    resources: [$interpolate`arn:${partition}:iam::${accountId}:role/${path}/*`],
  };
}

/** Finds what a lost message left undone. The next minute is its retry. */
function sweep(parts: EdgeParts): EntryFunction {
  const made = entryFunction("sweep", parts, { retries: 0 });
  new sst.aws.CronV2("EveryMinute", { schedule: "rate(1 minute)", function: made.fn.arn });
  return made;
}
