import type { ContainerInstance, InstanceLedger } from "@berth/domain/container-instance";
import { remaining, without } from "@berth/domain/container-instance";
import { groupHashOfTask } from "@berth/domain/group-hash";
import type { Capacity, Demand } from "@berth/domain/resources";
import { hashText } from "./random.ts";

/**
 * An instance as placement sees it. Kept from batch to batch; while one is placed, `left`,
 * `groupCount` and `given` are as they will be once what was given to it so far is reserved.
 */
export interface Site {
  readonly instance: ContainerInstance;
  ledger: InstanceLedger;
  readonly attributes: ReadonlyMap<string, string>;
  readonly idHash: number;
  left: Capacity;
  /** So many tasks of the batch's own group hold something here, those just given included. */
  groupCount: number;
  /** Tasks of the batch that were given to it. */
  given: readonly string[];
}

const NONE: readonly string[] = [];

export const openSite = (instance: ContainerInstance, ledger: InstanceLedger): Site => ({
  instance,
  ledger,
  attributes: attributesOf(instance),
  idHash: hashText(instance.id),
  left: remaining(instance.registered, ledger),
  groupCount: 0,
  given: NONE,
});

/** By name; one without a value has the empty text. */
export const attributesOf = ({
  attributes,
}: Pick<ContainerInstance, "attributes">): Site["attributes"] =>
  new Map(attributes.map(({ name, value }) => [name, value ?? ""]));

/** Gives a task of the batch to a site: the next one sees what this one left. */
export function settle(site: Site, taskId: string, demand: Demand): void {
  site.given = [...site.given, taskId];
  site.groupCount += 1;
  site.left = without(site.left, demand);
}

/** The site as its ledger says, and without what a batch gave it. */
export function reset(site: Site, ledger: InstanceLedger): void {
  site.ledger = ledger;
  site.left = remaining(site.instance.registered, ledger);
  site.groupCount = 0;
  site.given = NONE;
}

/** How many tasks of each group hold something, by the hash of the group. */
export function countGroups({ reservations }: InstanceLedger): ReadonlyMap<string, number> {
  const groups = new Map<string, number>();
  for (const taskId in reservations) {
    const hash = groupHashOfTask(taskId);
    groups.set(hash, (groups.get(hash) ?? 0) + 1);
  }
  return groups;
}

/** Every task that holds something on the site. */
export const taskIdsOf = (site: Pick<Site, "ledger" | "given">): readonly string[] => [
  ...new Set([...Object.keys(site.ledger.reservations), ...site.given]),
];

/** Whether any of these tasks belongs to a group, told by their ids alone. */
export const holdsGroup = (taskIds: readonly string[], hash: string): boolean =>
  taskIds.some((taskId) => taskId.startsWith(hash));
