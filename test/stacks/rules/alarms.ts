import { QUEUES } from "@berth/aws/queues";
import { METRICS_NAMESPACE } from "@berth/contracts/metrics";
import { componentName } from "../deployment.ts";
import type { Deployment } from "../deployment.ts";

interface AlarmInputs {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly comparisonOperator: string;
  readonly treatMissingData: string;
  readonly alarmActions?: readonly string[];
}

const signature = (namespace: string, metricName: string, of: unknown): string =>
  `${namespace} ${metricName} of ${String(of)}`;

/** What must be watched, by metric and resource: everything that does not heal by itself. */
function wanted(deployment: Deployment, stage: string): readonly string[] {
  const queueName = (name: string) =>
    deployment.one("sqs/queue:Queue", `${componentName(name)}Queue`).name;
  const queues = QUEUES.flatMap((queue) => [
    signature("AWS/SQS", "ApproximateAgeOfOldestMessage", queueName(queue)),
    signature("AWS/SQS", "ApproximateNumberOfMessagesVisible", queueName(`${queue}-dead-letters`)),
  ]);
  const functions = deployment
    .all("lambda/function:Function")
    .flatMap(({ inputs }) => [
      signature("AWS/Lambda", "Errors", inputs.name),
      signature("AWS/Lambda", "Throttles", inputs.name),
    ]);
  const functionName = (name: string) => deployment.one("lambda/function:Function", name).name;
  const sweep = functionName("SweepFunction");
  const table = deployment.one("dynamodb/table:Table").name;
  return [
    ...queues,
    ...functions,
    ...["instance-events-dead-letters", "change-events-dead-letters"].map((name) =>
      signature("AWS/SQS", "ApproximateNumberOfMessagesVisible", queueName(name)),
    ),
    signature("AWS/Lambda", "IteratorAge", functionName("ChangeEventsFunction")),
    signature(METRICS_NAMESPACE, "ReconcileErrors", stage),
    signature(METRICS_NAMESPACE, "DisconnectedAgents", stage),
    signature("AWS/Lambda", "Invocations", sweep),
    signature("AWS/ApiGateway", "5xx", "HttpApiApi-id"),
    signature("AWS/ApiGateway", "IntegrationError", "AgentSocketsApi-id"),
    signature("AWS/ApiGateway", "ExecutionError", "AgentSocketsApi-id"),
    ...["ReadThrottleEvents", "WriteThrottleEvents"].map((metric) =>
      signature("AWS/DynamoDB", metric, table),
    ),
  ];
}

/** Every alarm is there and reaches somebody, and silence of the sweep is one. */
export function alarmFaults(deployment: Deployment, stage: string): readonly string[] {
  const alarms = deployment.all("cloudwatch/metricAlarm:MetricAlarm");
  const present = new Set(alarms.map(({ inputs }) => watchedBy(inputs as unknown as AlarmInputs)));
  const missing = wanted(deployment, stage).filter((each) => !present.has(each));
  return [
    ...missing.map((each) => `no alarm for ${each}`),
    ...alarms.flatMap(({ name, inputs }) =>
      faultsOf(inputs as unknown as AlarmInputs).map((fault) => `${name} ${fault}`),
    ),
  ];
}

const watchedBy = ({ namespace, metricName, dimensions }: AlarmInputs): string =>
  signature(namespace, metricName, Object.values(dimensions).join());

function faultsOf(alarm: AlarmInputs): readonly string[] {
  const { alarmActions = [], metricName, comparisonOperator, treatMissingData } = alarm;
  const hearsSilence =
    comparisonOperator === "LessThanThreshold" && treatMissingData === "breaching";
  return [
    ...(alarmActions.length > 0 ? [] : ["tells nobody"]),
    ...(metricName !== "Invocations" || hearsSilence ? [] : ["takes silence for health"]),
  ];
}
