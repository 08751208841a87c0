import type { Service } from "@berth/domain/service";
import type { ServiceChange } from "@berth/domain/service-change";
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
    at: context.now(),
    operation,
    requestId: context.requestId,
    principalArn: context.principalArn,
    ...(isNewDeployment && { deploymentId: primary.id }),
    ...(isCountSet && { desiredCount: after.desiredCount }),
  };
  return { ...after, latestChange };
}
