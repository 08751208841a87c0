import type { PolicyStatement } from "./policy-statement.ts";

/** An access key that Berth has issued. All times are epoch ms. */
export interface AccessKey {
  /** Twenty characters: `AKIA…` lasts, `ASIA…` is temporary. */
  readonly id: string;
  /** Whose it is: a name, which several keys may have. */
  readonly principal: string;
  readonly grant: Grant;
  /** As in IAM. */
  readonly status: "Active" | "Inactive";
  readonly createdAt: number;
  /** ARN. */
  readonly createdBy: string;
  /** Absent: until it is deleted. */
  readonly validUntil?: number;
  /** The secret, encrypted for this id. Base64. */
  readonly sealedSecret: string;
}

/** What a key was made for. */
export type Grant =
  | { readonly kind: "administrator" }
  /** An IAM policy document: JSON. */
  | { readonly kind: "policy"; readonly document: string }
  | AgentGrant;

/** For the agents' own calls, about container instances that the same principal has registered. */
export interface AgentGrant {
  readonly kind: "agent";
  /** The machine that the key was issued to, where it has shown its EC2 identity. */
  readonly ec2InstanceId?: string;
}

/** What a caller may do: a grant whose policy is read. */
export type Permissions =
  | { readonly kind: "administrator" }
  | { readonly kind: "policy"; readonly statements: readonly PolicyStatement[] }
  | AgentGrant;

export const ADMINISTRATOR: Permissions = { kind: "administrator" };

/** Whether requests may be signed with it now. */
export const isUsable = (
  { status, validUntil }: Pick<AccessKey, "status" | "validUntil">,
  now: number,
): boolean => status === "Active" && (validUntil === undefined || validUntil > now);

/** Of a role's session, whose principal has slashes as no other has. */
const SESSION = "assumed-role/";

/** As IAM names a user, or STS a role's session: what `createdBy` and refusals show. */
export const principalArn = (account: string, principal: string): string =>
  principal.startsWith(SESSION)
    ? `arn:aws:sts::${account}:${principal}`
    : `arn:aws:iam::${account}:user/${principal}`;
