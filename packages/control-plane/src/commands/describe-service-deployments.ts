import { serviceGroup } from "@berth/domain/task";
import { EcsError } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import type { Command } from "./command.ts";
import { findServiceDeployments } from "./find-service-deployments.ts";
import { type ServiceChildRef, serviceChildRef } from "./identifiers.ts";
import { missing } from "./present/failure.ts";
import {
  presentServiceDeployment,
  type ServiceDeploymentDescription,
} from "./present/service-deployment.ts";

const MAX_ARNS = 20;

/** @throws EcsError InvalidParameterException */
export const describeServiceDeployments: Command<"DescribeServiceDeployments"> = async (
  context,
  request,
) => {
  const arns = checkedArns("serviceDeploymentArns", request.serviceDeploymentArns);
  const refs = arns.map((arn) => serviceChildRef(context.scope, "service-deployment", arn));
  const byService = Map.groupBy(refs, ({ cluster, name }) => `${cluster}/${name}`);
  const described = await Promise.all([...byService.values()].map((of) => describe(context, of)));
  const found = new Map(described.flat().map((each) => [each.serviceDeploymentArn, each]));
  return {
    serviceDeployments: arns.flatMap((arn) => found.get(arn) ?? []),
    failures: arns.filter((arn) => !found.has(arn)).map(missing),
  };
};

/**
 * The ARNs that a Describe operation was given, each once.
 *
 * @throws EcsError InvalidParameterException
 */
export function checkedArns(
  member: string,
  given: readonly string[] | undefined = [],
): readonly string[] {
  if (given.length === 0) throw invalid(`${member} cannot be empty.`);
  if (given.length > MAX_ARNS) {
    throw invalid(`${member} can have at most ${MAX_ARNS} items.`);
  }
  return [...new Set(given)];
}

/** All of one service: they share the reading of its tasks. */
async function describe(
  context: CommandContext,
  refs: readonly ServiceChildRef[],
): Promise<readonly ServiceDeploymentDescription[]> {
  const [ref] = refs;
  const ids = refs.map(({ id }) => id);
  const found = ref && (await findServiceDeployments(context, ref, ids));
  if (!found) return [];
  const { service, records } = found;
  const isUnderWay = records.some((record) => record.end === undefined);
  const tasks = isUnderWay
    ? await context.store.tasks.ofGroup(service.cluster, serviceGroup(service.name))
    : [];
  return records.map((record) => presentServiceDeployment(context.scope, service, record, tasks));
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
