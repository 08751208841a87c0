import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { capacityProviderArn } from "@berth/domain/arn";
import { FARGATE_PROVIDERS, isFargateProvider } from "@berth/domain/capacity-provider";
import { EcsError } from "@berth/domain/errors";
import type { PageRequest } from "@berth/store/store";
import type { Page } from "@berth/store/table";
import type { CommandContext } from "../context.ts";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";
import { capacityProviderName } from "./identifiers.ts";
import { nextToken, pageRequest } from "./paging.ts";
import {
  type CapacityProviderDescription,
  presentCapacityProvider,
  presentFargateProvider,
} from "./present/capacity-provider.ts";
import { missing } from "./present/failure.ts";

const MAX_NAMES = 100;
const LIMITS = { default: 10, max: 10 };

/**
 * Describes providers: those that are named, deleted ones too as long as they are remembered; else
 * those of a cluster; else all that are ACTIVE, Fargate's first.
 *
 * @throws EcsError ClusterNotFoundException, InvalidParameterException
 */
export const describeCapacityProviders: Command<"DescribeCapacityProviders"> = async (
  context,
  request,
) => {
  const page = pageRequest(request, LIMITS);
  const asked = await askedNames(context, request);
  const { items: names, next } = asked ? pageOfNames(asked, page) : await pageOfAll(context, page);
  const includeTags = request.include?.includes("TAGS") ?? false;
  const found = await describe(context, names, includeTags);
  return {
    capacityProviders: names.flatMap((name) => found.get(name) ?? []),
    failures: names
      .filter((name) => !found.has(name))
      .map((name) => missing(capacityProviderArn(context.scope, name))),
    ...nextToken(next),
  };
};

/** Undefined where all are. */
async function askedNames(
  context: CommandContext,
  { capacityProviders: given = [], cluster }: EcsRequest<"DescribeCapacityProviders">,
): Promise<readonly string[] | undefined> {
  if (given.length > MAX_NAMES) {
    throw invalid(`capacityProviders can have at most ${MAX_NAMES} items.`);
  }
  const named = [...new Set(given.map((each) => capacityProviderName(context.scope, each)))];
  if (cluster === undefined) return named.length > 0 ? named : undefined;
  const { capacityProviders } = await activeCluster(context, cluster);
  return named.length > 0
    ? named.filter((name) => capacityProviders.includes(name))
    : capacityProviders;
}

/** In the order in which they were asked for. */
function pageOfNames(names: readonly string[], { limit, startAfter }: PageRequest): Page<string> {
  const before = startAfter === undefined ? -1 : names.indexOf(startAfter);
  if (startAfter !== undefined && before < 0) throw invalid("Invalid nextToken.");
  const items = names.slice(before + 1, before + 1 + limit);
  const last = items.at(-1);
  const isMore = before + 1 + items.length < names.length;
  return isMore && last !== undefined ? { items, next: last } : { items };
}

/** No provider that is made can have the name of one of Fargate's: a position is one or the other. */
async function pageOfAll(
  { store }: CommandContext,
  { limit, startAfter }: PageRequest,
): Promise<Page<string>> {
  const isAmongFirst = startAfter === undefined || isFargateProvider(startAfter);
  const first = isAmongFirst
    ? FARGATE_PROVIDERS.filter((name) => startAfter === undefined || name > startAfter)
    : [];
  const items: string[] = first.slice(0, limit);
  const last = items.at(-1);
  if (items.length === limit && last !== undefined) return { items, next: last };
  const { items: made, next } = await store.capacityProviders.page({
    limit: limit - items.length,
    ...(!isAmongFirst && { startAfter }),
  });
  return {
    items: [...items, ...made.map(({ name }) => name)],
    ...(next !== undefined && { next }),
  };
}

async function describe(
  { scope, store }: CommandContext,
  names: readonly string[],
  includeTags: boolean,
): Promise<ReadonlyMap<string, CapacityProviderDescription>> {
  const made = await store.capacityProviders.findMany(
    names.filter((name) => !isFargateProvider(name)),
  );
  return new Map([
    ...names
      .filter(isFargateProvider)
      .map((name) => [name, presentFargateProvider(scope, name)] as const),
    ...made.map(
      (each) => [each.name, presentCapacityProvider(scope, each, { includeTags })] as const,
    ),
  ]);
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
