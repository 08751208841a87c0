/** Where CloudWatch keeps what Berth measures of itself. */
export const METRICS_NAMESPACE = "Berth";

/**
 * All that is measured, by its name in CloudWatch, with its unit there. Never of a single task, service
 * or cluster: CloudWatch bills every combination of name and dimensions as a metric of its own.
 */
export const METRICS = {
  /** Wake-ups that failed and come again. */
  ReconcileErrors: "Count",
  /** At a sweep: how long the oldest mark had been up that it found. */
  ReconcileLag: "Milliseconds",
  /** At a sweep: container instances whose agent has been away for a minute or more. */
  DisconnectedAgents: "Count",
  /** Tasks that no instance took: again with each try. */
  PlacementFailures: "Count",
  TasksStarted: "Count",
  /** By stop code. */
  TasksStopped: "Count",
  /** First invocations of a function's instances. */
  ColdStarts: "Count",
} as const satisfies Units;

/** Of the event bus of one machine: on AWS EventBridge measures its own. */
export const BUS_METRICS = {
  /** Events that a target of a rule took. */
  EventsDelivered: "Count",
  /** Deliveries that failed and come again. */
  EventDeliveryRetries: "Count",
  /** Events that a target of a rule is never sent. */
  EventsGivenUp: "Count",
} as const satisfies Units;

type Units = Readonly<Record<string, "Count" | "Milliseconds">>;

export type MetricName = keyof typeof METRICS | keyof typeof BUS_METRICS;

/** What every metric is told apart by: several stages share an account. */
export const STAGE_DIMENSION = "Stage";

/** What some are told apart by besides; few values each. */
export type MetricDimension = "StopCode";
export type MetricDimensions = Readonly<Partial<Record<MetricDimension, string>>>;
