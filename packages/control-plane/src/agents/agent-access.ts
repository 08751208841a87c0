import { containerInstanceArn, type Scope } from "@berth/domain/arn";
import type { AgentConnection } from "@berth/domain/session";
import type { Access } from "../access/authorize.ts";
import { findRevocation } from "../access/find-revocation.ts";
import type { ControlPlane } from "../context.ts";

/** What policies call it to open a socket. Source: service authorization reference. */
const ACTION = { acs: "ecs:Poll", tcs: "ecs:StartTelemetrySession" } as const;

/** What it takes to open this socket, and to be heard on it. */
export function socketAccess(
  scope: Scope,
  {
    kind,
    cluster,
    containerInstanceId,
  }: Pick<AgentConnection, "kind" | "cluster" | "containerInstanceId">,
): Access {
  const resources = [containerInstanceArn(scope, cluster, containerInstanceId)];
  return { action: ACTION[kind], resources, cluster };
}

/**
 * A socket outlives the look at its handshake, and the handshake is checked against what is remembered
 * of its key: who holds one that was revoked since, is over, or has a policy now that would not let him
 * in, is not let in here.
 */
export async function isStillLetIn(
  controlPlane: ControlPlane,
  connection: Omit<AgentConnection, "connectionId" | "connectedAt">,
): Promise<boolean> {
  const { accessKeyId: id } = connection;
  if (id === undefined) return true;
  const access = socketAccess(controlPlane.scope, connection);
  return (await findRevocation(controlPlane, { kind: "accessKey", id }, access)) === undefined;
}
