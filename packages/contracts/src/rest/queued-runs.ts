import { z } from "zod";
import type {
  ExplainedStep,
  ExplainedWait,
  InstanceRefusal,
  PlacementOutlook,
} from "./explanation.ts";

const MAX_DEADLINE_SECONDS = 86_400;

/** What the body of `POST /v1/tasks` has beside the members of ECS's RunTask. */
export const waitForCapacityMember = z.object({
  waitForCapacity: z.strictObject({
    deadlineSeconds: z.int().min(1).max(MAX_DEADLINE_SECONDS),
  }),
});

export type QueuedRunState = "WAITING" | "CANCELLING" | "PLACED" | "EXPIRED" | "CANCELLED";

/** A RunTask that waits for capacity. Times are ISO 8601. */
export interface QueuedRunDescription {
  readonly id: string;
  readonly clusterArn: string;
  readonly status: QueuedRunState;
  readonly taskDefinitionArn: string;
  readonly group: string;
  readonly startedBy?: string;
  /** These its tasks have, whether they are placed yet or not. */
  readonly taskArns: readonly string[];
  readonly placedTaskArns: readonly string[];
  readonly unplacedTaskArns: readonly string[];
  readonly queuedAt: string;
  /** No task is placed later. */
  readonly deadline: string;
  readonly endedAt?: string;
  /** The request that queued it and, where there was one, what cancelled it. */
  readonly history: readonly ExplainedStep[];
  /** Why the latest try left some unplaced: of the instances that came closest, and since when. */
  readonly latestTry?: { readonly since: string; readonly instances: readonly InstanceRefusal[] };
}

/** What `GET /v1/queued-runs/{id}` answers. */
export interface QueuedRunExplanation extends QueuedRunDescription {
  /** Absent once it is over. */
  readonly waiting?: ExplainedWait;
  /** What placement says now about its next task, while it is WAITING. */
  readonly placement?: PlacementOutlook;
}

/** What `GET /v1/queued-runs` answers. */
export interface QueuedRunPage {
  readonly queuedRuns: readonly QueuedRunDescription[];
  /** For the next page: `?cursor=…`. */
  readonly next?: string;
}
