import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import { drainedTaskSet } from "@berth/domain/task-set";
import type { CommandContext } from "../context.ts";
import { persist } from "../reconcile/persist.ts";
import { describeService } from "./describe-services.ts";
import { activeCluster } from "./find-cluster.ts";
import { serviceName } from "./identifiers.ts";
import { withChange } from "./service-change.ts";

/**
 * Has a service stop all it has and end. It drains until its tasks are gone and stays describable
 * for a while after that.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ServiceNotFoundException
 */
export async function deleteService(
  context: CommandContext,
  request: EcsRequest<"DeleteService">,
): Promise<EcsResponse<"DeleteService">> {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const name = serviceName(context.scope, cluster, request.service ?? "");
  const { services } = context.store;
  const deleted = await persist<Service>(
    () => services.findLatest(cluster, name),
    (service) => {
      const drained = drainedService(service, request.force ?? false, context.now());
      if (!drained) return undefined;
      const after = withChange(context, "DeleteService", { before: service, after: drained });
      return { ...after, version: service.version, due: context.now() };
    },
    (service) => services.replace(service),
  );
  if (!deleted) throw notFound();
  await context.relay.wake({ kind: "service", cluster, service: name });
  return { service: await describeService(context, deleted.item, true) };
}

/** `undefined` where it drains already. */
function drainedService(service: Service, force: boolean, now: number): Service | undefined {
  switch (service.status) {
    case "INACTIVE":
      throw notFound();
    case "DRAINING":
      return undefined;
    case "ACTIVE":
      if (!force) checkUnused(service);
      return {
        ...service,
        status: "DRAINING",
        desiredCount: 0,
        ...(service.taskSets && {
          taskSets: service.taskSets.map((set) => drainedTaskSet(set, now)),
        }),
      };
  }
}

/** The text for a service with task sets is the one of any that is in the midst of deployments. */
function checkUnused({ desiredCount, schedulingStrategy, taskSets = [] }: Service): void {
  if (desiredCount > 0 && schedulingStrategy === "REPLICA") {
    throw invalid("The service cannot be stopped while it is scaled above 0.");
  }
  if (taskSets.length > 0) {
    throw invalid("The service cannot be stopped while deployments are active.");
  }
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);

const notFound = () => new EcsError("ServiceNotFoundException", "Service not found.");
