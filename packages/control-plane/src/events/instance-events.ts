import { isDeepStrictEqual } from "node:util";
import type { EcsEvent } from "@berth/contracts/ecs-event";
import { clusterArn, containerInstanceArn, type Scope } from "@berth/domain/arn";
import type { ContainerInstance, InstanceLedger } from "@berth/domain/container-instance";
import type { Stored } from "@berth/store/store";
import {
  type ContainerInstanceDescription,
  presentContainerInstance,
} from "../commands/present/container-instance.ts";

export interface InstanceChange {
  /** Absent where the instance is new. */
  readonly before?: Stored<InstanceLedger> | undefined;
  readonly after: Stored<InstanceLedger>;
  readonly description: Stored<ContainerInstance>;
  /** Epoch ms: when it was written. */
  readonly at: number;
}

/**
 * One event where something changed that an event of an instance shows: its status, its agent's link
 * or version, what is left of it.
 */
export function instanceEvents(
  scope: Scope,
  { before, after, description, at }: InstanceChange,
): readonly EcsEvent[] {
  const shown = shownOf(scope, after, description);
  const isDescribedAnew = before?.descriptionVersion !== after.descriptionVersion;
  const isShownAnew = !before || !isDeepStrictEqual(shown, shownOf(scope, before, description));
  if (!isDescribedAnew && !isShownAnew) return [];
  return [
    {
      detailType: "ECS Container Instance State Change",
      resource: containerInstanceArn(scope, after.cluster, after.id),
      time: at,
      detail: { ...shown, version: after.version, updatedAt: new Date(at) },
    },
  ];
}

const NO_COUNTS = { counts: { running: 0, pending: 0 }, include: [] };

function shownOf(
  scope: Scope,
  ledger: Stored<InstanceLedger>,
  instance: Stored<ContainerInstance>,
): ContainerInstanceDescription & { readonly clusterArn: string } {
  const shown = presentContainerInstance(scope, { instance, ledger }, NO_COUNTS);
  const { registeredResources, remainingResources } = shown;
  return {
    agentConnected: shown.agentConnected,
    attributes: shown.attributes,
    clusterArn: clusterArn(scope, ledger.cluster),
    containerInstanceArn: shown.containerInstanceArn,
    ...(shown.ec2InstanceId !== undefined && { ec2InstanceId: shown.ec2InstanceId }),
    registeredResources: registeredResources?.map(withoutZeros),
    remainingResources: remainingResources?.map(withoutZeros),
    status: shown.status,
    versionInfo: shown.versionInfo,
  };
}

type Resource = NonNullable<ContainerInstanceDescription["registeredResources"]>[number];

/** The API prints a zero for each kind of value that a resource does not have; events do not. */
const withoutZeros = ({ name, type, integerValue, stringSetValue }: Resource): Resource => ({
  name,
  type,
  ...(stringSetValue ? { stringSetValue } : { integerValue }),
});
