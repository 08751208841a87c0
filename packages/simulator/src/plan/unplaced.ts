import type { UnplacedForecast } from "@berth/contracts/rest/plan";
import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import { containerInstanceArn } from "@berth/domain/arn";
import type { Scope } from "@berth/domain/arn";
import { defined } from "@berth/domain/defined";
import type { PlannedStart } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import { wantedCount } from "@berth/domain/task-set";
import type { ClusterView } from "../world/cluster-view.ts";
import type { Operation } from "./change.ts";

interface Reason {
  readonly arn?: string | undefined;
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
}

/**
 * The tasks that services still wait to place, and why. A service tries no more than a hundred at a
 * time: what it has not tried waits for the same.
 */
export function waitingTasks(scope: Scope, view: ClusterView): readonly UnplacedForecast[] {
  return [...view.services.values()].flatMap((service) => {
    const waiting = service.plannedStarts.filter(isUnplaced);
    if (waiting.length === 0) return [];
    const group = serviceGroup(service.name);
    const missing = wantedCount(service) - view.tallyOf(group).total;
    const candidates = waiting.flatMap(({ unplaced }) => unplaced.candidates);
    const reasons = candidates.map(({ containerInstanceId: id, reason, detail }) => ({
      arn: id === undefined ? undefined : containerInstanceArn(scope, service.cluster, id),
      reason,
      detail,
    }));
    return [{ group, count: Math.max(waiting.length, missing), reasons: byReason(reasons) }];
  });
}

/** The tasks that RunTask did not place, and why. */
export function refusedTasks(
  change: Operation,
  answer: object,
  { changesTo }: { readonly changesTo: string | undefined },
): readonly UnplacedForecast[] {
  if (!("runTask" in change) || !("failures" in answer)) return [];
  const { tasks = [], failures = [] } = answer as EcsResponse<"RunTask">;
  const count = (change.runTask.count ?? 1) - tasks.length;
  if (count === 0) return [];
  const family = changesTo?.slice(0, changesTo.lastIndexOf(":")) ?? "";
  const group = change.runTask.group ?? `family:${family}`;
  return [{ group, count, reasons: byReason(failures) }];
}

type Waiting = PlannedStart & { readonly unplaced: NonNullable<PlannedStart["unplaced"]> };

const isUnplaced = (start: PlannedStart): start is Waiting => start.unplaced !== undefined;

function byReason(all: readonly Reason[]): UnplacedForecast["reasons"] {
  const groups = Map.groupBy(all, ({ reason = "" }) => reason);
  return Array.from(groups, ([reason, fellows]) =>
    defined({
      reason,
      instances: new Set(fellows.flatMap(({ arn }) => arn ?? [])).size,
      detail: fellows[0]?.detail ?? "",
      containerInstanceArn: fellows[0]?.arn,
    }),
  );
}
