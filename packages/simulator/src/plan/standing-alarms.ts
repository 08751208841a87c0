import type { PlannedChange } from "@berth/contracts/rest/plan";
import { lookAtAlarms } from "@berth/control-plane/alarms/look-at-alarms";
import { NO_CLOUDWATCH } from "@berth/control-plane/alarms/no-cloudwatch";
import type { Alarms, ServiceControlPlane } from "@berth/control-plane/context";
import { lastSegment } from "@berth/domain/arn";
import type { Service } from "@berth/domain/service";
import { watchedAlarms } from "@berth/planner/service/deployment-alarms";

/**
 * The alarms that bear on the change, as they are now: a plan takes it that they stay so. They are
 * looked at once, and not at all where no deployment is to be watched.
 */
export async function standingAlarms(
  controlPlane: Pick<ServiceControlPlane, "store" | "alarms">,
  services: readonly Service[],
  change: PlannedChange,
): Promise<Alarms> {
  const names = [...new Set([...services.flatMap(watchedAlarms), ...alarmsOf(change, services)])];
  if (names.length === 0) return NO_CLOUDWATCH;
  const { alarms, ...rest } = await lookAtAlarms(controlPlane, names);
  return {
    describe: async (wanted) => ({
      ...rest,
      alarms: alarms.filter(({ name }) => wanted.includes(name)),
    }),
  };
}

/** Those of the deployment that the change would begin. */
function alarmsOf(change: PlannedChange, services: readonly Service[]): readonly string[] {
  const alarms = configured(change, services);
  return alarms?.enable === true ? (alarms.alarmNames ?? []) : [];
}

function configured(change: PlannedChange, services: readonly Service[]) {
  if ("createService" in change) return change.createService.deploymentConfiguration?.alarms;
  if (!("updateService" in change)) return undefined;
  const { service: named = "", deploymentConfiguration } = change.updateService;
  const service = services.find(({ name }) => name === lastSegment(named));
  return deploymentConfiguration?.alarms ?? service?.deploymentConfiguration.alarms;
}
