import { existsSync } from "node:fs";
import { mkdir, readdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PayloadTask } from "@berth/contracts/agent/messages";
import type { CgroupMaker } from "./task-cgroups.ts";
import { memoryBytes, PERIOD_US, quotaUs, sharesOf, weightOf } from "./task-size.ts";

const PREFIX = "ecs";

/** Cgroups made by hand, as the engine itself makes them where nobody owns the tree. */
export const cgroupFiles = (mountPoint: string, isUnified: boolean): CgroupMaker =>
  isUnified ? new UnifiedCgroups(mountPoint) : new Cgroups(mountPoint);

/** The first version: a tree for each controller. */
class Cgroups implements CgroupMaker {
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

  readonly parentOf = pathOf;
  readonly pathOf = pathOf;

  async ensure(taskId: string, task: PayloadTask): Promise<void> {
    const cpu = await this.#directory("cpu", taskId);
    if (task.cpu) {
      await write(cpu, "cpu.cfs_period_us", PERIOD_US);
      await write(cpu, "cpu.cfs_quota_us", quotaUs(task.cpu));
    } else {
      await write(cpu, "cpu.shares", sharesOf(task));
    }
    const memory = await this.#directory("memory", taskId);
    if (task.memory) await write(memory, "memory.limit_in_bytes", memoryBytes(task.memory));
  }

  remove(taskId: string): Promise<void> {
    return removeCgroupFiles(taskId, this.#mountPoint);
  }

  async #directory(controller: string, taskId: string): Promise<string> {
    const directory = join(this.#mountPoint, controller, pathOf(taskId));
    await mkdir(directory, { recursive: true });
    return directory;
  }
}

/** The second version: one tree, whose controllers are handed down. */
class UnifiedCgroups implements CgroupMaker {
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

  readonly parentOf = pathOf;
  readonly pathOf = pathOf;

  async ensure(taskId: string, task: PayloadTask): Promise<void> {
    const directory = join(this.#mountPoint, pathOf(taskId));
    await mkdir(directory, { recursive: true });
    if (task.cpu) await write(directory, "cpu.max", `${quotaUs(task.cpu)} ${PERIOD_US}`);
    else await write(directory, "cpu.weight", weightOf(sharesOf(task)));
    if (task.memory) await write(directory, "memory.max", memoryBytes(task.memory));
  }

  remove(taskId: string): Promise<void> {
    return removeCgroupFiles(taskId, this.#mountPoint);
  }
}

/** The engine makes the same path in the trees of all controllers and leaves it there. */
export async function removeCgroupFiles(taskId: string, mountPoint: string): Promise<void> {
  for (const tree of ["", ...(await treesIn(mountPoint))]) {
    await removeDirectory(join(mountPoint, tree, pathOf(taskId)));
  }
}

/** What lies at the top: in the first version a tree for each controller. None where there is no Linux, or the engine is elsewhere. */
export async function treesIn(mountPoint: string): Promise<readonly string[]> {
  if (!existsSync(mountPoint)) return [];
  const entries = await readdir(mountPoint, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

const pathOf = (taskId: string): string => `/${PREFIX}/${taskId}`;

const write = (directory: string, file: string, value: string | number): Promise<void> =>
  writeFile(join(directory, file), String(value));

/** Never made, or made by nobody, is fine; one with processes in it is an error to be tried again. */
async function removeDirectory(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
  }
}
