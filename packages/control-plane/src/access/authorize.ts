import { clusterArn } from "@berth/domain/arn";
import { evaluate } from "@berth/domain/access/evaluate";
import { statementsOf } from "@berth/domain/access/permissions";
import { EcsError } from "@berth/domain/errors";
import type { CommandContext } from "../context.ts";
import { accessDenied } from "./access-denied.ts";

/** What is to be done, in the words of policies. */
export interface Access {
  /** Such as `ecs:RunTask`, or `berth:CreateAccessKey` for what ECS does not have. */
  readonly action: string;
  /** ARNs of all that it is done to; empty where policies can only name it by `*`. */
  readonly resources: readonly string[];
  /** Name of the cluster that it is done in. */
  readonly cluster?: string;
}

/**
 * As many as any operation takes. A body has room for half a million, each to be held against every
 * statement, before the operation itself would have counted them.
 */
const MAX_RESOURCES = 100;

/** Who asks, and what his policy is. */
export type Asker = Pick<CommandContext, "permissions" | "principalArn" | "scope">;

/**
 * Lets pass what the caller's policy allows on every one of the resources.
 *
 * @throws EcsError AccessDeniedException, InvalidParameterException
 */
export function checkAccess(asker: Asker, access: Access): void {
  const refusal = findRefusal(asker, access);
  if (refusal) throw refusal;
}

/** What `checkAccess` would throw. */
export function findRefusal(
  { permissions, principalArn, scope }: Asker,
  { action, resources, cluster }: Access,
): EcsError | undefined {
  if (resources.length > MAX_RESOURCES) {
    return new EcsError(
      "InvalidParameterException",
      `A request can name at most ${MAX_RESOURCES} resources.`,
    );
  }
  const statements = statementsOf(permissions);
  for (const resource of resources.length > 0 ? resources : ["*"]) {
    const within = cluster ?? clusterIn(resource);
    const decision = evaluate(statements, {
      action,
      resource,
      ...(within !== undefined && { clusterArn: clusterArn(scope, within) }),
    });
    if (decision !== "allowed") return accessDenied({ principalArn, action, resource }, decision);
  }
  return undefined;
}

/** One request may name several such, of different clusters. */
const clusterIn = (resource: string): string | undefined =>
  /:service-(?:deployment|revision)\/([^/]+)\//.exec(resource)?.[1];
