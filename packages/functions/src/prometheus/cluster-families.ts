import type {
  ClusterMetrics,
  ContainerMetrics,
  InstanceMetrics,
  ServiceMetrics,
  TaskMetrics,
  WholeClusterMetrics,
} from "@berth/contracts/rest/metrics";
import { lastSegment } from "@berth/domain/arn";
import { serviceNameOf } from "@berth/domain/task";
import type { Family, Sample } from "./text.ts";

type Labels = Sample["labels"];

/** One metric of each subject; no sample where a subject has no figure. */
interface Definition<Subject> {
  readonly name: string;
  readonly help: string;
  readonly type?: Family["type"];
  readonly value: (subject: Subject) => number | undefined;
}

const UNITS_PER_CORE = 1_024;
const BYTES_PER_MIB = 1_048_576;
const cores = (units: number | undefined) => units && units / UNITS_PER_CORE;
const bytes = (mebibytes: number | undefined) => mebibytes && mebibytes * BYTES_PER_MIB;

const INSTANCE: readonly Definition<InstanceMetrics>[] = [
  gauge("instance_agent_connected", "1 while its agent is connected.", (each) =>
    Number(each.agentConnected),
  ),
  gauge("instance_running_tasks", "Tasks that run.", (each) => each.runningTasksCount),
  gauge(
    "instance_pending_tasks",
    "Tasks that are being started.",
    (each) => each.pendingTasksCount,
  ),
  gauge("instance_cpu_registered_cores", "What it has for tasks.", ({ cpuUnits }) =>
    cores(cpuUnits.registered),
  ),
  gauge("instance_cpu_reserved_cores", "What its tasks have reserved.", ({ cpuUnits }) =>
    cores(cpuUnits.reserved),
  ),
  gauge("instance_memory_registered_bytes", "What it has for tasks.", ({ memoryMiB }) =>
    bytes(memoryMiB.registered),
  ),
  gauge("instance_memory_reserved_bytes", "What its tasks have reserved.", ({ memoryMiB }) =>
    bytes(memoryMiB.reserved),
  ),
];

const SERVICE: readonly Definition<ServiceMetrics>[] = [
  gauge("service_desired_tasks", "How many tasks it should have.", (each) => each.desiredCount),
  gauge("service_running_tasks", "Tasks that run.", (each) => each.runningCount),
  gauge("service_pending_tasks", "Tasks that are being started.", (each) => each.pendingCount),
];

const TASK: readonly Definition<TaskMetrics>[] = [
  gauge("task_cpu_reserved_cores", "What it has reserved.", ({ cpuUnits }) =>
    cores(cpuUnits.reserved),
  ),
  gauge("task_memory_reserved_bytes", "What it has reserved.", ({ memoryMiB }) =>
    bytes(memoryMiB.reserved),
  ),
];

const CONTAINER: readonly Definition<ContainerMetrics>[] = [
  gauge("container_cpu_usage_cores", "Cores in use, of some 20 s.", ({ cpuUnits }) =>
    cores(cpuUnits.average),
  ),
  gauge("container_cpu_usage_cores_max", "The most of some 20 s.", ({ cpuUnits }) =>
    cores(cpuUnits.maximum),
  ),
  gauge("container_memory_usage_bytes", "Memory in use, without files.", ({ memoryMiB }) =>
    bytes(memoryMiB.average),
  ),
  gauge("container_memory_usage_bytes_max", "The most of some 20 s.", ({ memoryMiB }) =>
    bytes(memoryMiB.maximum),
  ),
  ...traffic("receive", ({ received }) => received),
  ...traffic("transmit", ({ sent }) => sent),
  counter(
    "container_storage_read_bytes_total",
    "Read of disks.",
    (each) => each.storage?.readBytes,
  ),
  counter(
    "container_storage_written_bytes_total",
    "Written to disks.",
    (each) => each.storage?.writtenBytes,
  ),
];

/** The metrics of clusters. `instance` is Prometheus's own label, so the instances' is a longer one. */
export const clusterFamilies = (clusters: readonly WholeClusterMetrics[]): Family[] => [
  ...families(INSTANCE, clusters.flatMap(ofInstances)),
  ...families(SERVICE, clusters.flatMap(ofServices)),
  ...families(TASK, clusters.flatMap(ofTasks)),
  ...families(CONTAINER, clusters.flatMap(ofContainers)),
];

type Labelled<Subject> = readonly [Labels, Subject];

const ofInstances = ({ clusterName, containerInstances }: ClusterMetrics) =>
  containerInstances.map((each): Labelled<InstanceMetrics> => [
    { cluster: clusterName, container_instance: lastSegment(each.containerInstanceArn) },
    each,
  ]);

const ofServices = ({ clusterName, services }: ClusterMetrics) =>
  services.map((each): Labelled<ServiceMetrics> => [
    { cluster: clusterName, service: each.serviceName },
    each,
  ]);

const ofTasks = (metrics: WholeClusterMetrics) =>
  metrics.tasks.map((task): Labelled<TaskMetrics> => [taskLabels(metrics, task), task]);

const ofContainers = (metrics: WholeClusterMetrics) =>
  metrics.tasks.flatMap((task) =>
    task.containers.map((each): Labelled<ContainerMetrics> => [
      { ...taskLabels(metrics, task), container: each.name },
      each,
    ]),
  );

const taskLabels = ({ clusterName }: ClusterMetrics, task: TaskMetrics): Labels => ({
  cluster: clusterName,
  service: serviceNameOf(task) ?? "",
  task: lastSegment(task.taskArn),
  container_instance: lastSegment(task.containerInstanceArn),
});

const families = <Subject>(
  definitions: readonly Definition<Subject>[],
  subjects: readonly Labelled<Subject>[],
): Family[] =>
  definitions.map(({ name, help, type = "gauge", value }) => ({
    name,
    help,
    type,
    samples: subjects.flatMap(([labels, subject]) => {
      const figure = value(subject);
      return figure === undefined ? [] : [{ labels, value: figure }];
    }),
  }));

function gauge<Subject>(
  name: string,
  help: string,
  value: Definition<Subject>["value"],
): Definition<Subject> {
  return { name: `berth_${name}`, help, value };
}

function counter<Subject>(
  name: string,
  help: string,
  value: Definition<Subject>["value"],
): Definition<Subject> {
  return { ...gauge(name, help, value), type: "counter" };
}

function traffic(
  direction: "receive" | "transmit",
  of: (container: ContainerMetrics) => ContainerMetrics["received"],
): readonly Definition<ContainerMetrics>[] {
  return (["bytes", "packets", "errors", "dropped"] as const).map((what) =>
    counter(
      `container_network_${direction}_${what}_total`,
      `Of its network, since it started.`,
      (each) => of(each)?.[what],
    ),
  );
}
