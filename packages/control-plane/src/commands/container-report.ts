import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { defined } from "@berth/domain/defined";
import type { NetworkBinding } from "@berth/domain/task";
import type { ContainerReport } from "@berth/planner/lifecycle/task-lifecycle";

type GivenContainer = NonNullable<EcsRequest<"SubmitTaskStateChange">["containers"]>[number];

/** The three states that agents report; other words, and none, say nothing of the state. */
export function reportedStatus(text: string | undefined): ContainerReport["status"] | undefined {
  return text === "PENDING" || text === "RUNNING" || text === "STOPPED" ? text : undefined;
}

/** `undefined` for what names no container or state. */
export function containerReport(given: GivenContainer): ContainerReport | undefined {
  const { containerName, networkBindings, reason, runtimeId, exitCode, imageDigest } = given;
  const status = reportedStatus(given.status);
  if (!containerName || !status) return undefined;
  return {
    containerName,
    status,
    ...defined({
      runtimeId,
      exitCode,
      imageDigest,
      reason: reason || undefined,
      networkBindings: networkBindings?.map(networkBinding),
    }),
  };
}

const networkBinding = ({
  bindIP,
  containerPort,
  hostPort,
  protocol,
}: NonNullable<GivenContainer["networkBindings"]>[number]): NetworkBinding =>
  defined({ bindIP, containerPort, hostPort, protocol });
