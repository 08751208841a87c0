import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PayloadTask } from "@berth/contracts/agent/messages";
import { lastSegment } from "@berth/domain/arn";
import { ContainerError } from "../engine.ts";
import type { Log } from "../log.ts";
import { cgroupFiles, removeCgroupFiles, treesIn } from "./cgroup-files.ts";
import { Systemd, SYSTEM_BUS } from "./systemd.ts";
import { sliceOf, slicePath, TaskSlices } from "./task-slices.ts";

/** A cgroup for each task, with the task's size, in which its containers have theirs. */
export interface TaskCgroups {
  /** What bounds a task: a cgroup of its own, or the engine each of its containers by itself, or nothing. */
  readonly bounds: "task" | "container" | "none";
  /**
   * What the engine is to give containers of the task as parent; undefined where tasks have none.
   *
   * @throws ContainerError CgroupError
   */
  parentOf(task: PayloadTask): string | undefined;
  /**
   * Makes it, again and again with the same result: before each start, for none outlives the machine's.
   *
   * @throws ContainerError CgroupError
   */
  ensure(task: PayloadTask): Promise<void>;
  /** Once its containers are gone. */
  remove(task: PayloadTask): Promise<void>;
  /**
   * Whether the kernel ended any process of the task for want of memory: `maybe` where it does not count
   * them, and as much was used as the container, with a limit of so many bytes or 0, or its task may use.
   */
  kills(taskArn: string, limitBytes: number): Promise<"some" | "none" | "maybe">;
}

/** One way of making cgroups for tasks, by their ids. Fails with whatever error stands in its way. */
export interface CgroupMaker {
  /** Makes what those of all tasks are in: fails where none can be made. */
  prepare(): Promise<void>;
  parentOf(taskId: string): string;
  /** Where it is in the kernel's trees. */
  pathOf(taskId: string): string;
  ensure(taskId: string, task: PayloadTask): Promise<void>;
  remove(taskId: string): Promise<void>;
}

/** What of the engine's own account decides how cgroups are made. */
export interface CgroupFacts {
  /** Absent in engines before there was a second. */
  readonly CgroupVersion?: string;
  readonly CgroupDriver: string;
}

export interface CgroupSettings {
  /** Whether tasks are to be bound by their size. */
  readonly taskLimits: boolean;
  /** Where the kernel shows cgroups. */
  readonly mountPoint: string;
  /** Where systemd is asked; its usual socket where it is not said. */
  readonly systemBus?: string;
}

/** Where Linux shows them. */
export const CGROUPS = "/sys/fs/cgroup";

/**
 * Tasks' cgroups as the engine makes its own: by hand, or by systemd. Where the agent may do neither,
 * each container is bounded by its task's size.
 */
export async function openTaskCgroups(
  settings: CgroupSettings,
  facts: CgroupFacts,
  log: Log,
): Promise<TaskCgroups> {
  if (!settings.taskLimits) return without("none");
  try {
    const maker = makerFor(settings, facts);
    await maker.prepare();
    return made(maker, settings);
  } catch (error) {
    log.warn("no-task-cgroups", { error });
    return without("container");
  }
}

function makerFor(
  { mountPoint, systemBus }: CgroupSettings,
  { CgroupVersion = "1", CgroupDriver }: CgroupFacts,
): CgroupMaker {
  const isUnified = CgroupVersion === "2";
  if (CgroupDriver === "systemd") return new TaskSlices(new Systemd(systemBus), isUnified);
  if (CgroupDriver === "cgroupfs") return cgroupFiles(mountPoint, isUnified);
  throw new Error(`the engine's cgroup driver is ${CgroupDriver}`);
}

/** An id becomes part of a path, or of a unit's name, where other characters have a meaning. */
const TASK_ID = /^[0-9a-f]{32}$/;

const made = (maker: CgroupMaker, { mountPoint }: CgroupSettings): TaskCgroups => ({
  bounds: "task",
  parentOf: (task) => maker.parentOf(taskIdOf(task)),
  ensure: async (task) => {
    const taskId = taskIdOf(task);
    await maker.ensure(taskId, task).catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new ContainerError(`CgroupError: the task's cgroup cannot be made: ${why}`);
    });
  },
  remove: async ({ arn }) => {
    const taskId = lastSegment(arn);
    if (TASK_ID.test(taskId)) await maker.remove(taskId);
  },
  kills: async (taskArn, limitBytes) => {
    const path = maker.pathOf(lastSegment(taskArn));
    const events = await textOf(join(mountPoint, path, "memory.events"));
    if (events !== "") return /^oom_kill [1-9]/m.test(events) ? "some" : "none";
    // The first version counts for each cgroup alone, and the container's is gone.
    const bytesOf = async (file: string) =>
      Number(await textOf(join(mountPoint, "memory", path, file)));
    const taskBytes = await bytesOf("memory.limit_in_bytes");
    const most = Math.min(limitBytes || taskBytes, taskBytes);
    return (await bytesOf("memory.max_usage_in_bytes")) >= ALL_BUT_ALL * most ? "maybe" : "none";
  },
});

/** The kernel takes memory in steps. */
const ALL_BUT_ALL = 0.9;

const textOf = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");

const without = (bounds: "container" | "none"): TaskCgroups => ({
  bounds,
  parentOf: () => undefined,
  ensure: async () => undefined,
  remove: async () => undefined,
  kills: async (_, limitBytes) => (limitBytes > 0 ? "maybe" : "none"),
});

function taskIdOf({ arn }: PayloadTask): string {
  const taskId = lastSegment(arn);
  if (TASK_ID.test(taskId)) return taskId;
  throw new ContainerError("CgroupError: the task's id is not 32 hexadecimal digits");
}

/** Removes what a task had, by its id or ARN, however it was made. */
export async function removeTaskCgroup(
  task: string,
  { mountPoint = CGROUPS, systemBus = SYSTEM_BUS } = {},
): Promise<void> {
  const taskId = lastSegment(task);
  if (!TASK_ID.test(taskId)) return;
  await removeCgroupFiles(taskId, mountPoint);
  const trees = ["", ...(await treesIn(mountPoint))];
  const hasSlice = trees.some((tree) => existsSync(join(mountPoint, tree, slicePath(taskId))));
  if (hasSlice) await new Systemd(systemBus).stopSlice(sliceOf(taskId));
}
