import type { InstanceLedger } from "@berth/domain/container-instance";
import { EcsError } from "@berth/domain/errors";
import { persist } from "../reconcile/persist.ts";
import type { Command } from "./command.ts";
import { describeInstances } from "./describe-instances.ts";
import { activeCluster } from "./find-cluster.ts";
import { containerInstanceId } from "./identifiers.ts";
import { instanceNotFound } from "./instance-ids.ts";
import { wakeInstance } from "./wake-instance.ts";

/**
 * Makes an instance INACTIVE: it takes no more tasks, and the dispatch controller stops those that
 * `force` left on it. Repeating it changes nothing.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export const deregisterContainerInstance: Command<"DeregisterContainerInstance"> = async (
  context,
  request,
) => {
  const { instances } = context.store;
  const found = await activeCluster(context, request.cluster);
  const cluster = found.name;
  const id = containerInstanceId(context.scope, cluster, request.containerInstance ?? "");
  const stored = await instances.find(cluster, id);
  if (!stored) throw instanceNotFound(id);
  const outcome = await persist(
    () => instances.findLedger(cluster, id),
    (ledger) => {
      if (ledger.status === "INACTIVE") return undefined;
      if (!request.force) checkEmpty(ledger);
      return { ...ledger, status: "INACTIVE" as const, due: context.now() };
    },
    (ledger) => instances.replaceLedger(ledger),
  );
  if (!outcome) throw instanceNotFound(id);
  if (outcome.written) await wakeInstance(context, outcome.item);
  const inactive = { instance: stored.instance, ledger: outcome.item };
  const [containerInstance] = await describeInstances(context, found, [inactive]);
  return { containerInstance };
};

/** A reservation stands for a task from before it is written until it has stopped. */
function checkEmpty(ledger: InstanceLedger): void {
  if (Object.keys(ledger.reservations).length > 0) {
    throw new EcsError("InvalidParameterException", "Found running tasks on the instance.");
  }
}
