import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import type { Cluster } from "@berth/domain/cluster";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import { taskDefinitionName, type TaskDefinition } from "@berth/domain/task-definition";
import { primaryOf } from "@berth/planner/service/primary-deployment";
import type { CommandContext } from "../context.ts";
import { persist } from "../reconcile/persist.ts";
import { validDeploymentConfiguration } from "./deployment-configuration.ts";
import { describeService } from "./describe-services.ts";
import {
  asksForAnotherController,
  checkExternalUpdate,
  withCountsChanged,
} from "./external-controller.ts";
import { activeCluster } from "./find-cluster.ts";
import { serviceName } from "./identifiers.ts";
import { isSameNetwork } from "./network-configuration.ts";
import { validConstraints, validStrategy } from "./placement-members.ts";
import { checkDaemon, checkRebalancing } from "./scheduling-strategy.ts";
import { withChange } from "./service-change.ts";
import { changedStrategy } from "./service-capacity.ts";
import { changedNetwork } from "./service-network.ts";
import { withNewDeployment } from "./service-deployment.ts";
import { checkDesiredCount, checkGracePeriod, refuseLaterMembers } from "./service-members.ts";
import { startableDefinition } from "./startable-definition.ts";
import { refuseUnsupported, unsupported } from "./unsupported.ts";

/**
 * Records what is to change; what is left out stays. Another task definition, or being told to,
 * makes a new PRIMARY deployment, which the service controller rolls out.
 *
 * @throws EcsError ClientException, ClusterNotFoundException, InvalidParameterException, ServiceNotActiveException, ServiceNotFoundException, UnsupportedFeatureException
 */
export async function updateService(
  context: CommandContext,
  request: EcsRequest<"UpdateService">,
): Promise<EcsResponse<"UpdateService">> {
  checkRequest(request);
  const found = await activeCluster(context, request.cluster);
  const cluster = found.name;
  const name = serviceName(context.scope, cluster, request.service ?? "");
  const definition =
    request.taskDefinition === undefined
      ? undefined
      : await startableDefinition(context, request.taskDefinition);
  const { services } = context.store;
  const updated = await persist<Service>(
    () => services.findLatest(cluster, name),
    (service) => ({
      ...withChange(context, "UpdateService", {
        before: service,
        after: service.taskSets
          ? withCountsChanged(service, updatedService(service, request), context.now())
          : withDeployment(context, updatedService(service, request), {
              before: service,
              cluster: found,
              definition,
              request,
            }),
      }),
      version: service.version,
      due: context.now(),
    }),
    (service) => services.replace(service),
  );
  if (!updated) throw new EcsError("ServiceNotFoundException", "Service not found.");
  await context.relay.wake({ kind: "service", cluster, service: name });
  return { service: await describeService(context, updated.item, true) };
}

function checkRequest(request: EcsRequest<"UpdateService">): void {
  refuseLaterMembers(request);
  if (request.desiredCount !== undefined) checkDesiredCount(request.desiredCount);
  checkGracePeriod(request.healthCheckGracePeriodSeconds);
  if (request.volumeConfigurations?.length) throw unsupported("volumes configured at launch");
}

/** The service with what was given that makes no new deployment. */
function updatedService(service: Service, request: EcsRequest<"UpdateService">): Service {
  if (service.status !== "ACTIVE") {
    throw new EcsError("ServiceNotActiveException", "Service was not ACTIVE.");
  }
  refuseUnsupported({
    "another deployment controller": asksForAnotherController(service, request),
  });
  if (service.taskSets) checkExternalUpdate(request);
  const { deploymentConfiguration, placementConstraints, placementStrategy } = request;
  const updated: Service = {
    ...service,
    ...defined({
      availabilityZoneRebalancing: request.availabilityZoneRebalancing,
      desiredCount: request.desiredCount,
      enableECSManagedTags: request.enableECSManagedTags,
      enableExecuteCommand: request.enableExecuteCommand,
      healthCheckGracePeriodSeconds: request.healthCheckGracePeriodSeconds,
      propagateTags: request.propagateTags,
      placementConstraints: placementConstraints && validConstraints(placementConstraints),
      placementStrategy: placementStrategy && validStrategy(placementStrategy),
      deploymentConfiguration:
        deploymentConfiguration &&
        validDeploymentConfiguration(deploymentConfiguration, service.deploymentConfiguration),
    }),
    steady:
      service.steady && (request.desiredCount ?? service.desiredCount) === service.desiredCount,
  };
  checkDaemon(updated, request.desiredCount);
  // What an earlier default has set yields to what is asked for: without room nothing is moved.
  if (request.availabilityZoneRebalancing !== undefined) checkRebalancing(updated);
  return updated;
}

interface DeploymentChange {
  readonly before: Service;
  readonly cluster: Cluster;
  readonly definition: TaskDefinition | undefined;
  readonly request: EcsRequest<"UpdateService">;
}

/** The service with the deployment that the change asks for, where it asks for one. */
function withDeployment(
  context: CommandContext,
  service: Service,
  { before, cluster, definition, request }: DeploymentChange,
): Service {
  const primary = primaryOf(before.deployments);
  const network = changedNetwork({ definition, primary, launchType: before.launchType }, request);
  const { taskDefinition: current = primary.taskDefinition } = before;
  const taskDefinition = definition ? taskDefinitionName(definition) : current;
  const strategy = changedStrategy(cluster, request, { before, primary });
  const isSame = taskDefinition === current && isSameNetwork(network, primary.networkConfiguration);
  if (isSame && !request.forceNewDeployment) return service;
  const run = { taskDefinition, ...strategy, ...defined({ networkConfiguration: network }) };
  return { ...service, ...withNewDeployment(context, run, service), steady: false };
}
