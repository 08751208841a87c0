import type { PayloadTask } from "@berth/contracts/agent/messages";
import type { Systemd, UnitLimit } from "./systemd.ts";
import type { CgroupMaker } from "./task-cgroups.ts";
import { memoryBytes, PERIOD_US, quotaUs, sharesOf, weightOf } from "./task-size.ts";

/** By its name it contains those of all tasks. */
const PARENT = "ecstasks.slice";
const US_PER_SECOND = 1_000_000;

/** As the ECS agent names it. */
export const sliceOf = (taskId: string): string => `ecstasks-${taskId}.slice`;

/** Where its cgroup is in a tree. */
export const slicePath = (taskId: string): string => `${PARENT}/${sliceOf(taskId)}`;

/** Where systemd has the tree, a slice of its for each task. */
export class TaskSlices implements CgroupMaker {
  readonly #systemd: Systemd;
  readonly #isUnified: boolean;

  constructor(systemd: Systemd, isUnified: boolean) {
    this.#systemd = systemd;
    this.#isUnified = isUnified;
  }

  prepare(): Promise<void> {
    return this.#systemd.startSlice(PARENT, "ECS tasks");
  }

  parentOf(taskId: string): string {
    return sliceOf(taskId);
  }

  pathOf(taskId: string): string {
    return slicePath(taskId);
  }

  ensure(taskId: string, task: PayloadTask): Promise<void> {
    return this.#systemd.startSlice(sliceOf(taskId), `ECS task ${taskId}`, this.#sizeOf(task));
  }

  remove(taskId: string): Promise<void> {
    return this.#systemd.stopSlice(sliceOf(taskId));
  }

  /** The first version of cgroups has other words for memory and shares. */
  #sizeOf(task: PayloadTask): readonly UnitLimit[] {
    const memory = this.#isUnified ? "MemoryMax" : "MemoryLimit";
    return [
      task.cpu ? quota(task.cpu) : this.#share(task),
      ...(task.memory ? [[memory, ["t", memoryBytes(task.memory)]] as const] : []),
    ];
  }

  #share(task: PayloadTask): UnitLimit {
    const shares = sharesOf(task);
    return this.#isUnified ? ["CPUWeight", ["t", weightOf(shares)]] : ["CPUShares", ["t", shares]];
  }
}

const quota = (vcpus: number): UnitLimit => [
  "CPUQuotaPerSecUSec",
  ["t", quotaUs(vcpus) * (US_PER_SECOND / PERIOD_US)],
];
