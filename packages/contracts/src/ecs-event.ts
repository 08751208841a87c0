/**
 * ECS's own source is `aws.ecs`. EventBridge keeps what begins with `aws.` for AWS, so a rule for
 * Berth's events names this one; everything else of an event is as ECS has it.
 */
export const EVENT_SOURCE = "berth.ecs";

export const EVENT_DETAIL_TYPES = [
  "ECS Task State Change",
  "ECS Container Instance State Change",
  "ECS Service Action",
  "ECS Deployment State Change",
  "Berth Stream Session State Change",
] as const;

export type EventDetailType = (typeof EVENT_DETAIL_TYPES)[number];

/**
 * What Berth tells of a change. Made anew of the same change it is the same again: whoever hears it
 * twice can tell. Source: ECS developer guide, Amazon ECS events.
 */
export interface EcsEvent {
  readonly detailType: EventDetailType;
  /** ARN of what it is about. */
  readonly resource: string;
  /** Epoch ms: when it happened. */
  readonly time: number;
  /** JSON but for dates, which become ISO 8601 strings. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An event as EventBridge shows it. */
export interface ToldEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}
