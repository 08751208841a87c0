import { defined } from "@berth/domain/defined";
import type { Deployment, Service } from "@berth/domain/service";
import { isTerminal } from "@berth/domain/service-deployment";
import type { ServiceDeployment } from "@berth/domain/service-deployment";
import type { ControlPlane } from "../context.ts";
import { randomDeploymentId, randomServiceDeploymentId } from "../random-ids.ts";

/**
 * The deployments of a service to which a new one is added, that begins now as the PRIMARY one. What
 * is under way is given up: its record says so at once.
 */
export function withNewDeployment(
  context: Pick<ControlPlane, "now" | "randomHex">,
  run: Pick<Deployment, "taskDefinition" | "capacityProviderStrategy" | "networkConfiguration">,
  before: Pick<Service, "deployments" | "serviceDeployments"> = {
    deployments: [],
    serviceDeployments: [],
  },
) {
  const now = context.now();
  const deployment = newDeployment(context, run);
  const record = newRecord(context, deployment, before.deployments);
  return {
    taskDefinition: run.taskDefinition,
    currentServiceDeployment: record.id,
    deployments: [
      deployment,
      ...before.deployments.map((each) =>
        each.status === "PRIMARY" ? { ...each, status: "ACTIVE" as const, updatedAt: now } : each,
      ),
    ],
    serviceDeployments: [record, ...before.serviceDeployments.map((each) => superseded(each, now))],
  };
}

function newDeployment(
  context: Pick<ControlPlane, "now" | "randomHex">,
  {
    taskDefinition,
    capacityProviderStrategy,
    networkConfiguration,
  }: Parameters<typeof withNewDeployment>[1],
): Deployment {
  const id = randomDeploymentId(context);
  const now = context.now();
  return {
    id,
    status: "PRIMARY",
    taskDefinition,
    ...defined({ capacityProviderStrategy, networkConfiguration }),
    rolloutState: "IN_PROGRESS",
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    createdAt: now,
    updatedAt: now,
    failedTasks: 0,
  };
}

/** A deployment that failed is no source: nothing is to be left of it. */
function newRecord(
  context: Pick<ControlPlane, "now" | "randomHex">,
  { id: deploymentId, createdAt }: Deployment,
  before: readonly Deployment[],
): ServiceDeployment {
  return {
    id: randomServiceDeploymentId(context),
    status: "PENDING",
    deploymentId,
    sourceDeploymentIds: before
      .filter(({ rolloutState }) => rolloutState !== "FAILED")
      .map(({ id }) => id),
    createdAt,
    updatedAt: createdAt,
  };
}

const superseded = (record: ServiceDeployment, now: number): ServiceDeployment =>
  isTerminal(record)
    ? record
    : {
        ...record,
        status: "STOP_REQUESTED",
        statusReason: "Service deployment stopped because of a newer service deployment.",
        updatedAt: now,
      };
