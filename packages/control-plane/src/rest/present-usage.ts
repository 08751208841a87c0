import type {
  ContainerMetrics,
  InstanceMetrics,
  ServiceMetrics,
  TaskMetrics,
  WholeClusterMetrics,
} from "@berth/contracts/rest/metrics";
import {
  clusterArn,
  containerInstanceArn,
  type Scope,
  serviceArn,
  taskArn,
} from "@berth/domain/arn";
import type { ContainerUsage, Samples } from "@berth/domain/container-usage";
import type { Service } from "@berth/domain/service";
import { serviceNameOf } from "@berth/domain/task";
import type { ClusterUsage, InstanceUsage } from "./cluster-usage.ts";

export interface UsageSubject {
  readonly scope: Scope;
  readonly cluster: string;
  /** Epoch ms. */
  readonly at: number;
}

/** A cluster's figures as REST shows them, its tasks' among them. */
export function presentClusterUsage(
  subject: UsageSubject,
  { instances, services }: ClusterUsage,
): WholeClusterMetrics {
  const { scope, cluster, at } = subject;
  const tasksOf = new Map(
    instances.map((each) => [each.instance.id, presentTasks(subject, each)] as const),
  );
  const tasks = [...tasksOf.values()].flat();
  const byService = Map.groupBy(tasks, (task) => serviceNameOf(task) ?? "");
  return {
    clusterName: cluster,
    clusterArn: clusterArn(scope, cluster),
    at: new Date(at).toISOString(),
    containerInstances: instances.map((each) =>
      presentInstance(subject, each, tasksOf.get(each.instance.id) ?? []),
    ),
    services: services.map((service) =>
      presentService(subject, service, byService.get(service.name) ?? []),
    ),
    tasks,
  };
}

function presentInstance(
  { scope, cluster }: UsageSubject,
  { instance, ledger }: InstanceUsage,
  tasks: readonly TaskMetrics[],
): InstanceMetrics {
  const { registered } = instance;
  const sums = sumsOf(tasks);
  return {
    containerInstanceArn: containerInstanceArn(scope, cluster, instance.id),
    status: ledger.status,
    agentConnected: ledger.agentConnected,
    runningTasksCount: countOf(tasks, "RUNNING"),
    pendingTasksCount: countOf(tasks, "PENDING"),
    cpuUnits: { registered: registered.cpuUnits, ...sums.cpuUnits },
    memoryMiB: { registered: registered.memoryMiB, ...sums.memoryMiB },
  };
}

const presentService = (
  { scope, cluster }: UsageSubject,
  { name, desiredCount }: Service,
  tasks: readonly TaskMetrics[],
): ServiceMetrics => ({
  serviceName: name,
  serviceArn: serviceArn(scope, cluster, name),
  desiredCount,
  runningCount: countOf(tasks, "RUNNING"),
  pendingCount: countOf(tasks, "PENDING"),
  ...sumsOf(tasks),
});

const presentTasks = (
  { scope, cluster }: UsageSubject,
  { instance, tasks }: InstanceUsage,
): readonly TaskMetrics[] =>
  tasks.map(({ id, reservation, task, latest }): TaskMetrics => {
    const containers = (latest?.containers ?? []).map((usage) =>
      presentContainer(usage, instance.registered.cpuUnits),
    );
    return {
      taskArn: taskArn(scope, cluster, id),
      containerInstanceArn: containerInstanceArn(scope, cluster, instance.id),
      group: task?.group ?? "",
      lastStatus: task?.lastStatus ?? "PENDING",
      ...(latest && { at: new Date(latest.at).toISOString() }),
      cpuUnits: {
        reserved: reservation.cpuUnits,
        ...(latest && { used: sum(containers.map(({ cpuUnits }) => cpuUnits.average)) }),
      },
      memoryMiB: {
        reserved: reservation.memoryMiB,
        ...(latest && { used: sum(containers.map(({ memoryMiB }) => memoryMiB.average)) }),
      },
      containers,
    };
  });

/** @param registered CPU units of its instance: what is told of processor time is percent of those */
export function presentContainer(usage: ContainerUsage, registered: number): ContainerMetrics {
  const { container, cpuPercent, memoryMiB, received, sent, storage } = usage;
  return {
    name: container,
    cpuUnits: scaled(cpuPercent, registered / 100),
    memoryMiB: scaled(memoryMiB, 1),
    ...(received && { received }),
    ...(sent && { sent }),
    ...(storage && { storage }),
  };
}

const scaled = ({ average, maximum }: Samples, factor: number): Samples => ({
  average: tenths(average * factor),
  maximum: tenths(maximum * factor),
});

/** `used` where there is a figure of any, or nothing that could use something. */
function sumsOf(tasks: readonly TaskMetrics[]) {
  const sumOf = (name: "cpuUnits" | "memoryMiB") => {
    const used = tasks.flatMap((task) => task[name].used ?? []);
    return {
      reserved: sum(tasks.map((task) => task[name].reserved)),
      ...((used.length > 0 || tasks.length === 0) && { used: sum(used) }),
    };
  };
  return { cpuUnits: sumOf("cpuUnits"), memoryMiB: sumOf("memoryMiB") };
}

const countOf = (tasks: readonly TaskMetrics[], status: string): number =>
  tasks.filter(({ lastStatus }) => lastStatus === status).length;

const sum = (values: readonly number[]): number =>
  tenths(values.reduce((total, value) => total + value, 0));

const tenths = (value: number): number => Math.round(value * 10) / 10;
