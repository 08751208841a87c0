import { groupHash, groupHashOfTask } from "@berth/domain/group-hash";
import type { Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { Candidate } from "../placement/place.ts";

/**
 * Which services at rest could be more even over the zones of these instances, by what the ledgers
 * hold of them. Whether they can be is for their own passes to find out.
 */
export function planRebalancingOffers(
  candidates: readonly Candidate[],
  services: readonly Service[],
): readonly string[] {
  const zones = new Set(candidates.filter(isUsable).map(zoneOf));
  const perGroup = countGroupsByZone(candidates);
  return services.filter(wantsBalance).flatMap(({ name }) => {
    const counts = perGroup.get(groupHash(serviceGroup(name))) ?? new Map<string, number>();
    const inUsable = [...zones].map((zone) => counts.get(zone) ?? 0);
    return Math.max(0, ...counts.values()) - Math.min(...inUsable) >= 2 ? [name] : [];
  });
}

const wantsBalance = (service: Service): boolean =>
  service.status === "ACTIVE" &&
  service.availabilityZoneRebalancing === "ENABLED" &&
  service.steady &&
  service.desiredCount > 1;

const isUsable = ({ ledger }: Candidate): boolean =>
  ledger.status === "ACTIVE" && ledger.agentConnected;

const zoneOf = ({ instance }: Candidate): string =>
  instance.attributes.find(({ name }) => name === "ecs.availability-zone")?.value ?? "";

/** Hash of the group to zone to number of tasks. */
function countGroupsByZone(
  candidates: readonly Candidate[],
): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const perGroup = new Map<string, Map<string, number>>();
  for (const candidate of candidates) {
    const zone = zoneOf(candidate);
    for (const taskId in candidate.ledger.reservations) {
      const hash = groupHashOfTask(taskId);
      const counts = perGroup.get(hash) ?? new Map<string, number>();
      perGroup.set(hash, counts.set(zone, (counts.get(zone) ?? 0) + 1));
    }
  }
  return perGroup;
}
