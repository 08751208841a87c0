import { type AlarmLook, asAlarm } from "@berth/domain/alarm";
import type { Service } from "@berth/domain/service";
import { watchedAlarms } from "@berth/planner/service/deployment-alarms";
import type { ServiceSnapshot } from "@berth/planner/service/plan-service";
import type { ServiceControlPlane } from "../context.ts";

type Looker = Pick<ServiceControlPlane, "store" | "alarms">;

/** How alarms are. Berth's own come first: CloudWatch is asked for those that are not among them. */
export async function lookAtAlarms(
  { store, alarms }: Looker,
  names: readonly string[],
): Promise<AlarmLook> {
  const own = (await store.alarms.findMany(names)).map(asAlarm);
  const others = names.filter((name) => !own.some((alarm) => alarm.name === name));
  if (others.length === 0) return { alarms: own };
  const look = await alarms.describe(others);
  return { ...look, alarms: [...own, ...look.alarms] };
}

/** What the plan of a service depends on of alarms: nothing is read where none is watched. */
export async function readAlarms(
  looker: Looker,
  service: Service,
): Promise<Pick<ServiceSnapshot, "alarms">> {
  const names = watchedAlarms(service);
  return names.length === 0 ? {} : { alarms: await lookAtAlarms(looker, names) };
}
