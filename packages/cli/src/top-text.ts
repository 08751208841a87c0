import type {
  InstanceMetrics,
  TaskMetrics,
  WholeClusterMetrics,
} from "@berth/contracts/rest/metrics";
import { table } from "./text-table.ts";
import { idOf } from "./text.ts";

const INSTANCE_HEAD = [
  "CONTAINER INSTANCE",
  "STATUS",
  "AGENT",
  "TASKS",
  "CPU USED",
  "RESERVED",
  "OF",
  "MEMORY USED",
  "RESERVED",
  "OF",
];
const TASK_HEAD = [
  "TASK",
  "GROUP",
  "STATUS",
  "CONTAINER INSTANCE",
  "CPU USED",
  "RESERVED",
  "MEMORY USED",
  "RESERVED",
];

/** What `berth top` shows: cpu in CPU units, memory in MiB, the tasks that use most cpu first. */
export function topText({ clusterName, containerInstances, tasks }: WholeClusterMetrics): string {
  const lines = [`Cluster ${clusterName}: cpu in units of a core's 1024th, memory in MiB`, ""];
  if (containerInstances.length === 0)
    return [...lines, "There are no container instances."].join("\n");
  lines.push(...table([INSTANCE_HEAD, ...containerInstances.map(instanceRow)]), "");
  if (tasks.length === 0) return [...lines, "There are no tasks."].join("\n");
  const byUse = tasks.toSorted((a, b) => (b.cpuUnits.used ?? -1) - (a.cpuUnits.used ?? -1));
  return [...lines, ...table([TASK_HEAD, ...byUse.map(taskRow)])].join("\n");
}

const instanceRow = (instance: InstanceMetrics): readonly string[] => [
  idOf(instance.containerInstanceArn),
  instance.status,
  instance.agentConnected ? "connected" : "away",
  String(instance.runningTasksCount + instance.pendingTasksCount),
  used(instance.cpuUnits.used),
  String(instance.cpuUnits.reserved),
  String(instance.cpuUnits.registered),
  used(instance.memoryMiB.used),
  String(instance.memoryMiB.reserved),
  String(instance.memoryMiB.registered),
];

const taskRow = (task: TaskMetrics): readonly string[] => [
  idOf(task.taskArn),
  task.group,
  task.lastStatus,
  idOf(task.containerInstanceArn),
  used(task.cpuUnits.used),
  String(task.cpuUnits.reserved),
  used(task.memoryMiB.used),
  String(task.memoryMiB.reserved),
];

/** Nothing is heard of what does not run, and not at once of what has just begun to. */
const used = (figure: number | undefined): string => (figure === undefined ? "-" : String(figure));
