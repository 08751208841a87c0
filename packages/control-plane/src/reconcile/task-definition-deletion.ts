import { isOver } from "@berth/domain/queued-run";
import { namedDefinitions } from "@berth/domain/task-source";
import { taskDefinitionName, type TaskDefinition } from "@berth/domain/task-definition";
import type { Store, Stored } from "@berth/store/store";
import { everyService } from "../commands/cluster-counts.ts";
import { everyPage } from "../commands/every-page.ts";
import type { ControlPlane } from "../context.ts";
import { wakeLater } from "./wake-later.ts";

/** What a look saw may be a moment old, so the last word is that of a second one. */
const SECOND_LOOK_MS = 60_000;
/** The longer it has waited, the longer it may: tasks of a service may run for months. */
const LOOKS_WITHIN_MS = { min: 60_000, max: 3_600_000 };
const TASKS_AT_A_TIME = 1_000;

/**
 * Removes a task definition that is DELETE_IN_PROGRESS once nothing that is alive refers to it: no
 * service, no queued run and no task. Found so twice, it is gone (ADR 0027).
 */
export async function tendDeletion(
  controlPlane: ControlPlane,
  family: string,
  revision: number,
): Promise<void> {
  const { taskDefinitions } = controlPlane.store;
  const definition = await taskDefinitions.find(family, revision);
  const now = controlPlane.now();
  if (definition?.status !== "DELETE_IN_PROGRESS" || (definition.due ?? 0) > now) return;
  const isUsed = await isReferredTo(controlPlane.store, taskDefinitionName(definition));
  if (!isUsed && definition.unusedSince !== undefined) {
    await taskDefinitions.remove(definition);
    return;
  }
  const next = isUsed ? stillUsed(definition, now) : seenUnused(definition, now);
  // Whoever came between has marked it as well.
  if ((await taskDefinitions.replace(next)) === "ok") await wakeForDeletion(controlPlane, next);
}

/** Wakes when its mark comes up. */
export async function wakeForDeletion(
  controlPlane: Pick<ControlPlane, "relay" | "now">,
  { family, revision, due }: Stored<TaskDefinition>,
): Promise<void> {
  if (due !== undefined) {
    await wakeLater(controlPlane, { kind: "taskDefinition", family, revision }, due);
  }
}

function stillUsed(definition: Stored<TaskDefinition>, now: number): Stored<TaskDefinition> {
  const { unusedSince: _, ...rest } = definition;
  const age = now - (definition.deleteRequestedAt ?? now);
  const pause = Math.min(LOOKS_WITHIN_MS.max, Math.max(LOOKS_WITHIN_MS.min, age / 4));
  return { ...rest, due: now + Math.round(pause) };
}

const seenUnused = (definition: Stored<TaskDefinition>, now: number): Stored<TaskDefinition> => ({
  ...definition,
  unusedSince: now,
  due: now + SECOND_LOOK_MS,
});

/** Services and runs are asked before tasks: what they start is there before they cease to name it. */
async function isReferredTo(store: Store, name: string): Promise<boolean> {
  for await (const cluster of everyPage((page) => store.clusters.list(page))) {
    if (await isNamedIn(store, cluster, name)) return true;
  }
  return false;
}

async function isNamedIn(store: Store, cluster: string, name: string): Promise<boolean> {
  for await (const service of everyService(store, cluster)) {
    if (namedDefinitions(service).includes(name)) return true;
  }
  for await (const run of everyPage((page) => store.queuedRuns.page(cluster, page))) {
    if (!isOver(run) && run.taskDefinition === name) return true;
  }
  return hasTaskOf(store, cluster, name);
}

/** The ledgers tell which tasks there are, so those that stopped long ago cost nothing. */
async function hasTaskOf(store: Store, cluster: string, name: string): Promise<boolean> {
  const instances = await store.instances.all(cluster);
  const taskIds = instances.flatMap(({ ledger }) => Object.keys(ledger.reservations));
  for (let at = 0; at < taskIds.length; at += TASKS_AT_A_TIME) {
    const tasks = await store.tasks.glance(cluster, taskIds.slice(at, at + TASKS_AT_A_TIME));
    if (tasks.some(({ taskDefinition }) => taskDefinition === name)) return true;
  }
  return false;
}
