import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchClient, CompositeAlarm, MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { Alarm, AlarmLook } from "@berth/domain/alarm";

/** The control plane's `Alarms`, which this package must not import. */
export interface CloudWatchAlarms {
  describe(names: readonly string[]): Promise<AlarmLook>;
}

export interface CloudWatchAlarmsOptions {
  readonly client: CloudWatchClient;
  /** Epoch ms. */
  readonly now: () => number;
  /** Hears of it when CloudWatch does not answer. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * How long an answer is good for, and a failure, too: a pass looks again and again, and an account may
 * ask for alarms nine times a second. Source: CloudWatch service quotas.
 */
const REMEMBERED_MS = 5_000;

/** As many as one request gives. */
const MAX_RECORDS = 100;

interface Remembered {
  readonly at: number;
  readonly alarm: Alarm | undefined;
}

/** Looks at metric and composite alarms of CloudWatch, and goes on where that fails. */
export function createCloudWatchAlarms(options: CloudWatchAlarmsOptions): CloudWatchAlarms {
  const { now, onFailure } = options;
  let known = new Map<string, Remembered>();
  let failed: { readonly at: number; readonly reason: string } | undefined;
  const isFresh = ({ at }: { readonly at: number }) => now() - at < REMEMBERED_MS;

  async function learn(names: readonly string[]): Promise<void> {
    try {
      const alarms = await describeAlarms(options, names);
      for (const name of names) known.set(name, { at: now(), alarm: alarms.get(name) });
      failed = undefined;
    } catch (error) {
      failed = { at: now(), reason: reasonOf(error) };
      onFailure(error);
    }
  }

  return {
    async describe(names) {
      known = new Map([...known].filter(([, each]) => isFresh(each)));
      const unknown = names.filter((name) => !known.has(name));
      if (unknown.length > 0 && !(failed && isFresh(failed))) await learn(unknown);
      const alarms = names.flatMap((name) => known.get(name)?.alarm ?? []);
      const isComplete = names.every((name) => known.has(name));
      return { alarms, ...(failed && !isComplete && { failure: failed.reason }) };
    },
  };
}

async function describeAlarms(
  { client }: CloudWatchAlarmsOptions,
  names: readonly string[],
): Promise<ReadonlyMap<string, Alarm>> {
  const alarms: Alarm[] = [];
  for (let from = 0; from < names.length; from += MAX_RECORDS) {
    const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
      new DescribeAlarmsCommand({
        AlarmNames: names.slice(from, from + MAX_RECORDS),
        AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
        MaxRecords: MAX_RECORDS,
      }),
    );
    alarms.push(...MetricAlarms.map((each) => toAlarm(each, evaluationMs(each))));
    alarms.push(...CompositeAlarms.map((each) => toAlarm(each)));
  }
  return new Map(alarms.map((alarm) => [alarm.name, alarm]));
}

function toAlarm(
  {
    AlarmName = "",
    StateValue = "INSUFFICIENT_DATA",
    StateReason,
    StateTransitionedTimestamp,
    StateUpdatedTimestamp,
  }: MetricAlarm | CompositeAlarm,
  evaluated?: number,
): Alarm {
  return {
    name: AlarmName,
    state: StateValue,
    since: (StateTransitionedTimestamp ?? StateUpdatedTimestamp ?? new Date(0)).getTime(),
    ...(StateReason !== undefined && { reason: StateReason }),
    ...(evaluated !== undefined && { evaluationMs: evaluated }),
  };
}

/** Of an alarm over an expression: by the longest period of what it is made from. */
function evaluationMs({ Period, Metrics = [], EvaluationPeriods = 1 }: MetricAlarm) {
  const periods = Metrics.flatMap((each) => each.Period ?? each.MetricStat?.Period ?? []);
  const seconds = Period ?? (periods.length > 0 ? Math.max(...periods) : undefined);
  return seconds === undefined ? undefined : seconds * EvaluationPeriods * 1_000;
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
