import { readPolicyDocument } from "@berth/domain/access/policy-document";
import { roleName } from "@berth/domain/role-arn";
import type { AssumedRole, ControlPlane, TemporaryKeys } from "../context.ts";
import { accessKeyIdOf, ID_HEX_DIGITS, newSecret } from "./new-secret.ts";
import type { SecretSealer } from "./secret-box.ts";

export interface RoleIssuer {
  readonly controlPlane: Pick<ControlPlane, "now" | "randomHex"> & {
    readonly store: Pick<ControlPlane["store"], "accessKeys">;
  };
  readonly sealer: SecretSealer;
  /** ARN of who issues. */
  readonly issuedBy: string;
  /** What the role of that name may do: a policy document. Undefined: nobody has said. */
  readonly policyOf: (name: string) => Promise<object | undefined>;
}

/** Of the token's secret part. The key is found by its id: the token is there because clients want one. */
const TOKEN_HEX_DIGITS = 64;

/** The role is there for all definitions that name it, and may do nothing. */
const NOTHING = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", NotAction: "*", Resource: "*" }],
};

/**
 * Gives out keys for Berth's own API in the name of a role, where there is no IAM to ask: access keys
 * with the role's policy as it is now, for a time.
 *
 * @throws Error where its policy cannot be read
 */
export async function issueRoleKeys(
  { controlPlane, sealer, issuedBy, policyOf }: RoleIssuer,
  { roleArn, sessionName, durationMs }: AssumedRole,
): Promise<TemporaryKeys> {
  const name = roleName(roleArn);
  const policy = (await policyOf(name)) ?? NOTHING;
  const reading = readPolicyDocument(policy);
  if (reading.kind === "malformed") throw new Error(reading.faults.join("; "));
  const id = accessKeyIdOf("ASIA", controlPlane.randomHex(ID_HEX_DIGITS));
  const { secretAccessKey, sealedSecret } = await newSecret(controlPlane, sealer, id);
  const createdAt = controlPlane.now();
  const expiresAt = createdAt + durationMs;
  const outcome = await controlPlane.store.accessKeys.create({
    id,
    principal: `assumed-role/${name}/${sessionName}`,
    grant: { kind: "policy", document: JSON.stringify(policy) },
    status: "Active",
    createdAt,
    createdBy: issuedBy,
    validUntil: expiresAt,
    sealedSecret,
  });
  if (outcome === "conflict")
    throw new Error("No access key id is free: is the random source broken?");
  const sessionToken = controlPlane.randomHex(TOKEN_HEX_DIGITS);
  return { accessKeyId: id, secretAccessKey, sessionToken, expiresAt };
}
