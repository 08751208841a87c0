import { EcsError } from "@berth/domain/errors";
import type { Command } from "./command.ts";
import { activeCluster } from "./find-cluster.ts";
import { containerInstanceId } from "./identifiers.ts";
import { instanceNotFound } from "./instance-ids.ts";

/**
 * Updates no agent: Berth ships none from here, and ECS updates only those of its own machine images.
 * So it says what is in the way, as ECS does.
 *
 * @throws EcsError ClientException, ClusterNotFoundException, InvalidParameterException, MissingVersionException, NoUpdateAvailableException
 */
export const updateContainerAgent: Command<"UpdateContainerAgent"> = async (context, request) => {
  const { name: cluster } = await activeCluster(context, request.cluster);
  const id = containerInstanceId(context.scope, cluster, request.containerInstance ?? "");
  const stored = await context.store.instances.find(cluster, id);
  if (!stored) throw instanceNotFound(id);
  const { instance, ledger } = stored;
  if (ledger.status === "INACTIVE") {
    throw new EcsError("ClientException", `Referenced container instance ${id} is INACTIVE.`);
  }
  if (!ledger.agentConnected) {
    throw new EcsError(
      "ClientException",
      `The agent of container instance ${id} is not connected.`,
    );
  }
  if (instance.versionInfo.agentVersion === undefined) {
    throw new EcsError(
      "MissingVersionException",
      `The version of the agent of container instance ${id} is not known.`,
    );
  }
  throw new EcsError(
    "NoUpdateAvailableException",
    `There is no update available for the agent of container instance ${id}, which is version ${instance.versionInfo.agentVersion}.`,
  );
};
