import { METRICS_NAMESPACE, STAGE_DIMENSION } from "../packages/contracts/src/metrics.ts";
import type { MetricName } from "../packages/contracts/src/metrics.ts";
import { ALARM } from "./defaults.ts";
import type { AgentSockets } from "./agents.ts";
import type { EntryFunction } from "./edge.ts";
import type { WakeQueues } from "./queues.ts";

/** What alarms and dashboard look at. */
export interface Watched {
  readonly table: sst.aws.Dynamo;
  readonly queues: WakeQueues;
  readonly functions: readonly EntryFunction[];
  readonly instanceEventsDeadLetters: sst.aws.Queue;
  readonly changeEvents: EntryFunction;
  readonly changeEventsDeadLetters: sst.aws.Queue;
  readonly httpApi: sst.aws.ApiGatewayV2;
  readonly sockets: AgentSockets;
}

interface Condition {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Record<string, $util.Input<string>>;
  readonly statistic: "Maximum" | "Sum";
  /** Above it for `periods` in a row; for `below`, below it. */
  readonly threshold: number;
  readonly below?: boolean;
  readonly periods?: number;
  /** How many of those periods, where one without a datum means nothing. */
  readonly datapointsToAlarm?: number;
}

/** Who subscribes to the topic is told when Berth does not heal by itself. */
export function alarms(watched: Watched) {
  const { table, queues, functions, httpApi, sockets } = watched;
  const topic = new sst.aws.SnsTopic("Alarms");
  const alarm = (name: string, description: string, condition: Condition) =>
    createAlarm(topic, name, description, condition);

  for (const [name, { queue, deadLetters }] of Object.entries(queues)) {
    queueAlarms(alarm, name, queue, deadLetters);
  }
  deadLettersAlarm(alarm, "instance-events", watched.instanceEventsDeadLetters);
  deadLettersAlarm(alarm, "change-events", watched.changeEventsDeadLetters);
  iteratorAgeAlarm(alarm, watched.changeEvents);
  for (const { entry, name } of functions) functionAlarms(alarm, entry, name);
  sweepAlarm(alarm, functions);
  apiAlarms(alarm, httpApi, sockets);
  tableAlarms(alarm, table);
  ownAlarms(alarm);
  return { topic };
}

type Alarm = (name: string, description: string, condition: Condition) => void;

function createAlarm(
  topic: sst.aws.SnsTopic,
  name: string,
  alarmDescription: string,
  { threshold, below = false, periods = ALARM.periods, ...metric }: Condition,
): void {
  new aws.cloudwatch.MetricAlarm(name, {
    name: `${$app.name}-${$app.stage}-${name}`,
    alarmDescription,
    ...metric,
    period: ALARM.periodSeconds,
    evaluationPeriods: periods,
    threshold,
    comparisonOperator: below ? "LessThanThreshold" : "GreaterThanThreshold",
    // Silence is good news, but for what must be heard.
    treatMissingData: below ? "breaching" : "notBreaching",
    alarmActions: [topic.arn],
    okActions: [topic.arn],
  });
}

function queueAlarms(
  alarm: Alarm,
  name: string,
  queue: sst.aws.Queue,
  deadLetters: sst.aws.Queue,
): void {
  alarm(`${name}-oldest-message`, `Wake-ups wait too long in the ${name} queue.`, {
    namespace: "AWS/SQS",
    metricName: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: queue.nodes.queue.name },
    statistic: "Maximum",
    threshold: ALARM.oldestMessageSeconds,
  });
  deadLettersAlarm(alarm, name, deadLetters);
}

function deadLettersAlarm(alarm: Alarm, name: string, { nodes }: sst.aws.Queue): void {
  alarm(`${name}-dead-letters`, `What came by ${name} failed again and again.`, {
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: nodes.queue.name },
    statistic: "Maximum",
    threshold: 0,
    periods: 1,
  });
}

function iteratorAgeAlarm(alarm: Alarm, { entry, name }: EntryFunction): void {
  alarm(`${entry}-iterator-age`, "Changes of the table are told too late.", {
    namespace: "AWS/Lambda",
    metricName: "IteratorAge",
    dimensions: { FunctionName: name },
    statistic: "Maximum",
    threshold: ALARM.iteratorAgeMs,
  });
}

function functionAlarms(alarm: Alarm, entry: string, name: string): void {
  const lambda = {
    namespace: "AWS/Lambda",
    dimensions: { FunctionName: name },
    statistic: "Sum",
  } as const;
  alarm(`${entry}-errors`, `The function ${entry} fails or runs out of time.`, {
    ...lambda,
    metricName: "Errors",
    threshold: ALARM.functionErrors,
  });
  alarm(`${entry}-throttles`, `The function ${entry} gets no concurrency.`, {
    ...lambda,
    metricName: "Throttles",
    threshold: ALARM.functionThrottles,
  });
}

function sweepAlarm(alarm: Alarm, functions: readonly EntryFunction[]): void {
  for (const { entry, name } of functions) {
    if (entry !== "sweep") continue;
    alarm("sweep-missing", "The sweep does not run: lost wake-ups stay lost.", {
      namespace: "AWS/Lambda",
      metricName: "Invocations",
      dimensions: { FunctionName: name },
      statistic: "Sum",
      threshold: 1,
      below: true,
      periods: ALARM.sweepMissingPeriods,
    });
  }
}

function apiAlarms(alarm: Alarm, httpApi: sst.aws.ApiGatewayV2, { api }: AgentSockets): void {
  alarm("api-5xx", "The API answers with server errors.", {
    namespace: "AWS/ApiGateway",
    metricName: "5xx",
    dimensions: { ApiId: httpApi.nodes.api.id },
    statistic: "Sum",
    threshold: ALARM.serverErrors,
  });
  for (const metricName of ["IntegrationError", "ExecutionError"]) {
    alarm(`agent-sockets-${metricName}`, "Frames of agents are not handled.", {
      namespace: "AWS/ApiGateway",
      metricName,
      dimensions: { ApiId: api.nodes.api.id },
      statistic: "Sum",
      threshold: ALARM.serverErrors,
    });
  }
}

/** What Berth measures of itself, as `packages/functions` writes it. */
const own = (metricName: MetricName) => ({
  namespace: METRICS_NAMESPACE,
  metricName,
  dimensions: { [STAGE_DIMENSION]: $app.stage },
});

function ownAlarms(alarm: Alarm): void {
  alarm("reconcile-errors", "Controllers fail again and again.", {
    ...own("ReconcileErrors"),
    statistic: "Sum",
    threshold: ALARM.reconcileErrors,
  });
  alarm("agents-disconnected", "Agents of container instances stay away.", {
    ...own("DisconnectedAgents"),
    statistic: "Maximum",
    threshold: ALARM.disconnectedAgents,
    datapointsToAlarm: ALARM.periods - 1,
  });
}

function tableAlarms(alarm: Alarm, table: sst.aws.Dynamo): void {
  for (const metricName of ["ReadThrottleEvents", "WriteThrottleEvents"]) {
    alarm(`table-${metricName}`, "DynamoDB refuses requests for their number.", {
      namespace: "AWS/DynamoDB",
      metricName,
      dimensions: { TableName: table.name },
      statistic: "Sum",
      threshold: ALARM.tableThrottles,
    });
  }
}
