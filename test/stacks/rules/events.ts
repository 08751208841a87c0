import type { Deployment } from "../deployment.ts";
import { arnOf } from "../synth/mocks.ts";

const functionArn = arnOf("aws:lambda/function:Function", "InstanceEventsFunction");
/** Where events end that nobody took. */
export const deadLettersArn = arnOf("aws:sqs/queue:Queue", "InstanceEventsDeadLettersQueue");
const ruleArn = (name: string): string => arnOf("aws:cloudwatch/eventRule:EventRule", name);

/** What each rule of the default bus lets through. */
export function patternsOf(deployment: Deployment): Readonly<Record<string, unknown>> {
  const rules = deployment
    .all("cloudwatch/eventRule:EventRule")
    .filter(({ inputs }) => (inputs.eventBusName ?? "default") === "default")
    .map(({ name, inputs }) => [name, JSON.parse(inputs.eventPattern as string)] as const);
  return Object.fromEntries(rules);
}

/** Each rule calls the function, may do so, and leaves what it cannot deliver where an alarm sees it. */
export function ruleFaults(deployment: Deployment): readonly string[] {
  const rules = deployment.all("cloudwatch/eventRule:EventRule").map(({ name }) => name);
  return rules
    .flatMap((rule) => [...targetFaults(deployment, rule), ...permissionFaults(deployment, rule)])
    .concat(deadLetterFaults(deployment, rules));
}

function targetFaults(deployment: Deployment, rule: string): readonly string[] {
  const { inputs } =
    deployment
      .all("cloudwatch/eventTarget:EventTarget")
      .find(({ name }) => name === `${rule}Target`) ?? {};
  if (!inputs) return [`${rule}: no target`];
  const { arn, deadLetterConfig, retryPolicy } = inputs as {
    readonly arn?: string;
    readonly deadLetterConfig?: { readonly arn: string };
    readonly retryPolicy?: { readonly maximumEventAgeInSeconds?: number };
  };
  return [
    ...(arn === functionArn ? [] : [`${rule}: another target`]),
    ...(deadLetterConfig?.arn === deadLettersArn ? [] : [`${rule}: no dead letters`]),
    ...(retryPolicy?.maximumEventAgeInSeconds === 3600 ? [] : [`${rule}: tries for too long`]),
  ];
}

function permissionFaults(deployment: Deployment, rule: string): readonly string[] {
  const allows = deployment
    .all("lambda/permission:Permission")
    .some(
      ({ inputs }) =>
        inputs.principal === "events.amazonaws.com" &&
        inputs.action === "lambda:InvokeFunction" &&
        inputs.sourceArn === ruleArn(rule),
    );
  return allows ? [] : [`${rule}: may not call`];
}

interface QueuePolicy {
  readonly Statement: readonly {
    readonly Principal: unknown;
    readonly Condition?: { readonly ArnEquals?: Readonly<Record<string, readonly string[]>> };
  }[];
}

function deadLetterFaults(deployment: Deployment, rules: readonly string[]): readonly string[] {
  const queue = deployment.one("sqs/queue:Queue", "InstanceEventsDeadLettersQueue");
  const { policy } = deployment.one(
    "sqs/queuePolicy:QueuePolicy",
    "InstanceEventsDeadLettersPolicy",
  );
  const { Statement } = JSON.parse(policy as string) as QueuePolicy;
  const senders = new Set(
    Statement.flatMap((each) => each.Condition?.ArnEquals?.["aws:SourceArn"] ?? []),
  );
  return [
    // EventBridge and Lambda send to standard queues only.
    ...(queue.fifoQueue ? ["dead letters: FIFO"] : []),
    ...rules
      .filter((rule) => !senders.has(ruleArn(rule)))
      .map((rule) => `dead letters: not from ${rule}`),
    ...(Statement.every((each) => each.Condition) ? [] : ["dead letters: from anybody"]),
  ];
}
