import type { TaskDefinition } from "@berth/domain/task-definition";
import {
  familyOf,
  familyPartition,
  inFamily,
  pastFamily,
  revisionOf,
  taskDefinitionKey,
  taskDefinitionList,
  taskDefinitionListing,
} from "../keys.ts";
import type { PageRequest, Stored, TaskDefinitionRepository } from "../store.ts";
import type { Item, ListedKey, Page, Table } from "../table.ts";
import { findConfirmed, membersOf, toItem, toStored } from "./stored.ts";

export function createTaskDefinitionRepository(table: Table): TaskDefinitionRepository {
  return {
    latestRevision: async (family) => {
      const page = await table.query(familyPartition(family), NEWEST);
      return page.items[0] ? revisionOf(page.items[0]) : 0;
    },

    create: (definition) => table.create(itemOf(definition)),

    find: async (family, revision) => findTaskDefinition(table, family, revision),

    findLatestActive: async (family) => {
      let startAfter: string | undefined;
      do {
        const options = { ...NEWEST, ...(startAfter !== undefined && { startAfter }) };
        const page = await table.query(familyPartition(family), options);
        const active = page.items.find((item) => item["status"] === "ACTIVE");
        if (active) return toTaskDefinition(active);
        startAfter = page.next;
      } while (startAfter !== undefined);
      return undefined;
    },

    replace: (definition) => table.replace(itemOf(definition)),

    remove: ({ family, revision, version }) =>
      table.replace(toItem(taskDefinitionKey(family, revision), { version, status: REMOVED })),

    list: async ({ status, family, descending }, request) => {
      const page = await table.list(taskDefinitionList(status), {
        ...request,
        ...(family !== undefined && { skPrefix: inFamily(family) }),
        ...(descending !== undefined && { reverse: descending }),
      });
      return { ...page, items: page.items.map((key) => `${familyOf(key)}:${revisionOf(key)}`) };
    },

    listFamilies: async ({ statuses, prefix }, request) => {
      const perStatus = await Promise.all(
        statuses.map((status) => familiesOf(table, taskDefinitionList(status), prefix, request)),
      );
      const families = [...new Set(perStatus.flatMap((page) => page.items))].toSorted();
      const items = families.slice(0, request.limit);
      const hasMore = items.length < families.length || perStatus.some((page) => page.next);
      const last = items.at(-1);
      return hasMore && last !== undefined ? { items, next: last } : { items };
    },
  };
}

/** One revision, whatever its status. */
export async function findTaskDefinition(
  table: Pick<Table, "get">,
  family: string,
  revision: number,
): Promise<Stored<TaskDefinition> | undefined> {
  const item = await findConfirmed(table, taskDefinitionKey(family, revision));
  return item && item["status"] !== REMOVED ? toTaskDefinition(item) : undefined;
}

/** What is left of it: a number that is never given again. */
const REMOVED = "DELETED";

const NEWEST = { reverse: true, limit: 1, consistent: true } as const;

const itemOf = ({ family, revision, ...members }: TaskDefinition): Item =>
  toItem(
    taskDefinitionKey(family, revision),
    members,
    taskDefinitionListing(members.status, family, revision),
  );

const toTaskDefinition = (item: Item): Stored<TaskDefinition> =>
  toStored(item, {
    family: familyOf(item),
    revision: revisionOf(item),
    ...membersOf(item),
  });

/** How many revisions are read at a time in search of the next families. */
const REVISIONS_AT_A_TIME = 100;

/** Skips over the revisions of each family found, so that one of a thousand costs no more reads. */
async function familiesOf(
  table: Table,
  listPk: string,
  prefix: string | undefined,
  { limit, startAfter }: PageRequest,
): Promise<Page<string>> {
  const families = new Set<string>();
  let after = startAfter;
  do {
    const page: Page<ListedKey> = await table.list(listPk, {
      limit: REVISIONS_AT_A_TIME,
      ...(prefix !== undefined && { skPrefix: prefix }),
      ...(after !== undefined && { startAfter: pastFamily(after) }),
    });
    for (const key of page.items) families.add(familyOf(key));
    after = page.next === undefined ? undefined : [...families].at(-1);
  } while (after !== undefined && families.size < limit);
  return after === undefined ? { items: [...families] } : { items: [...families], next: after };
}
