import { EcsError } from "@berth/domain/errors";

export interface DeniedAccess {
  readonly principalArn: string;
  /** Such as `ecs:RunTask`. */
  readonly action: string;
  readonly resource: string;
}

/** AWS's own words, which people search for. Source: IAM user guide, "access denied error messages". */
export function accessDenied(
  { principalArn, action, resource }: DeniedAccess,
  decision: "explicitDeny" | "implicitDeny" = "implicitDeny",
): EcsError {
  const why =
    decision === "explicitDeny"
      ? "with an explicit deny in an identity-based policy"
      : `because no identity-based policy allows the ${action} action`;
  return new EcsError(
    "AccessDeniedException",
    `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
  );
}
