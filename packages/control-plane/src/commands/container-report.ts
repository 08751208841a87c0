import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { defined } from "@berth/domain/defined";
import type { NetworkBinding } from "@berth/domain/task";
import type { ContainerReport } from "@berth/planner/lifecycle/task-lifecycle";

type GivenContainer = NonNullable<EcsRequest<"SubmitTaskStateChange">["containers"]>[number];

/** The three states that agents report; other words, and none, say nothing of the state. */
export function reportedStatus(text: string | undefined): ContainerReport["status"] | undefined {
  return text === "PENDING" || text === "RUNNING" || text === "STOPPED" ? text : undefined;
}

/** Longer than any that engines make. A task with all that is reported of it is one item of the table. */
const MAX_TEXT_LENGTH = 255;
/** Of a hundred ports, each bound to an address of either kind. */
const MAX_BINDINGS = 200;

const cut = (text: string | undefined) => text?.slice(0, MAX_TEXT_LENGTH);

/** `undefined` for what names no container or state. What is too long is cut, not refused. */
export function containerReport(given: GivenContainer): ContainerReport | undefined {
  const { containerName, networkBindings, reason, runtimeId, exitCode, imageDigest } = given;
  const status = reportedStatus(given.status);
  if (!containerName || !status) return undefined;
  return {
    containerName,
    status,
    ...defined({
      runtimeId: cut(runtimeId),
      exitCode,
      imageDigest: cut(imageDigest),
      reason: reason || undefined,
      networkBindings: networkBindings?.slice(0, MAX_BINDINGS).map(networkBinding),
    }),
  };
}

const networkBinding = ({
  bindIP,
  containerPort,
  hostPort,
  protocol,
  containerPortRange,
  hostPortRange,
}: NonNullable<GivenContainer["networkBindings"]>[number]): NetworkBinding =>
  defined({
    bindIP: cut(bindIP),
    containerPort,
    hostPort,
    protocol,
    containerPortRange: cut(containerPortRange),
    hostPortRange: cut(hostPortRange),
  });
