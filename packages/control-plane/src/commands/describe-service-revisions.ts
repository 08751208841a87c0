import type { ServiceRevision } from "@berth/domain/service-deployment";
import { revisionIdOf } from "@berth/domain/service-deployment";
import type { CommandContext } from "../context.ts";
import { definitionNamed } from "../definition-cache.ts";
import { revisionOf } from "../reconcile/service-history.ts";
import type { Command } from "./command.ts";
import { checkedArns } from "./describe-service-deployments.ts";
import { isOf } from "./find-service-deployments.ts";
import { type ServiceChildRef, serviceChildRef } from "./identifiers.ts";
import { missing } from "./present/failure.ts";
import { presentServiceRevision } from "./present/service-deployment.ts";

/** @throws EcsError InvalidParameterException */
export const describeServiceRevisions: Command<"DescribeServiceRevisions"> = async (
  context,
  request,
) => {
  const arns = checkedArns("serviceRevisionArns", request.serviceRevisionArns);
  const found = await Promise.all(
    arns.map(async (arn) => ({
      arn,
      revision: await find(context, serviceChildRef(context.scope, "service-revision", arn)),
    })),
  );
  return {
    serviceRevisions: found.flatMap(({ revision }) =>
      revision ? [presentServiceRevision(context.scope, revision)] : [],
    ),
    failures: found.flatMap(({ arn, revision }) => (revision ? [] : [missing(arn)])),
  };
};

/** One that no pass has begun yet is known from its deployment only. */
async function find(
  context: CommandContext,
  { cluster, name, id }: ServiceChildRef,
): Promise<ServiceRevision | undefined> {
  const service = await context.store.services.find(cluster, name);
  if (!service || service.status === "INACTIVE") return undefined;
  const [stored] = await context.store.serviceRevisions.findMany(service, [id]);
  if (stored) return isOf(service, stored) ? stored : undefined;
  const deployment = service.deployments.find((each) => revisionIdOf(each.id) === id);
  if (!deployment) return undefined;
  const definition = await definitionNamed(context, deployment.taskDefinition);
  return revisionOf(service, deployment, definition);
}
