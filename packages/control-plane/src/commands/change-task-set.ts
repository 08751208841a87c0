import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import type { TaskSet } from "@berth/domain/task-set";
import type { Stored } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { persist } from "../reconcile/persist.ts";
import { describeTaskSet } from "./describe-task-sets.ts";
import { activeExternal, type ExternalService } from "./external-service.ts";
import { activeCluster } from "./find-cluster.ts";
import { serviceName, taskSetId } from "./identifiers.ts";
import type { TaskSetDescription } from "./present/task-set.ts";
import { withTaskSetChange } from "./service-change.ts";

interface Named {
  readonly cluster?: string | undefined;
  readonly service?: string | undefined;
  readonly taskSet?: string | undefined;
}

/** What a request makes of one task set and its service; undefined where all is so already. */
export interface TaskSetChange {
  readonly operation: "DeleteTaskSet" | "UpdateServicePrimaryTaskSet" | "UpdateTaskSet";
  readonly change: (service: ExternalService, set: TaskSet) => ExternalService | undefined;
}

/**
 * Changes one task set of a service, whoever else writes the service meanwhile, and has the service's
 * controller look at it.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ServiceNotActiveException, ServiceNotFoundException, TaskSetNotFoundException
 */
export async function changeTaskSet(
  context: CommandContext,
  request: Named,
  { operation, change }: TaskSetChange,
): Promise<TaskSetDescription> {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const service = serviceName(context.scope, cluster, request.service ?? "");
  const id = taskSetId(context.scope, { cluster, service }, request.taskSet ?? "");
  const changed = await writeTaskSets(context, { cluster, service }, (current) => {
    const after = change(current, findTaskSet(current, id));
    return after && withTaskSetChange(context, operation, { before: current, after, id });
  });
  return describeTaskSet(context, changed, findTaskSet(changed, id));
}

/**
 * Writes a service whose task sets a request changes, until no one comes between.
 *
 * @throws EcsError InvalidParameterException, ServiceNotActiveException, ServiceNotFoundException
 */
export async function writeTaskSets(
  context: CommandContext,
  { cluster, service: name }: { readonly cluster: string; readonly service: string },
  change: (service: ExternalService) => ExternalService | undefined,
): Promise<ExternalService> {
  const { services } = context.store;
  const changed = await persist<Service>(
    () => services.findLatest(cluster, name),
    (service): Stored<Service> | undefined => {
      const after = change(activeExternal(service));
      return after && { ...after, version: service.version, due: context.now(), steady: false };
    },
    (service) => services.replace(service),
  );
  if (!changed) throw new EcsError("ServiceNotFoundException", "Service not found.");
  if (changed.written) await context.relay.wake({ kind: "service", cluster, service: name });
  return activeExternal(changed.item);
}

function findTaskSet({ taskSets }: ExternalService, id: string): TaskSet {
  const set = taskSets.find((each) => each.id === id);
  if (set) return set;
  throw new EcsError("TaskSetNotFoundException", "The specified task set does not exist.");
}
