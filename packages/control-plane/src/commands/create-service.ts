import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import type { Cluster } from "@berth/domain/cluster";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import { type TaskDefinition, taskDefinitionName } from "@berth/domain/task-definition";
import type { New } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { requestHash } from "../request-hash.ts";
import {
  DEFAULT_CONFIGURATIONS,
  validDeploymentConfiguration,
} from "./deployment-configuration.ts";
import { describeService } from "./describe-services.ts";
import { asksForExternal, checkExternalService } from "./external-controller.ts";
import { activeCluster } from "./find-cluster.ts";
import { checkLaunch } from "./launch-checks.ts";
import { validConstraints, validStrategy } from "./placement-members.ts";
import { presentService } from "./present/service.ts";
import {
  checkDaemon,
  checkDaemonCapacity,
  checkRebalancing,
  defaultRebalancing,
} from "./scheduling-strategy.ts";
import { withChange } from "./service-change.ts";
import { withNewDeployment } from "./service-deployment.ts";
import { checkDesiredCount, checkGracePeriod, refuseLaterMembers } from "./service-members.ts";
import { startableDefinition } from "./startable-definition.ts";
import { validTags } from "./tags.ts";
import { checkClientToken } from "./task-members.ts";

const NAME = /^[a-zA-Z0-9\-_]{1,255}$/;
const MAX_TOKEN_LENGTH = 36;

/**
 * Records the intent to run a service. Starts nothing: the due mark written with it wakes the
 * service controller, which does.
 *
 * @throws EcsError ClientException, ClusterNotFoundException, InvalidParameterException, UnsupportedFeatureException
 */
export async function createService(
  context: CommandContext,
  request: EcsRequest<"CreateService">,
): Promise<EcsResponse<"CreateService">> {
  checkRequest(request);
  const [cluster, definition] = await Promise.all([
    activeCluster(context, request.cluster),
    asksForExternal(request) ? undefined : startableDefinition(context, request.taskDefinition),
  ]);
  const start = definition ? startOf(context, request, { cluster, definition }) : WITHOUT_TASK_SETS;
  const service = withChange(context, "CreateService", {
    after: newService(context, request, { cluster: cluster.name, start }),
  });
  const stored = await record(context, service);
  const wake = { kind: "service", cluster: service.cluster, service: service.name } as const;
  await context.relay.wake(wake);
  return {
    service:
      stored === service
        ? presentService(context.scope, service, { tasks: [], events: [], includeTags: true })
        : await describeService(context, stored, true),
  };
}

function startOf(
  context: CommandContext,
  request: EcsRequest<"CreateService">,
  { cluster, definition }: { readonly cluster: Cluster; readonly definition: TaskDefinition },
): Start {
  const { launchType, ...chosen } = checkLaunch(cluster, definition, request);
  checkDaemonCapacity(request, chosen.capacityProviderStrategy);
  const taskDefinition = taskDefinitionName(definition);
  return { launchType, ...withNewDeployment(context, { ...chosen, taskDefinition }) };
}

function checkRequest(request: EcsRequest<"CreateService">): void {
  const { serviceName = "", desiredCount, schedulingStrategy } = request;
  if (!NAME.test(serviceName)) {
    throw invalid(`Service must match ^[a-zA-Z0-9\\-_]{1,255}$, but was ${serviceName}`);
  }
  checkClientToken(request.clientToken, MAX_TOKEN_LENGTH);
  const isExternal = asksForExternal(request);
  if (isExternal) checkExternalService(request);
  refuseLaterMembers(request);
  if (request.role) {
    throw invalid("IAM roles are only valid for services configured to use load balancers");
  }
  if (desiredCount !== undefined) checkDesiredCount(desiredCount);
  else if (schedulingStrategy !== "DAEMON" && !isExternal) {
    throw invalid("desiredCount is required for the REPLICA scheduling strategy.");
  }
  checkGracePeriod(request.healthCheckGracePeriodSeconds);
}

/** What a service begins with: its first deployment, or no task sets yet. */
type Start = Pick<
  Service,
  | "launchType"
  | "taskDefinition"
  | "deployments"
  | "taskSets"
  | "serviceDeployments"
  | "currentServiceDeployment"
>;

/** Its task sets say what it runs, and on what. */
const WITHOUT_TASK_SETS: Start = {
  launchType: "EC2",
  deployments: [],
  taskSets: [],
  serviceDeployments: [],
};

interface ServiceSetting {
  readonly cluster: string;
  readonly start: Start;
}

function newService(
  context: CommandContext,
  request: EcsRequest<"CreateService">,
  { cluster, start }: ServiceSetting,
): New<Service> {
  const { clientToken, ...parameters } = request;
  const { deploymentController, healthCheckGracePeriodSeconds } = request;
  // It is as old as its first deployment: what is older belongs to an earlier service of its name.
  const now = start.deployments[0]?.createdAt ?? context.now();
  const scheduling = schedulingOf(request);
  return {
    cluster,
    name: request.serviceName ?? "",
    status: "ACTIVE",
    desiredCount: request.desiredCount ?? 0,
    ...scheduling,
    ...start,
    plannedStarts: [],
    countedFailures: [],
    newEvents: [],
    lastTold: {},
    steady: false,
    enableECSManagedTags: request.enableECSManagedTags ?? false,
    propagateTags: request.propagateTags ?? "NONE",
    enableExecuteCommand: request.enableExecuteCommand ?? false,
    tags: validTags(request.tags),
    createdAt: now,
    createdBy: context.principalArn,
    requestHash: requestHash({ ...parameters, cluster }),
    ...defined({ clientToken, healthCheckGracePeriodSeconds }),
    ...(deploymentController && { kept: { deploymentController } }),
    due: now,
  };
}

/** How the service is scheduled, with what ECS fills in. */
function schedulingOf(request: EcsRequest<"CreateService">) {
  const { schedulingStrategy = "REPLICA" } = request;
  const scheduling = {
    schedulingStrategy,
    deploymentConfiguration: validDeploymentConfiguration(
      request.deploymentConfiguration,
      DEFAULT_CONFIGURATIONS[schedulingStrategy],
    ),
    placementConstraints: validConstraints(request.placementConstraints),
    placementStrategy: validStrategy(request.placementStrategy),
  };
  checkDaemon(scheduling, request.desiredCount);
  const byDefault = asksForExternal(request) ? "DISABLED" : defaultRebalancing(scheduling);
  const { availabilityZoneRebalancing = byDefault } = request;
  checkRebalancing({ ...scheduling, availabilityZoneRebalancing });
  return { ...scheduling, availabilityZoneRebalancing };
}

/** Writes the service; a repeated call finds the one it made. */
async function record(context: CommandContext, service: New<Service>): Promise<Service> {
  const { services } = context.store;
  if ((await services.create(service)) === "ok") return service;
  const existing = await services.findLatest(service.cluster, service.name);
  if (existing?.status === "DRAINING") {
    throw invalid("Unable to Start a service that is still Draining.");
  }
  if (existing?.requestHash === service.requestHash) return existing;
  throw invalid("Creation of service was not idempotent.");
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
