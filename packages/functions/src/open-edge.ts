import { createCallerIdentities } from "@berth/aws/caller-identity";
import type { createKmsClient } from "@berth/aws/clients";
import { createKmsOpener } from "@berth/aws/kms-opener";
import { createKmsSealer } from "@berth/aws/kms-sealer";
import { createCheckToken } from "@berth/control-plane/access/check-token";
import { createFindAccessKey } from "@berth/control-plane/access/find-access-key";
import type { Credential } from "@berth/control-plane/access/find-access-key";
import type { JoinRules } from "@berth/control-plane/access/join-instance";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import type { ApiEdge, Edge, OpenEdge, ServiceEdge } from "./handlers.ts";
import type { EnvironmentAccessKey } from "./open-environment.ts";

/** Who encrypts the secrets of issued keys. */
export interface KeyKeeper {
  readonly kms: ReturnType<typeof createKmsClient>;
  readonly kmsKeyId: string;
}

/** For the functions that strangers can call: with the keys that the installation was set up with. */
export function createOpenEdge(
  edge: Edge,
  { kms, kmsKeyId }: KeyKeeper,
  administrators: readonly EnvironmentAccessKey[],
): OpenEdge {
  const findAccessKey = createFindAccessKey({
    ...edge.controlPlane,
    opener: createKmsOpener(kms, kmsKeyId),
    builtIn: new Map(administrators.map((key) => [key.accessKeyId, credentialOf(key)])),
  });
  return { ...edge, findAccessKey };
}

/** For the one that issues keys. Apart from the other, whose function must not be able to encrypt. */
export function createApiEdge(
  edge: OpenEdge & ServiceEdge,
  { kms, kmsKeyId }: KeyKeeper,
  rules: JoinRules,
): ApiEdge {
  const sealer = createKmsSealer(kms, kmsKeyId);
  const checkToken = createCheckToken(edge.controlPlane);
  return { ...edge, checkToken, sealer, identities: createCallerIdentities(), rules };
}

const credentialOf = ({ secretAccessKey, principalArn }: EnvironmentAccessKey): Credential => ({
  secretAccessKey,
  principalArn,
  permissions: ADMINISTRATOR,
  isIssued: false,
});
