import { containerInstanceArn } from "@berth/domain/arn";
import type { Command } from "./command.ts";
import { describeInstances } from "./describe-instances.ts";
import { activeCluster } from "./find-cluster.ts";
import { instanceIds } from "./instance-ids.ts";
import { missing } from "./present/failure.ts";

const MAX_INSTANCES = 100;

/** @throws EcsError ClientException, ClusterNotFoundException, InvalidParameterException */
export const describeContainerInstances: Command<"DescribeContainerInstances"> = async (
  context,
  request,
) => {
  const cluster = await activeCluster(context, request.cluster);
  const ids = instanceIds(context, cluster.name, {
    idsOrArns: request.containerInstances,
    max: MAX_INSTANCES,
  });
  const found = new Map(
    (await context.store.instances.findMany(cluster.name, ids)).map((stored) => [
      stored.ledger.id,
      stored,
    ]),
  );
  const instances = ids.flatMap((id) => found.get(id) ?? []);
  return {
    containerInstances: await describeInstances(context, cluster, instances, request.include),
    failures: ids
      .filter((id) => !found.has(id))
      .map((id) => missing(containerInstanceArn(context.scope, cluster.name, id))),
  };
};
