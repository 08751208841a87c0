import type { UnplacedForecast } from "@berth/contracts/rest/plan";
import type { EcsOperationName, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { containerInstanceArn } from "@berth/domain/arn";
import type { Scope } from "@berth/domain/arn";
import type { PlannedStart, Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { Operation } from "./change.ts";

interface Reason {
  readonly arn?: string | undefined;
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
}

/** The tasks that services still wait to place, and why. */
export function waitingTasks(
  scope: Scope,
  services: Iterable<Service>,
): readonly UnplacedForecast[] {
  return [...services].flatMap((service) => {
    const waiting = service.plannedStarts.filter(isUnplaced);
    const alike = Map.groupBy(waiting, ({ unplaced }) => JSON.stringify(unplaced.candidates));
    return [...alike.values()].map((starts) => ({
      group: serviceGroup(service.name),
      count: starts.length,
      reasons: byReason(
        (starts[0]?.unplaced.candidates ?? []).map(({ containerInstanceId: id, ...why }) => ({
          ...why,
          ...(id !== undefined && { arn: containerInstanceArn(scope, service.cluster, id) }),
        })),
      ),
    }));
  });
}

/** The tasks that RunTask did not place, and why. */
export function refusedTasks(
  change: Operation,
  answer: EcsResponse<EcsOperationName>,
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
  return [...groups].flatMap(([reason, fellows]) =>
    fellows.slice(0, 1).map(({ arn, detail = "" }) => ({
      reason,
      instances: fellows.filter((each) => each.arn !== undefined).length,
      detail,
      ...(arn !== undefined && { containerInstanceArn: arn }),
    })),
  );
}
