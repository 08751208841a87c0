import type { EcsRequest, EcsResponse } from "@berth/contracts/ecs-api/operations";
import { serviceArn } from "@berth/domain/arn";
import type { Service } from "@berth/domain/service";
import type { PageRequest } from "@berth/store/store";
import type { Page } from "@berth/store/table";
import type { CommandContext } from "../context.ts";
import { activeCluster } from "./find-cluster.ts";
import { nextToken, pageRequest } from "./paging.ts";

const LIMITS = { default: 10, max: 100 };
/** A bound on what one request reads; callers go on from the token of a short page. */
const MAX_PAGES_READ = 20;

/** @throws EcsError ClusterNotFoundException, InvalidParameterException */
export async function listServices(
  context: CommandContext,
  request: EcsRequest<"ListServices">,
): Promise<EcsResponse<"ListServices">> {
  const page = pageRequest(request, LIMITS);
  const { name: cluster } = await activeCluster(context, request.cluster);
  const { items, next } = await findServices(context, cluster, { ...page, ...matcher(request) });
  return {
    serviceArns: items.map((service) => serviceArn(context.scope, cluster, service.name)),
    ...nextToken(next),
  };
}

interface Matcher {
  readonly matches: (service: Service) => boolean;
}

const matcher = (request: EcsRequest<"ListServices">): Matcher => ({
  matches: (service) =>
    service.status === "ACTIVE" &&
    (request.launchType ?? service.launchType) === service.launchType &&
    (request.schedulingStrategy ?? service.schedulingStrategy) === service.schedulingStrategy &&
    // ECS runs none of the services that Berth has.
    request.resourceManagementType !== "ECS",
});

async function findServices(
  context: CommandContext,
  cluster: string,
  { matches, ...page }: PageRequest & Matcher,
): Promise<Page<Service>> {
  const items: Service[] = [];
  let startAfter = page.startAfter;
  for (let read = 0; read < MAX_PAGES_READ; read += 1) {
    const found = await context.store.services.page(cluster, {
      limit: page.limit - items.length,
      ...(startAfter !== undefined && { startAfter }),
    });
    items.push(...found.items.filter(matches));
    if (found.next === undefined) return { items };
    startAfter = found.next;
    if (items.length >= page.limit) break;
  }
  return startAfter === undefined ? { items } : { items, next: startAfter };
}
