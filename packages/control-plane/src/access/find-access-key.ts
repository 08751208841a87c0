import type { AccessKey, Permissions } from "@berth/domain/access/access-key";
import { principalArn } from "@berth/domain/access/access-key";
import { permissionsOf } from "@berth/domain/access/permissions";
import { defined } from "@berth/domain/defined";
import type { ControlPlane } from "../context.ts";
import { CredentialMemory } from "./credential-memory.ts";
import type { SecretOpener } from "./secret-box.ts";

/** An access key as a signature is checked against it. */
export interface Credential {
  readonly secretAccessKey: string;
  readonly principalArn: string;
  readonly permissions: Permissions;
  /** Epoch ms. */
  readonly validUntil?: number;
  /** Berth has issued it, and may have revoked it since. */
  readonly isIssued: boolean;
}

export type FindAccessKey = (accessKeyId: string) => Promise<Credential | undefined>;

export interface AccessKeyParts extends Pick<ControlPlane, "now" | "scope" | "store"> {
  readonly opener: SecretOpener;
  /** Keys that the installation was set up with. They are looked up first, and in no store. */
  readonly builtIn: ReadonlyMap<string, Credential>;
}

/** Nothing else is worth a reading: whoever makes up names causes none. */
const ISSUED_ID = /^A[KS]IA[A-Z2-7]{16}$/;

/** Finds the keys that requests are signed with. */
export function createFindAccessKey(parts: AccessKeyParts): FindAccessKey {
  const memory = new CredentialMemory(
    () => parts.now(),
    (id) => load(parts, id),
  );
  return async (id) => {
    const builtIn = parts.builtIn.get(id);
    return builtIn || !ISSUED_ID.test(id) ? builtIn : memory.find(id);
  };
}

async function load(parts: AccessKeyParts, id: string): Promise<Credential | undefined> {
  const accessKey = await parts.store.accessKeys.find(id);
  if (accessKey?.status !== "Active") return undefined;
  return credentialOf(accessKey, parts);
}

async function credentialOf(
  { id, principal, grant, sealedSecret, validUntil }: AccessKey,
  { opener, scope }: AccessKeyParts,
): Promise<Credential> {
  return {
    secretAccessKey: await opener.open(sealedSecret, id),
    principalArn: principalArn(scope.account, principal),
    permissions: permissionsOf(grant),
    isIssued: true,
    ...defined({ validUntil }),
  };
}
