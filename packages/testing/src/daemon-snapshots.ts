import type { Service } from "@berth/domain/service";
import type { Task } from "@berth/domain/task";
import type { DaemonInstance } from "@berth/planner/service/daemon-instances";
import { planService } from "@berth/planner/service/plan-service";
import type { ServicePlan, ServiceSnapshot } from "@berth/planner/service/plan-service";
import { instanceId, taskNumber } from "./builders.ts";
import { aServiceSnapshot, aServiceTask, superseded } from "./service-snapshots.ts";

/** ACTIVE, connected and fit for the service. */
export const aDaemonInstance = (
  number: number,
  overrides: Partial<DaemonInstance> = {},
): DaemonInstance => ({
  id: instanceId(number),
  status: "ACTIVE",
  agentConnected: true,
  isSuitable: true,
  replicaCount: 0,
  ...overrides,
});

/** The task of this number is on the instance of this number, unless told otherwise. */
export const on = (
  number: number,
  overrides: Partial<Task> = {},
  {
    revision = 1,
    status = "RUNNING",
    instance = number,
  }: {
    readonly revision?: number;
    readonly status?: Task["lastStatus"];
    readonly instance?: number;
  } = {},
) =>
  aServiceTask(revision, number, status, {
    containerInstanceId: instanceId(instance),
    ...overrides,
  });

/** Instances. */
export const three = [1, 2, 3].map((number) => aDaemonInstance(number));
const COMPLETED = superseded(1, { status: "PRIMARY" });

/** Of a DAEMON service on three instances that has come to rest. */
export const snapshotOf = (
  tasks: readonly Task[],
  instances: readonly DaemonInstance[] = three,
  service: Partial<Service> = {},
  overrides: Partial<Omit<ServiceSnapshot, "service">> = {},
) =>
  aServiceSnapshot({
    service: {
      schedulingStrategy: "DAEMON",
      desiredCount: 3,
      deployments: [COMPLETED],
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
      ...service,
    },
    tasks,
    instances,
    ...overrides,
  });

const brief = (plan: ServicePlan) => ({
  starts: plan.starts.map(({ containerInstanceId = "" }) =>
    Number.parseInt(containerInstanceId, 16),
  ),
  stops: plan.stops.map(({ taskId }) => taskNumber(taskId)),
});
/** What the planner does, by instance and by task. */
export const plan = (...given: Parameters<typeof snapshotOf>) =>
  brief(planService(snapshotOf(...given)));
