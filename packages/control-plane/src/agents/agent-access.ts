import { isUsable, principalArn } from "@berth/domain/access/access-key";
import { permissionsOf } from "@berth/domain/access/permissions";
import { containerInstanceArn, type Scope } from "@berth/domain/arn";
import type { AgentConnection } from "@berth/domain/session";
import { findRefusal, type Access } from "../access/authorize.ts";
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
  const { store, scope } = controlPlane;
  const { accessKeyId } = connection;
  if (accessKeyId === undefined) return true;
  const accessKey = await store.accessKeys.find(accessKeyId);
  if (!accessKey || !isUsable(accessKey, controlPlane.now())) return false;
  const holder = {
    permissions: permissionsOf(accessKey.grant),
    principalArn: principalArn(scope.account, accessKey.principal),
    scope,
  };
  return findRefusal(holder, socketAccess(scope, connection)) === undefined;
}
