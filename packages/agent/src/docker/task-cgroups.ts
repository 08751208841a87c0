import { existsSync } from "node:fs";
import { mkdir, readdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PayloadTask } from "@berth/contracts/agent/messages";
import { lastSegment } from "@berth/domain/arn";
import { ContainerError } from "../engine.ts";
import type { Log } from "../log.ts";

/** A cgroup for each task, with the task's size, in which its containers have theirs. */
export interface TaskCgroups {
  /** What bounds a task: a cgroup of its own, or the engine each of its containers by itself, or nothing. */
  readonly bounds: "task" | "container" | "none";
  /**
   * The path that containers of the task are to have as parent; undefined where tasks have none.
   *
   * @throws ContainerError CgroupError
   */
  ensure(task: PayloadTask): Promise<string | undefined>;
  /** Once its containers are gone. */
  remove(task: PayloadTask): Promise<void>;
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
}

/** Where Linux shows them. */
export const CGROUPS = "/sys/fs/cgroup";
const PREFIX = "ecs";
const PERIOD_US = 100_000;
const MIN_QUOTA_US = 1_000;
const MIN_SHARES = 2;
const BYTES_PER_MIB = 1_048_576;

/**
 * Tasks' cgroups as this machine allows: made by hand, as the engine itself makes them. Where systemd
 * owns the tree, or the agent may not write to it, each container is bounded by its task's size.
 */
export async function openTaskCgroups(
  settings: CgroupSettings,
  { CgroupVersion = "1", CgroupDriver }: CgroupFacts,
  log: Log,
): Promise<TaskCgroups> {
  if (!settings.taskLimits) return without("none");
  if (CgroupDriver !== "cgroupfs") {
    log.warn("no-task-cgroups", { reason: `the engine's cgroup driver is ${CgroupDriver}` });
    return without("container");
  }
  const { mountPoint } = settings;
  const cgroups = CgroupVersion === "2" ? new UnifiedCgroups(mountPoint) : new Cgroups(mountPoint);
  try {
    await cgroups.prepare();
    return cgroups;
  } catch (error) {
    log.warn("no-task-cgroups", { error });
    return without("container");
  }
}

function without(bounds: "container" | "none"): TaskCgroups {
  return { bounds, ensure: async () => undefined, remove: async () => undefined };
}

/** The first version: a tree for each controller. */
class Cgroups implements TaskCgroups {
  readonly bounds = "task";
  readonly #mountPoint: string;

  constructor(mountPoint: string) {
    this.#mountPoint = mountPoint;
  }

  async prepare(): Promise<void> {
    for (const controller of ["cpu", "memory"]) {
      await mkdir(join(this.#mountPoint, controller, PREFIX), { recursive: true });
    }
    // Older kernels would not count the memory of containers to their task.
    await write(join(this.#mountPoint, "memory", PREFIX), "memory.use_hierarchy", 1);
  }

  async ensure(task: PayloadTask): Promise<string> {
    const path = pathOf(task);
    await orContainerError(async () => {
      const cpu = await this.#directory("cpu", path);
      if (task.cpu) {
        await write(cpu, "cpu.cfs_period_us", PERIOD_US);
        await write(cpu, "cpu.cfs_quota_us", quotaUs(task.cpu));
      } else {
        await write(cpu, "cpu.shares", sharesOf(task));
      }
      const memory = await this.#directory("memory", path);
      if (task.memory) await write(memory, "memory.limit_in_bytes", task.memory * BYTES_PER_MIB);
    });
    return path;
  }

  remove(task: PayloadTask): Promise<void> {
    return removeTaskCgroup(task.arn, this.#mountPoint);
  }

  async #directory(controller: string, path: string): Promise<string> {
    const directory = join(this.#mountPoint, controller, path);
    await mkdir(directory, { recursive: true });
    return directory;
  }
}

/** The second version: one tree, whose controllers are handed down. */
class UnifiedCgroups implements TaskCgroups {
  readonly bounds = "task";
  readonly #mountPoint: string;

  constructor(mountPoint: string) {
    this.#mountPoint = mountPoint;
  }

  async prepare(): Promise<void> {
    const parent = join(this.#mountPoint, PREFIX);
    await mkdir(parent, { recursive: true });
    for (const directory of [this.#mountPoint, parent]) {
      await write(directory, "cgroup.subtree_control", "+cpu +memory");
    }
  }

  async ensure(task: PayloadTask): Promise<string> {
    const path = pathOf(task);
    const directory = join(this.#mountPoint, path);
    await orContainerError(async () => {
      await mkdir(directory, { recursive: true });
      if (task.cpu) await write(directory, "cpu.max", `${quotaUs(task.cpu)} ${PERIOD_US}`);
      else await write(directory, "cpu.weight", weightOf(sharesOf(task)));
      if (task.memory) await write(directory, "memory.max", task.memory * BYTES_PER_MIB);
    });
    return path;
  }

  remove(task: PayloadTask): Promise<void> {
    return removeTaskCgroup(task.arn, this.#mountPoint);
  }
}

/**
 * Removes what a task had, by its id or ARN, in either version of cgroups. The engine makes the same
 * path in the trees of all controllers and leaves it there.
 */
export async function removeTaskCgroup(task: string, mountPoint = CGROUPS): Promise<void> {
  for (const tree of ["", ...(await treesIn(mountPoint))]) {
    await removeDirectory(join(mountPoint, tree, PREFIX, lastSegment(task)));
  }
}

/** None where there is no Linux, or the engine is elsewhere. */
async function treesIn(mountPoint: string): Promise<readonly string[]> {
  if (!existsSync(mountPoint)) return [];
  const entries = await readdir(mountPoint, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

const pathOf = (task: PayloadTask): string => `/${PREFIX}/${lastSegment(task.arn)}`;

const write = (directory: string, file: string, value: string | number): Promise<void> =>
  writeFile(join(directory, file), String(value));

/** The engine and the kernel refuse less. */
export const quotaUs = (vcpus: number): number =>
  Math.max(MIN_QUOTA_US, Math.round(vcpus * PERIOD_US));

/** A task without a size of its own counts for as much as its containers together. */
function sharesOf({ containers }: PayloadTask): number {
  return Math.max(
    MIN_SHARES,
    containers.reduce((sum, { cpu = 0 }) => sum + cpu, 0),
  );
}

/** From 2..262144 to 1..10000, as container runtimes do it. */
const weightOf = (shares: number): number => 1 + Math.floor(((shares - 2) * 9_999) / 262_142);

async function orContainerError(make: () => Promise<void>): Promise<void> {
  try {
    await make();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ContainerError(`CgroupError: the task's cgroup cannot be made: ${why}`);
  }
}

/** Never made, or made by nobody, is fine; one with processes in it is an error to be tried again. */
async function removeDirectory(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
  }
}
