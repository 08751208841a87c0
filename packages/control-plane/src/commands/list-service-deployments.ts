import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { EcsError } from "@berth/domain/errors";
import type { Service } from "@berth/domain/service";
import type { ServiceDeployment } from "@berth/domain/service-deployment";
import type { PageRequest } from "@berth/store/store";
import type { Page } from "@berth/store/table";
import type { CommandContext } from "../context.ts";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";
import { isOf } from "./find-service-deployments.ts";
import { serviceName } from "./identifiers.ts";
import { nextToken, pageRequest } from "./paging.ts";
import { presentServiceDeploymentBrief } from "./present/service-deployment.ts";

const LIMITS = { default: 20, max: 100 };
/** A bound on what one request reads; callers go on from the token of a short page. */
const MAX_PAGES_READ = 10;

/**
 * Newest first.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException, ServiceNotFoundException
 */
export const listServiceDeployments: Command<"ListServiceDeployments"> = async (
  context,
  request,
) => {
  const page = pageRequest(request, LIMITS);
  const { name: cluster } = await activeCluster(context, request.cluster);
  const name = serviceName(context.scope, cluster, request.service ?? "");
  const service = await context.store.services.findLatest(cluster, name);
  if (!service || service.status === "INACTIVE") {
    throw new EcsError("ServiceNotFoundException", "Service not found.");
  }
  const { items, next } = await find(context, service, { ...page, matches: matcher(request) });
  return {
    serviceDeployments: items.map((record) =>
      presentServiceDeploymentBrief(context.scope, service, record),
    ),
    ...nextToken(next),
  };
};

type Matches = (record: ServiceDeployment) => boolean;

function matcher({ status = [], createdAt }: EcsRequest<"ListServiceDeployments">): Matches {
  const after = createdAt?.after?.getTime() ?? -Infinity;
  const before = createdAt?.before?.getTime() ?? Infinity;
  return (record) =>
    (status.length === 0 || status.includes(record.status)) &&
    record.createdAt > after &&
    record.createdAt < before;
}

interface Search extends PageRequest {
  readonly matches: Matches;
}

/** Those on the service itself sort in among those written: by id, which is newest first. */
async function find(
  context: CommandContext,
  service: Service,
  { limit, startAfter = "", matches }: Search,
): Promise<Page<ServiceDeployment>> {
  const own = service.serviceDeployments.filter(({ id }) => id > startAfter);
  const isOwn = new Set(own.map(({ id }) => id));
  const written: ServiceDeployment[] = [];
  let position: string | undefined = startAfter;
  for (let read = 0; read < MAX_PAGES_READ && position !== undefined; read += 1) {
    const page: Page<ServiceDeployment> = await context.store.serviceDeployments.page(service, {
      limit,
      ...(position !== "" && { startAfter: position }),
    });
    written.push(...page.items.filter((record) => !isOwn.has(record.id) && isOf(service, record)));
    position = page.next;
    if (written.filter(matches).length >= limit) break;
  }
  // Beyond what was read nothing can be told yet: the next page goes on from there.
  const known = [...own, ...written]
    .filter(({ id }) => position === undefined || id <= position)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const matching = known.filter(matches);
  const items = matching.slice(0, limit);
  const next = matching.length > limit ? items.at(-1)?.id : position;
  return next === undefined ? { items } : { items, next };
}
