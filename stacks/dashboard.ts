import { METRICS_NAMESPACE, STAGE_DIMENSION } from "../packages/contracts/src/metrics.ts";
import type { MetricDimension, MetricName } from "../packages/contracts/src/metrics.ts";
import type { Watched } from "./alarms.ts";

type Statistic = "Sum" | "Maximum" | "p99";
/** As CloudWatch writes them: namespace, metric, then dimensions by name and value; or what finds some. */
type Metric = readonly string[] | readonly [{ readonly expression: string }];

interface Graph {
  readonly title: string;
  readonly stat: Statistic;
  readonly metrics: readonly Metric[];
}

/** CloudWatch's grid is 24 wide. */
const GRAPH = { width: 8, height: 6 };
const GRAPHS_A_ROW = 3;

/** One page that tells whether Berth keeps up. */
export function dashboard(watched: Watched): void {
  new aws.cloudwatch.Dashboard("Dashboard", {
    dashboardName: `${$app.name}-${$app.stage}`,
    dashboardBody: $resolve(namesOf(watched)).apply((names) =>
      JSON.stringify({
        widgets: graphsOf(names).map((graph, index) => widget(graph, index, names.region)),
      }),
    ),
  });
}

type Names = $util.Unwrap<ReturnType<typeof namesOf>>;

function namesOf(watched: Watched) {
  const { table, queues, functions, httpApi, sockets } = watched;
  const deadLetters = [
    ...Object.values(queues).map((queue) => queue.deadLetters),
    watched.instanceEventsDeadLetters,
    watched.changeEventsDeadLetters,
  ];
  return {
    region: aws.getRegionOutput().region,
    table: table.name,
    httpApi: httpApi.nodes.api.id,
    sockets: sockets.api.nodes.api.id,
    functions: functions.map(({ name }) => name),
    queues: Object.values(queues).map(({ queue }) => queue.nodes.queue.name),
    changeEvents: watched.changeEvents.name,
    deadLetters: deadLetters.map(({ nodes }) => nodes.queue.name),
  };
}

function graphsOf(names: Names): readonly Graph[] {
  return [...ownGraphs(), ...queueGraphs(names), ...functionGraphs(names), ...gatewayGraphs(names)];
}

const own = (metric: MetricName): Metric => [
  METRICS_NAMESPACE,
  metric,
  STAGE_DIMENSION,
  $app.stage,
];

/** One line for each value of the dimension that there is. */
const ownByDimension = (metric: MetricName, dimension: MetricDimension): Metric => [
  {
    expression: `SEARCH('{${METRICS_NAMESPACE},${STAGE_DIMENSION},${dimension}} MetricName="${metric}" ${STAGE_DIMENSION}="${$app.stage}"', 'Sum', 60)`,
  },
];

/** What Berth measures of itself. Where nothing happens there is no line. */
function ownGraphs(): readonly Graph[] {
  return [
    {
      title: "Tasks",
      stat: "Sum",
      metrics: [
        own("TasksStarted"),
        ownByDimension("TasksStopped", "StopCode"),
        own("PlacementFailures"),
      ],
    },
    {
      title: "Failed wake-ups, agents away",
      stat: "Sum",
      metrics: [own("ReconcileErrors"), own("DisconnectedAgents"), own("ColdStarts")],
    },
    { title: "Oldest mark that was overdue (ms)", stat: "Maximum", metrics: [own("ReconcileLag")] },
  ];
}

const ofQueues = (metric: string, queues: readonly string[]): readonly Metric[] =>
  queues.map((name) => ["AWS/SQS", metric, "QueueName", name]);

function queueGraphs({ queues, deadLetters }: Names): readonly Graph[] {
  return [
    {
      title: "Age of the oldest wake-up (s)",
      stat: "Maximum",
      metrics: ofQueues("ApproximateAgeOfOldestMessage", queues),
    },
    { title: "Wake-ups sent", stat: "Sum", metrics: ofQueues("NumberOfMessagesSent", queues) },
    {
      title: "Dead letters",
      stat: "Maximum",
      metrics: ofQueues("ApproximateNumberOfMessagesVisible", deadLetters),
    },
  ];
}

function functionGraphs({ functions, changeEvents }: Names): readonly Graph[] {
  const of = (metric: string) =>
    functions.map((name) => ["AWS/Lambda", metric, "FunctionName", name]);
  return [
    { title: "Duration (ms, p99)", stat: "p99", metrics: of("Duration") },
    { title: "Errors", stat: "Sum", metrics: of("Errors") },
    { title: "Throttles", stat: "Sum", metrics: of("Throttles") },
    {
      title: "Age of the oldest change that is not told (ms)",
      stat: "Maximum",
      metrics: [["AWS/Lambda", "IteratorAge", "FunctionName", changeEvents]],
    },
  ];
}

const gateway = (metric: string, api: string): Metric => ["AWS/ApiGateway", metric, "ApiId", api];

function gatewayGraphs({ httpApi, sockets, table }: Names): readonly Graph[] {
  const ofTable = (metric: string) => ["AWS/DynamoDB", metric, "TableName", table];
  return [
    {
      title: "Requests",
      stat: "Sum",
      metrics: [gateway("Count", httpApi), gateway("4xx", httpApi), gateway("5xx", httpApi)],
    },
    {
      title: "Agents",
      stat: "Sum",
      metrics: [gateway("ConnectCount", sockets), gateway("MessageCount", sockets)],
    },
    {
      title: "Table",
      stat: "Sum",
      metrics: [
        ofTable("ConsumedReadCapacityUnits"),
        ofTable("ConsumedWriteCapacityUnits"),
        ofTable("ReadThrottleEvents"),
        ofTable("WriteThrottleEvents"),
      ],
    },
  ];
}

function widget({ title, stat, metrics }: Graph, index: number, region: string) {
  return {
    type: "metric",
    ...GRAPH,
    x: (index % GRAPHS_A_ROW) * GRAPH.width,
    y: Math.floor(index / GRAPHS_A_ROW) * GRAPH.height,
    properties: { title, stat, metrics, region, period: 60, view: "timeSeries" },
  };
}
