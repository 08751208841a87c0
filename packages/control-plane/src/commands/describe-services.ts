import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { serviceArn } from "@berth/domain/arn";
import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import { serviceGroup } from "@berth/domain/task";
import type { CommandContext } from "../context.ts";
import { findInCluster } from "./find-cluster.ts";
import { serviceName } from "./identifiers.ts";
import { missing } from "./present/failure.ts";
import { presentService, type ServiceDescription } from "./present/service.ts";
import { eventsOf } from "./service-events.ts";

const MAX_SERVICES = 10;

/** @throws EcsError ClusterNotFoundException, InvalidParameterException */
export async function describeServices(
  context: CommandContext,
  request: EcsRequest<"DescribeServices">,
): Promise<EcsResponse<"DescribeServices">> {
  const given = checkServices(request.services ?? []);
  const namesIn = (cluster: string) => [
    ...new Set(given.map((each) => serviceName(context.scope, cluster, each))),
  ];
  const { cluster, found: stored } = await findInCluster(
    context,
    request.cluster,
    (name) => context.store.services.findMany(name, namesIn(name)),
    (services) => services.some(({ status }) => status === "ACTIVE"),
  );
  const names = namesIn(cluster);
  const found = new Map(stored.map((service) => [service.name, service]));
  const includeTags = request.include?.includes("TAGS") ?? false;
  return {
    services: await Promise.all(
      names.flatMap((name) => {
        const service = found.get(name);
        return service ? [describeService(context, service, includeTags)] : [];
      }),
    ),
    failures: names
      .filter((name) => !found.has(name))
      .map((name) => missing(serviceArn(context.scope, cluster, name))),
  };
}

/** A service with its tasks counted and its events. */
export async function describeService(
  context: CommandContext,
  service: Service,
  includeTags: boolean,
): Promise<ServiceDescription> {
  const [tasks, events] = await Promise.all([
    context.store.tasks.ofGroup(service.cluster, serviceGroup(service.name)),
    eventsOf(context, service),
  ]);
  return presentService(context.scope, service, { tasks, events, includeTags });
}

function checkServices(given: readonly string[]): readonly string[] {
  if (given.length === 0) throw invalid("Services cannot be empty.");
  if (given.length > MAX_SERVICES) {
    throw invalid(`service names can have at most ${MAX_SERVICES} items.`);
  }
  return given;
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
