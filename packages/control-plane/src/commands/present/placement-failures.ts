import type { EcsResponse } from "@berth/contracts/ecs-api/operations";
import { containerInstanceArn, type Scope } from "@berth/domain/arn";
import type { PlacementFailure } from "@berth/domain/service";

type Failures = NonNullable<EcsResponse<"RunTask">["failures"]>;

/**
 * Why tasks found no place, one entry per instance and reason: equal tasks fail alike, so their
 * number is not told. Where it is about no instance, one entry per detail.
 */
export function presentPlacementFailures(
  scope: Scope,
  cluster: string,
  unplaced: readonly { readonly failures: readonly PlacementFailure[] }[],
): Failures {
  const all = unplaced.flatMap(({ failures }) => failures);
  const distinct = new Map(
    all.map((failure) => {
      const { containerInstanceId: id, reason, detail } = failure;
      return [`${id ?? detail}|${reason}`, failure];
    }),
  );
  return Array.from(distinct.values(), (failure) => presentFailure(scope, cluster, failure));
}

function presentFailure(
  scope: Scope,
  cluster: string,
  failure: PlacementFailure,
): Failures[number] {
  const { containerInstanceId: id, reason, detail } = failure;
  return {
    ...(id !== undefined && { arn: containerInstanceArn(scope, cluster, id) }),
    reason,
    ...(detail && { detail }),
  };
}
