import { NO_CLOUDWATCH } from "@berth/control-plane/alarms/no-cloudwatch";
import type { CommandContext, ServiceControlPlane } from "@berth/control-plane/context";
import { ClusterViews } from "@berth/control-plane/placement/cluster-view";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import type { World } from "@berth/simulator/world/world";
import { SETTINGS } from "./chaos.ts";

/** For calls that only read, outside of the world: no faults, no time, no draw of its chance. */
export const onlookerOf = ({
  scheduler,
  scope,
  truth,
}: World): CommandContext & ServiceControlPlane => ({
  alarms: NO_CLOUDWATCH,
  views: new ClusterViews(),
  store: truth,
  relay: { wake: refuse },
  agents: { push: refuse, close: refuse },
  metrics: { record: () => undefined },
  scope,
  settings: SETTINGS,
  principalArn: "arn:aws:iam::000000000000:root",
  permissions: ADMINISTRATOR,
  now: () => scheduler.now,
  nextNumber: refuse,
  randomHex: refuse,
  requestId: "onlooker",
});

function refuse(): never {
  throw new Error("An onlooker changes nothing");
}
