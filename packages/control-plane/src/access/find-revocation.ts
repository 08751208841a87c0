import { isUsable, principalArn, type Grant } from "@berth/domain/access/access-key";
import type { IssuedCredential } from "@berth/domain/access/issued-credential";
import { permissionsOf } from "@berth/domain/access/permissions";
import type { ControlPlane } from "../context.ts";
import { type Access, findRefusal } from "./authorize.ts";

/** As it is kept now. */
interface Kept {
  readonly principal: string;
  readonly grant: Grant;
  readonly isUsable: boolean;
}

/**
 * Why what was allowed to the holder of a credential is not any more, in words; undefined where it still
 * is. Costs a reading: nothing is remembered.
 */
export async function findRevocation(
  controlPlane: Pick<ControlPlane, "now" | "scope" | "store">,
  credential: IssuedCredential,
  access: Access,
): Promise<string | undefined> {
  const kept = await READ[credential.kind](controlPlane, credential.id);
  if (!kept?.isUsable) {
    const state = kept ? "is inactive or expired" : "does not exist any more";
    return `The ${NAME[credential.kind]} ${credential.id} ${state}.`;
  }
  const { scope } = controlPlane;
  const holder = {
    permissions: permissionsOf(kept.grant),
    principalArn: principalArn(scope.account, kept.principal),
    scope,
  };
  return findRefusal(holder, access)?.message;
}

const NAME: Readonly<Record<IssuedCredential["kind"], string>> = {
  accessKey: "access key",
  apiToken: "token",
};

type Read = (
  controlPlane: Pick<ControlPlane, "now" | "store">,
  id: string,
) => Promise<Kept | undefined>;

const READ: Readonly<Record<IssuedCredential["kind"], Read>> = {
  accessKey: async ({ store, now }, id) => {
    const accessKey = await store.accessKeys.find(id);
    return accessKey && { ...accessKey, isUsable: isUsable(accessKey, now()) };
  },
  apiToken: async ({ store, now }, id) => {
    const token = await store.apiTokens.find(id);
    return token && { ...token, isUsable: token.validUntil > now() };
  },
};
