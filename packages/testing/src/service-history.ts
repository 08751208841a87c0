import type { ServiceDeployment } from "@berth/domain/service-deployment";
import { aDeployment, aService, aServiceDeployment, aTaskDefinition } from "./builders.ts";
import { aControlPlane } from "./control-plane.ts";
import { setUpCluster } from "./set-up-cluster.ts";

/** Of the region and account of the tests. */
export const ARN = "arn:aws:ecs:eu-central-1:123456789012";
export const deploymentArn = (id: string) => `${ARN}:service-deployment/default/web/${id}`;
export const revisionArn = (number: number) =>
  `${ARN}:service-revision/default/web/${String(number).padStart(19, "0")}`;
export const deploymentId = (number: number) => `ecs-svc/${String(number).padStart(19, "0")}`;

/** How those ended that have their verdict. */
export const END = {
  failureCount: 2,
  threshold: 3,
  deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
  tasks: { [deploymentId(1)]: { requested: 2, running: 1, pending: 1 } },
};

/** The service `web` at its second revision, and what is written of its past. */
export async function aServiceHistory({
  records = [aServiceDeployment({ deploymentId: deploymentId(2), createdAt: 7 })],
  past = [],
  status = "ACTIVE",
}: {
  readonly records?: readonly ServiceDeployment[];
  readonly past?: readonly ServiceDeployment[];
  readonly status?: "ACTIVE" | "INACTIVE";
} = {}) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, {
    definitions: [aTaskDefinition(), aTaskDefinition({ revision: 2 })],
  });
  const { store } = controlPlane;
  await store.services.create(
    aService({
      status,
      createdAt: 5,
      desiredCount: 2,
      taskDefinition: "web:2",
      deployments: [
        aDeployment({
          id: deploymentId(2),
          taskDefinition: "web:2",
          rolloutState: "IN_PROGRESS",
          failedTasks: 1,
          createdAt: 7,
        }),
        aDeployment({ status: "ACTIVE" }),
      ],
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      serviceDeployments: records,
    }),
  );
  const web = { cluster: "default", name: "web" };
  for (const record of past) await store.serviceDeployments.put(web, record);
  return { controlPlane, web };
}

/** The record of one that has its verdict. */
export const past = (id: string, overrides: Partial<ServiceDeployment> = {}) =>
  aServiceDeployment({
    id,
    status: "SUCCESSFUL",
    createdAt: 5,
    finishedAt: 1_700_000_000_000,
    end: END,
    ...overrides,
  });
/** The record of the one that is being rolled out. */
export const underWay = (id: string) =>
  aServiceDeployment({ id, deploymentId: deploymentId(2), createdAt: 7 });
