import type { AwsvpcConfiguration } from "./awsvpc.ts";
import type { ProviderShare } from "./capacity-provider.ts";
import type { StartFailures } from "./service.ts";
import type { Tag } from "./tag.ts";
import type { Task } from "./task.ts";

/** DRAINING: deleted, and gone once its tasks are. Source: ECS API reference, TaskSet. */
export type TaskSetStatus = "PRIMARY" | "ACTIVE" | "DRAINING";

export type StabilityStatus = "STEADY_STATE" | "STABILIZING";

/**
 * Some of the tasks of a service whose deployments an outside controller makes: one definition, at a
 * share of the service's desired count. All times are epoch ms.
 */
export interface TaskSet {
  /** `ecs-svc/` and 19 digits: the `startedBy` of its tasks. */
  readonly id: string;
  readonly status: TaskSetStatus;
  /** `family:revision`. */
  readonly taskDefinition: string;
  readonly launchType: Task["launchType"];
  readonly capacityProviderStrategy?: readonly ProviderShare[];
  /** Present where the definition has networkMode awsvpc. */
  readonly networkConfiguration?: AwsvpcConfiguration;
  /** Percent of the service's desired count, from 0 to 100. */
  readonly scale: number;
  /** What the outside controller calls it. */
  readonly externalId?: string;
  readonly tags: readonly Tag[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly stabilityStatus: StabilityStatus;
  /** When it came to be so. */
  readonly stabilityStatusAt: number;
  readonly failures: StartFailures;
  readonly clientToken?: string;
  /** Hash of the parameters it was created with: tells a repeated CreateTaskSet from another one. */
  readonly requestHash: string;
}

/** Beyond any scale that somebody means, and well above the error of a product of two numbers. */
const DECIMALS = 6;

/**
 * How many tasks a share of the desired count is, rounded up. Source: ECS API reference, TaskSet
 * `computedDesiredCount`.
 */
export const countAtScale = (desiredCount: number, scale: number): number =>
  // A product such as 0.07 × 100 is a little above 7: that must not become an eighth task.
  Math.ceil(Number(((desiredCount * scale) / 100).toFixed(DECIMALS)));

/** So many tasks the set shall have: none once it is deleted. */
export const computedDesiredCount = (
  { desiredCount }: { readonly desiredCount: number },
  { status, scale }: Pick<TaskSet, "status" | "scale">,
): number => (status === "DRAINING" ? 0 : countAtScale(desiredCount, scale));

/** So many tasks a service shall have, in all its task sets together where it has such. */
export const wantedCount = (service: {
  readonly desiredCount: number;
  readonly taskSets?: readonly Pick<TaskSet, "status" | "scale">[];
}): number =>
  service.taskSets
    ? service.taskSets.reduce((sum, set) => sum + computedDesiredCount(service, set), 0)
    : service.desiredCount;

/** The set as its deletion leaves it. */
export const drainedTaskSet = (set: TaskSet, now: number): TaskSet => ({
  ...set,
  status: "DRAINING",
  updatedAt: now,
  stabilityStatus: "STABILIZING",
  stabilityStatusAt: now,
});
