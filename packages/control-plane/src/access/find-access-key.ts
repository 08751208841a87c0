import type { AccessKey, Permissions } from "@berth/domain/access/access-key";
import { principalArn } from "@berth/domain/access/access-key";
import { permissionsOf } from "@berth/domain/access/permissions";
import { defined } from "@berth/domain/defined";
import type { ControlPlane } from "../context.ts";
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

/** A revocation takes so long to be heard of. docs/guides/access-keys.md says so. */
const FOUND_KEPT_MS = 60_000;
/** What is not there may be created any moment; until then nobody makes us read for it. */
const ABSENT_KEPT_MS = 5_000;
const MAX_KEPT = 2_000;

/** Nothing else is worth a reading: whoever makes up names causes none. */
const ISSUED_ID = /^A[KS]IA[A-Z2-7]{16}$/;

interface Kept {
  readonly credential: Promise<Credential | undefined>;
  /** Epoch ms. */
  until: number;
  /** There was no such key, or none that is good. */
  isAbsent: boolean;
}

/**
 * Finds the keys that requests are signed with. What was read is remembered in the process for a
 * while, so a request costs neither a reading nor a decryption.
 */
export function createFindAccessKey(parts: AccessKeyParts): FindAccessKey {
  const kept = new Map<string, Kept>();
  return async (id) => {
    const builtIn = parts.builtIn.get(id);
    if (builtIn || !ISSUED_ID.test(id)) return builtIn;
    const known = kept.get(id);
    if (known && known.until > parts.now()) return known.credential;
    return remember(kept, id, parts);
  };
}

async function remember(
  kept: Map<string, Kept>,
  id: string,
  parts: AccessKeyParts,
): Promise<Credential | undefined> {
  const until = parts.now() + FOUND_KEPT_MS;
  const entry: Kept = { credential: load(parts, id), until, isAbsent: false };
  if (kept.size >= MAX_KEPT) makeRoom(kept);
  kept.set(id, entry);
  try {
    const credential = await entry.credential;
    entry.isAbsent = credential === undefined;
    if (entry.isAbsent) entry.until = parts.now() + ABSENT_KEPT_MS;
    return credential;
  } catch (error) {
    kept.delete(id);
    throw error;
  }
}

/** Who makes up ids pushes out made-up ids: keys that were decrypted stay as long as there is room. */
function makeRoom(kept: Map<string, Kept>): void {
  for (const [id, { isAbsent }] of kept) if (isAbsent) kept.delete(id);
  if (kept.size >= MAX_KEPT) kept.clear();
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
