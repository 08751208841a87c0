import { INSTANCE_EVENTS } from "./defaults.ts";
import { entryFunction } from "./edge.ts";
import type { EdgeParts, EntryFunction } from "./edge.ts";

/** What EC2 and Auto Scaling tell of machines, on the default bus as all that is AWS's own. */
const PATTERNS = {
  HostState: {
    source: ["aws.ec2"],
    "detail-type": ["EC2 Instance State-change Notification"],
    detail: { state: ["stopping", "shutting-down", "stopped", "terminated"] },
  },
  SpotInterruption: {
    source: ["aws.ec2"],
    "detail-type": ["EC2 Spot Instance Interruption Warning"],
  },
  ScaleIn: {
    source: ["aws.autoscaling"],
    "detail-type": ["EC2 Instance-terminate Lifecycle Action"],
  },
} as const;

export interface Scaling {
  readonly instanceEvents: EntryFunction;
  /** Events that could not be delivered, or not handled. */
  readonly instanceEventsDeadLetters: sst.aws.Queue;
}

/** Has container instances follow their machines: they drain before the end, and end with them. */
export function scaling(parts: EdgeParts): Scaling {
  const deadLetters = new sst.aws.Queue("InstanceEventsDeadLetters", {
    transform: {
      queue: {
        sqsManagedSseEnabled: true,
        messageRetentionSeconds: INSTANCE_EVENTS.deadLetterRetentionSeconds,
      },
    },
  });
  const instanceEvents = entryFunction("instance-events", parts, {
    permissions: [{ actions: ["sqs:SendMessage"], resources: [deadLetters.arn] }],
    retries: INSTANCE_EVENTS.functionRetries,
    failuresTo: { queue: deadLetters, maximumAgeSeconds: INSTANCE_EVENTS.maximumAgeSeconds },
  });
  const rules = Object.entries(PATTERNS).map(([name, pattern]) =>
    rule(name, pattern, instanceEvents.fn, deadLetters),
  );
  takeUndelivered(deadLetters, rules);
  return { instanceEvents, instanceEventsDeadLetters: deadLetters };
}

function rule(
  name: string,
  pattern: object,
  fn: sst.aws.Function,
  deadLetters: sst.aws.Queue,
): aws.cloudwatch.EventRule {
  const made = new aws.cloudwatch.EventRule(name, {
    name: `${$app.name}-${$app.stage}-${name}`,
    eventPattern: JSON.stringify(pattern),
  });
  const permission = new aws.lambda.Permission(`${name}Permission`, {
    action: "lambda:InvokeFunction",
    function: fn.name,
    principal: "events.amazonaws.com",
    sourceArn: made.arn,
  });
  new aws.cloudwatch.EventTarget(
    `${name}Target`,
    {
      rule: made.name,
      arn: fn.arn,
      deadLetterConfig: { arn: deadLetters.arn },
      retryPolicy: {
        maximumEventAgeInSeconds: INSTANCE_EVENTS.maximumAgeSeconds,
        maximumRetryAttempts: INSTANCE_EVENTS.deliveryRetries,
      },
    },
    { dependsOn: permission },
  );
  return made;
}

/** EventBridge sends as itself: the queue says from which rules it takes that. */
function takeUndelivered(
  deadLetters: sst.aws.Queue,
  rules: readonly aws.cloudwatch.EventRule[],
): void {
  new aws.sqs.QueuePolicy("InstanceEventsDeadLettersPolicy", {
    queueUrl: deadLetters.url,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          actions: ["sqs:SendMessage"],
          resources: [deadLetters.arn],
          principals: [{ type: "Service", identifiers: ["events.amazonaws.com"] }],
          conditions: [
            {
              test: "ArnEquals",
              variable: "aws:SourceArn",
              values: rules.map(({ arn }) => arn),
            },
          ],
        },
      ],
    }).json,
  });
}
