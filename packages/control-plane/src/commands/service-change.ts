import type { Service } from "@berth/domain/service";
import type { ServiceChange } from "@berth/domain/service-change";
import { computedDesiredCount } from "@berth/domain/task-set";
import type { CommandContext } from "../context.ts";

/**
 * The service with a note of the request that changed it. A request that changes neither the count
 * nor the PRIMARY deployment is not noted: no task starts or stops because of it.
 */
export function withChange<T extends Service>(
  context: CommandContext,
  operation: ServiceChange["operation"],
  { before, after }: { readonly before?: Service; readonly after: T },
): T {
  const [primary] = after.deployments;
  const isCountSet = before?.desiredCount !== after.desiredCount;
  const isNewDeployment = primary !== undefined && primary.id !== before?.deployments[0]?.id;
  if (!isCountSet && !isNewDeployment) return after;
  const latestChange: ServiceChange = {
    ...requestOf(context, operation),
    ...(isNewDeployment && { deploymentId: primary.id }),
    ...(isCountSet && { desiredCount: after.desiredCount }),
  };
  return { ...after, latestChange };
}

/** The service with a note of the request that changed how many tasks this set shall have, if it did. */
export function withTaskSetChange<T extends Service>(
  context: CommandContext,
  operation: ServiceChange["operation"],
  { before, after, id }: { readonly before: Service; readonly after: T; readonly id: string },
): T {
  const wanted = (service: Service): number => {
    const set = service.taskSets?.find((each) => each.id === id);
    return set ? computedDesiredCount(service, set) : 0;
  };
  const set = after.taskSets?.find((each) => each.id === id);
  if (!set || wanted(before) === wanted(after)) return after;
  const latestChange: ServiceChange = {
    ...requestOf(context, operation),
    taskSet: { id, scale: set.status === "DRAINING" ? 0 : set.scale },
  };
  return { ...after, latestChange };
}

const requestOf = (
  context: CommandContext,
  operation: ServiceChange["operation"],
): Pick<ServiceChange, "at" | "operation" | "requestId" | "principalArn"> => ({
  at: context.now(),
  operation,
  requestId: context.requestId,
  principalArn: context.principalArn,
});
