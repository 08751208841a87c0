import { z } from "zod";

const MAX_EVALUATION_SECONDS = 86_400;

/** Body of `PUT /v1/alarms/{name}`: what is left out stays, or is one period of a minute. */
export const setAlarmBody = z.strictObject({
  state: z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]),
  reason: z.string().max(1_023).optional(),
  periodSeconds: z.int().min(1).max(MAX_EVALUATION_SECONDS).optional(),
  evaluationPeriods: z.int().min(1).max(1_000).optional(),
});
export type SetAlarmBody = z.infer<typeof setAlarmBody>;

/** An alarm of Berth's own. Times are ISO 8601. */
export interface AlarmDescription {
  readonly alarmName: string;
  readonly alarmArn: string;
  readonly state: SetAlarmBody["state"];
  /** Since when it is in that state. */
  readonly since: string;
  readonly reason?: string;
  /** A deployment bakes for as long as the slowest of its alarms: so many periods of so many seconds. */
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly setAt: string;
  /** ARN. */
  readonly setBy: string;
}

/** What `GET /v1/alarms` answers. */
export interface AlarmPage {
  readonly alarms: readonly AlarmDescription[];
  /** For the next page: `?cursor=…`. */
  readonly next?: string;
}
