import { Metrics as EmbeddedMetrics } from "@aws-lambda-powertools/metrics";
import { BUS_METRICS, METRICS, METRICS_NAMESPACE, STAGE_DIMENSION } from "@berth/contracts/metrics";
import type { MetricDimensions, MetricName } from "@berth/contracts/metrics";
import type { Metrics } from "@berth/control-plane/context";

/** Keeps what is recorded until somebody has it written: a line an invocation, not one an event. */
export interface MetricsRecorder extends Metrics {
  flush(): void;
}

export interface MetricsOptions {
  readonly stage: string;
  /** Stands beside the metrics, not among their dimensions, each of whose values would cost. */
  readonly functionName: string;
  /** Takes one line in CloudWatch's embedded metric format, which Lambda's log group understands. */
  readonly write: (line: string) => void;
}

const UNITS = { ...METRICS, ...BUS_METRICS } as const;

interface Observation {
  readonly name: MetricName;
  readonly dimensions: MetricDimensions;
  value: number;
}

/** Measures one function, or the one process that is all of them. */
export function createMetrics({ stage, functionName, write }: MetricsOptions): MetricsRecorder {
  const embedded = new EmbeddedMetrics({ namespace: METRICS_NAMESPACE });
  embedded.clearDefaultDimensions();
  embedded.setDefaultDimensions({ [STAGE_DIMENSION]: stage });
  const sums = new Map<string, Observation>();
  return {
    record: (name, value, dimensions = {}) => {
      const key = `${name} ${JSON.stringify(dimensions)}`;
      const sum = sums.get(key);
      if (sum) sum.value += value;
      else sums.set(key, { name, dimensions, value });
    },
    flush: () => {
      const observations = [...sums.values()];
      sums.clear();
      const alike = Map.groupBy(observations, ({ dimensions }) => JSON.stringify(dimensions));
      for (const [dimensions, group] of alike) {
        addDimensions(embedded, JSON.parse(dimensions) as MetricDimensions);
        write(lineOf(embedded, group, functionName));
      }
    },
  };
}

function addDimensions(embedded: EmbeddedMetrics, dimensions: MetricDimensions): void {
  for (const [name, value] of Object.entries(dimensions)) embedded.addDimension(name, value);
}

/** What is recorded under the dimensions that were added, which go with it. */
function lineOf(
  embedded: EmbeddedMetrics,
  observations: readonly Observation[],
  functionName: string,
): string {
  for (const { name, value } of observations) embedded.addMetric(name, UNITS[name], value);
  embedded.addMetadata("function", functionName);
  const line = JSON.stringify(embedded.serializeMetrics());
  embedded.clearMetrics();
  embedded.clearDimensions();
  embedded.clearMetadata();
  return line;
}

/** The handler, at the end of which is written what was recorded, whether it succeeds or fails. */
export function measured<Parameters extends readonly unknown[], Result>(
  metrics: MetricsRecorder,
  handler: (...parameters: Parameters) => Promise<Result>,
): (...parameters: Parameters) => Promise<Result> {
  return async (...parameters) => {
    try {
      return await handler(...parameters);
    } finally {
      metrics.flush();
    }
  };
}
