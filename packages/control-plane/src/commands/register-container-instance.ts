import type { ContainerInstance, InstanceLedger } from "@berth/domain/container-instance";
import { assert, EcsError } from "@berth/domain/errors";
import type { Tag } from "@berth/domain/tag";
import type { StoredInstance } from "@berth/store/store";
import { checkSpeaksFor } from "../access/ownership.ts";
import type { CommandContext } from "../context.ts";
import { sha256Hex } from "../request-hash.ts";
import { mergeAttributes } from "./attributes.ts";
import type { Command } from "./command.ts";
import { describeInstances } from "./describe-instances.ts";
import { activeCluster } from "./find-cluster.ts";
import { containerInstanceId } from "./identifiers.ts";
import { instanceNotFound } from "./instance-ids.ts";
import {
  isCapability,
  readReport,
  withinLength,
  withZone,
  type InstanceReport,
} from "./instance-registration.ts";
import { validTags } from "./tags.ts";
import { wakePlacement } from "./wake-instance.ts";

/** Each lost race means that somebody else's registration of this instance was written. */
const MAX_TRIES = 20;

/**
 * Takes an instance into a cluster. An agent that has registered before sends its ARN: it keeps its
 * id, and may bring other attributes and versions, but no other resources. A repeated call with the
 * same `clientToken` finds the instance that the first one made. An agent's key registers for its own
 * principal, and so does whoever speaks for the instance from then on.
 *
 * @throws EcsError AccessDeniedException, ClientException, ClusterNotFoundException, InvalidParameterException
 */
export const registerContainerInstance: Command<"RegisterContainerInstance"> = async (
  context,
  request,
) => {
  const found = await activeCluster(context, request.cluster);
  const cluster = found.name;
  const report = identified(context, readReport(request));
  const tags = validTags(request.tags);
  const stored = request.containerInstanceArn
    ? await registerAgain(context, {
        cluster,
        id: containerInstanceId(context.scope, cluster, request.containerInstanceArn),
        report,
      })
    : await registerFirst(context, { cluster, report, tags, clientToken: request.clientToken });
  await wakePlacement(context, cluster);
  const [containerInstance] = await describeInstances(context, found, [stored], ["TAGS"]);
  return { containerInstance };
};

const ACTION = "ecs:RegisterContainerInstance";

/** A machine that has shown who it is stands for itself, and for no other. */
function identified(context: CommandContext, report: InstanceReport): InstanceReport {
  const { permissions } = context;
  if (permissions.kind !== "agent" || permissions.ec2InstanceId === undefined) return report;
  const { ec2InstanceId } = permissions;
  if ((report.ec2InstanceId ?? ec2InstanceId) === ec2InstanceId)
    return { ...report, ec2InstanceId };
  throw new EcsError(
    "AccessDeniedException",
    `The identity document is of ${report.ec2InstanceId}, and the access key of ${ec2InstanceId}.`,
  );
}

interface First {
  readonly cluster: string;
  readonly report: InstanceReport;
  readonly tags: readonly Tag[];
  readonly clientToken: string | undefined;
}

async function registerFirst(
  context: CommandContext,
  { cluster, report, tags, clientToken }: First,
): Promise<StoredInstance> {
  const instance: ContainerInstance = {
    ...report,
    cluster,
    id: await newId(context, cluster, clientToken),
    attributes: withZone(report.attributes, context.scope.region),
    tags,
    registeredAt: context.now(),
    registeredBy: context.principalArn,
  };
  const ledger: InstanceLedger = {
    cluster,
    id: instance.id,
    status: "ACTIVE",
    agentConnected: false,
    agentAwaySince: instance.registeredAt,
    reservations: {},
    descriptionVersion: 1,
  };
  // A conflict is the same call come again: its instance is there already.
  await context.store.instances.create(instance, ledger);
  const created = await context.store.instances.find(cluster, instance.id);
  assert(created, "an instance that was created or in the way can be read");
  // A token that somebody else has chosen before is no way into his instance.
  checkSpeaksFor(context, created.instance, ACTION);
  return created;
}

/** A repeated call with the same token comes to the same id. */
const newId = (context: CommandContext, cluster: string, clientToken: string | undefined) =>
  context.store.instances.newId(
    cluster,
    context.randomHex(30),
    clientToken === undefined ? undefined : sha256Hex(clientToken),
  );

interface Again {
  readonly cluster: string;
  readonly id: string;
  readonly report: InstanceReport;
}

async function registerAgain(
  context: CommandContext,
  { cluster, id, report }: Again,
): Promise<StoredInstance> {
  const { instances } = context.store;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const stored = await instances.find(cluster, id);
    if (!stored) throw instanceNotFound(id);
    checkSpeaksFor(context, stored.instance, ACTION);
    if (stored.ledger.status === "INACTIVE") {
      throw new EcsError("ClientException", `Referenced container instance ${id} is INACTIVE.`);
    }
    checkSameResources(stored.instance, report);
    const updated = { ...stored.instance, ...renewed(stored.instance, report) };
    if ((await instances.replaceDescription(updated)) === "ok") {
      return { instance: updated, ledger: stored.ledger };
    }
  }
  throw new Error("A container instance could not be written: too many writers");
}

/** Agents send custom attributes at their first registration only, and often no versions. */
function renewed(instance: ContainerInstance, report: InstanceReport): InstanceReport {
  const lasting = instance.attributes.filter((attribute) => !isCapability(attribute));
  return withinLength({
    ...report,
    attributes: mergeAttributes(lasting, report.attributes),
    versionInfo: { ...instance.versionInfo, ...report.versionInfo },
  });
}

function checkSameResources(known: ContainerInstance, report: InstanceReport): void {
  if (resourceText(known) === resourceText(report)) return;
  throw new EcsError(
    "ClientException",
    `Container instance type changes are not supported. Container instance ${known.id} was previously registered with ${resourceText(known)}.`,
  );
}

/** In one order, whatever order they were reported in. */
function resourceText({ registered, gpuIds = [] }: InstanceReport): string {
  const { GPU: _, ...own } = registered.countable ?? {};
  return [
    `CPU ${registered.cpuUnits}`,
    `MEMORY ${registered.memoryMiB}`,
    `PORTS [${inOrder(registered.usedTcpPorts)}]`,
    `PORTS_UDP [${inOrder(registered.usedUdpPorts)}]`,
    ...(gpuIds.length > 0 ? [`GPU [${gpuIds.toSorted().join(",")}]`] : []),
    ...Object.entries(own)
      .map(([name, units]) => `${name} ${units}`)
      .toSorted(),
  ].join(", ");
}

const inOrder = (ports: readonly number[]): string => ports.toSorted((a, b) => a - b).join(",");
