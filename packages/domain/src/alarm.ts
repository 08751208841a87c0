export const ALARM_STATES = ["OK", "ALARM", "INSUFFICIENT_DATA"] as const;

/** CloudWatch's words. */
export type AlarmState = (typeof ALARM_STATES)[number];

/** What says that things go wrong, as deployments look at it. */
export interface Alarm {
  readonly name: string;
  readonly state: AlarmState;
  /** Epoch ms: since when it is in that state. */
  readonly since: number;
  readonly reason?: string;
  /** How long things go wrong before it says so. Absent where nobody knows: an alarm made of others. */
  readonly evaluationMs?: number;
}

/** An alarm that is Berth's own: its state is set by whoever watches, not measured. */
export interface OwnAlarm {
  readonly name: string;
  readonly state: AlarmState;
  /** Epoch ms. */
  readonly since: number;
  readonly reason?: string;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  /** Epoch ms: when it was set last, be it to the state that it had. */
  readonly setAt: number;
  /** ARN of who did. */
  readonly setBy: string;
}

/** What a look at some alarms came to. */
export interface AlarmLook {
  /** Those that there are. */
  readonly alarms: readonly Alarm[];
  /** Why others may be missing: CloudWatch did not answer. */
  readonly failure?: string;
}

/** An alarm of Berth's own as deployments look at it. */
export const asAlarm = ({
  name,
  state,
  since,
  reason,
  periodSeconds,
  evaluationPeriods,
}: OwnAlarm): Alarm => ({
  name,
  state,
  since,
  ...(reason !== undefined && { reason }),
  evaluationMs: periodSeconds * evaluationPeriods * 1_000,
});
