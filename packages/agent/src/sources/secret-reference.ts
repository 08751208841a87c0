import { defined } from "@berth/domain/defined";

/** A secret of Secrets Manager, or one member of it. */
export interface SecretReference {
  /** ARN or name. */
  readonly secretId: string;
  readonly jsonKey?: string;
  readonly versionStage?: string;
  readonly versionId?: string;
}

/** What the ARN of a secret itself is made of; more parts say which value of it. */
const ARN_PARTS = 7;

/**
 * Reads `ARN:json-key:version-stage:version-id`, each of the last three may be empty or missing.
 * Source: ECS developer guide, "Pass Secrets Manager secrets".
 */
export function parseSecretReference(valueFrom: string): SecretReference {
  const parts = valueFrom.split(":");
  if (parts[0] !== "arn") return { secretId: valueFrom };
  const [jsonKey, versionStage, versionId] = parts
    .slice(ARN_PARTS)
    .map((part) => part || undefined);
  return {
    secretId: parts.slice(0, ARN_PARTS).join(":"),
    ...defined({ jsonKey, versionStage, versionId }),
  };
}
