import type { HostNotice, InstanceLedger } from "@berth/domain/container-instance";
import { noteHost as withNotice } from "@berth/planner/dispatch/plan-host";
import type { InstanceName } from "@berth/store/store";
import { wakeInstance } from "../commands/wake-instance.ts";
import type { ControlPlane } from "../context.ts";
import { persist } from "../reconcile/persist.ts";

/**
 * Writes what EC2 tells of a machine on the ledger of each container instance on it, and leaves the
 * rest to the dispatch controller. Notices may come twice and in any order.
 *
 * @returns the instances for which it was news.
 */
export async function noteHost(
  controlPlane: ControlPlane,
  notice: HostNotice,
): Promise<readonly InstanceName[]> {
  const here = await controlPlane.store.instances.onHost(notice.ec2InstanceId);
  const noted = await Promise.all(
    here.map(async (name) => ((await noteOn(controlPlane, name, notice)) ? [name] : [])),
  );
  return noted.flat();
}

async function noteOn(
  controlPlane: ControlPlane,
  { cluster, id }: InstanceName,
  notice: HostNotice,
): Promise<boolean> {
  const { instances } = controlPlane.store;
  const done = await persist<InstanceLedger>(
    async () => instances.findLedger(cluster, id),
    (ledger) => {
      const noted = withNotice(ledger, notice);
      return noted && { ...noted, due: controlPlane.now() };
    },
    (ledger) => instances.replaceLedger(ledger),
  );
  if (!done?.written) return false;
  await wakeInstance(controlPlane, done.item);
  return true;
}
