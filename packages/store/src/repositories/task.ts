import { isServiceTask, type Task } from "@berth/domain/task";
import {
  archivedTaskKey,
  archivePartition,
  clusterOf,
  taskKey,
  taskPartition,
  taskPrefix,
} from "../keys.ts";
import type { Stored, TaskRepository } from "../store.ts";
import type { Item, Key, Table } from "../table.ts";
import { readAll } from "./pages.ts";
import { type CompactTask, decodeTask, encodeTask } from "./task-format.ts";
import { decodedOnce, expiryOf, membersOf, type Retention, toItem, toStored } from "./stored.ts";

export function createTaskRepository(table: Table, retention: Retention): TaskRepository {
  return {
    create: (task) => table.create(liveItem(task, retention)),

    find: async (cluster, id) => {
      const item = await table.get(taskKey(cluster, id));
      if (item) return toTask(item);
      const [task] = await findMany(table, cluster, [id]);
      return task;
    },

    findMany: (cluster, ids) => findMany(table, cluster, ids),

    glance: async (cluster, ids) => {
      const items = await table.getMany(ids.map((id) => taskKey(cluster, id)));
      return items.map(toTask);
    },

    replace: (task) => table.replace(liveItem(task, retention)),

    ofGroup: async (cluster, group) => {
      const options = { skPrefix: taskPrefix(group), consistent: true };
      const items = await readAll(table, taskPartition(cluster), options);
      return items.filter((item) => item["group"] === group).map(toTask);
    },

    page: async ({ cluster, group, archived }, request) => {
      const partition = archived ? archivePartition(cluster) : taskPartition(cluster);
      const page = await table.query(partition, {
        ...request,
        ...(group !== undefined && { skPrefix: taskPrefix(group) }),
      });
      const items = page.items.filter((item) => group === undefined || item["group"] === group);
      return { ...page, items: items.map(toTask) };
    },

    archive: async (task) => {
      await putArchived(table, archivedItem(task, retention));
      await table.delete(taskKey(task.cluster, task.id), task.version);
    },
  };
}

/** Archived copies are looked up after the live ones: they are written before those go. */
async function findMany(
  table: Table,
  cluster: string,
  ids: readonly string[],
): Promise<readonly Stored<Task>[]> {
  const live = await table.getMany(
    ids.map((id) => taskKey(cluster, id)),
    { consistent: true },
  );
  const found = new Set(live.map((item) => item.sk));
  const missing = ids.filter((id) => !found.has(id));
  const archived = await table.getMany(
    missing.map((id) => archivedTaskKey(cluster, id)),
    { consistent: true },
  );
  return [...live, ...archived].map(toTask);
}

/** Whoever archives again, after a crash or beside another, leaves the later state. */
async function putArchived(table: Table, item: Item): Promise<void> {
  if ((await table.create(item)) === "ok") return;
  const earlier = await table.get(item, { consistent: true });
  if (earlier && earlier.version < item.version) {
    await table.replace({ ...item, version: earlier.version });
  }
}

/** A service's stopped task stays until it is archived; another one goes by itself. */
function liveItem(task: Task, retention: Retention): Item {
  const goes = task.lastStatus === "STOPPED" && !isServiceTask(task);
  const extras = goes ? expiryOf(retention, task.stoppedAt) : undefined;
  return toItem(taskKey(task.cluster, task.id), encodeTask(task), extras);
}

function archivedItem(task: Stored<Task>, retention: Retention): Item {
  const { due: _, ...members } = task;
  const key: Key = archivedTaskKey(task.cluster, task.id);
  return toItem(key, encodeTask(members), expiryOf(retention, task.stoppedAt));
}

/** The task of an item, live or archived. */
export const toTask = decodedOnce((item: Item): Stored<Task> => {
  const task = decodeTask(membersOf(item) as unknown as CompactTask);
  return toStored(item, { cluster: clusterOf(item), id: item.sk, ...task });
});
