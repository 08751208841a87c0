import { containerInstanceArn } from "@berth/domain/arn";
import type { ContainerInstance, InstanceLedger } from "@berth/domain/container-instance";
import { EcsError } from "@berth/domain/errors";
import type { Stored, StoredInstance } from "@berth/store/store";
import { checkSpeaksFor, notItsOwn } from "../access/ownership.ts";
import type { CommandContext } from "../context.ts";
import { persist } from "../reconcile/persist.ts";
import type { Command } from "./command.ts";
import { describeInstances } from "./describe-instances.ts";
import { activeCluster } from "./find-cluster.ts";
import { instanceIds } from "./instance-ids.ts";
import { wakeInstance, wakePlacement } from "./wake-instance.ts";

const MAX_INSTANCES = 10;

type Target = "ACTIVE" | "DRAINING";
type Outcome = StoredInstance | { readonly failure: "MISSING" | "INACTIVE" };

/**
 * Takes instances out of service or back in. Writes their ledgers only: the controllers move the
 * tasks. An agent may drain its own, as it does before a Spot interruption, and no more.
 *
 * @throws EcsError AccessDeniedException, ClientException, ClusterNotFoundException, InvalidParameterException
 */
export const updateContainerInstancesState: Command<"UpdateContainerInstancesState"> = async (
  context,
  request,
) => {
  const status = targetOf(request.status);
  const found = await activeCluster(context, request.cluster);
  const cluster = found.name;
  const ids = instanceIds(context, cluster, {
    idsOrArns: request.containerInstances,
    max: MAX_INSTANCES,
  });
  const outcomes = await Promise.all(
    ids.map(async (id) => ({ id, outcome: await moveTo(context, { cluster, id }, status) })),
  );
  if (status === "ACTIVE") {
    await context.relay.wake({ kind: "placement", cluster, joined: true });
  } else {
    await wakePlacement(context, cluster);
  }
  const updated = outcomes.flatMap(({ outcome }) => ("failure" in outcome ? [] : outcome));
  return {
    containerInstances: await describeInstances(context, found, updated),
    failures: outcomes.flatMap(({ id, outcome }) =>
      "failure" in outcome
        ? { arn: containerInstanceArn(context.scope, cluster, id), reason: outcome.failure }
        : [],
    ),
  };
};

function targetOf(status: string | undefined): Target {
  if (status === "ACTIVE" || status === "DRAINING") return status;
  throw new EcsError(
    "InvalidParameterException",
    "Container instance status should be one of [ACTIVE, DRAINING]",
  );
}

async function moveTo(
  context: CommandContext,
  { cluster, id }: { readonly cluster: string; readonly id: string },
  status: Target,
): Promise<Outcome> {
  const { instances } = context.store;
  const stored = await instances.find(cluster, id);
  if (!stored) return { failure: "MISSING" };
  checkSpeaker(context, stored.instance, status);
  const outcome = await persist(
    () => instances.findLedger(cluster, id),
    (ledger) => {
      const moved = asAsked(context, ledger, status);
      return moved && { ...moved, due: context.now() };
    },
    (ledger) => instances.replaceLedger(ledger),
  );
  if (!outcome) return { failure: "MISSING" };
  if (outcome.item.status === "INACTIVE") return { failure: "INACTIVE" };
  if (outcome.written) await wakeInstance(context, outcome.item);
  return { instance: stored.instance, ledger: outcome.item };
}

function checkSpeaker(context: CommandContext, instance: ContainerInstance, status: Target): void {
  const action = "ecs:UpdateContainerInstancesState";
  checkSpeaksFor(context, instance, action);
  if (context.permissions.kind === "agent" && status !== "DRAINING") {
    throw notItsOwn(context, instance, action);
  }
}

/** What a user asks for outlasts a stop of the machine, also where that had drained the instance. */
function asAsked(
  context: CommandContext,
  ledger: Stored<InstanceLedger>,
  status: Target,
): Stored<InstanceLedger> | undefined {
  if (ledger.status === "INACTIVE") return undefined;
  if (ledger.status === status && !ledger.host?.drained) return undefined;
  const { drain: _, ...rest } = ledger;
  const { requestId, principalArn } = context;
  return {
    ...rest,
    status,
    ...(status === "DRAINING" && { drain: { at: context.now(), requestId, principalArn } }),
    ...(ledger.host && { host: { ...ledger.host, drained: false } }),
  };
}
