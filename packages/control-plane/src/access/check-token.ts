import { timingSafeEqual } from "node:crypto";
import { principalArn } from "@berth/domain/access/access-key";
import { permissionsOf } from "@berth/domain/access/permissions";
import { EcsError } from "@berth/domain/errors";
import type { CommandContext, ControlPlane } from "../context.ts";
import { sha256Hex } from "../request-hash.ts";
import { readToken } from "./api-tokens.ts";
import { CredentialMemory } from "./credential-memory.ts";

/** Who shows a token that is good. */
export type TokenHolder = Pick<CommandContext, "permissions" | "principalArn" | "credential">;

/**
 * Says whose a bearer token is.
 *
 * @throws EcsError UnrecognizedClientException, ExpiredTokenException
 */
export type CheckToken = (text: string) => Promise<TokenHolder>;

interface Known extends TokenHolder {
  readonly secretHash: string;
  readonly validUntil: number;
}

/** Nothing has this hash, so that unknown tokens take as long to refuse as known ones. */
const NOBODYS_HASH = "0".repeat(64);

/** Tokens are remembered in the process for as long as access keys are. */
export function createCheckToken(parts: Pick<ControlPlane, "now" | "scope" | "store">): CheckToken {
  const memory = new CredentialMemory(
    () => parts.now(),
    (id) => load(parts, id),
  );
  return async (text) => {
    const given = readToken(text);
    const known = given && (await memory.find(given.id));
    const isRight = isHashOf(given?.secret ?? "", known?.secretHash ?? NOBODYS_HASH);
    if (!known || !isRight) throw refusal("UnrecognizedClientException", "is invalid");
    const { secretHash: _, validUntil, ...holder } = known;
    if (validUntil <= parts.now()) throw refusal("ExpiredTokenException", "is expired");
    return holder;
  };
}

async function load(
  { scope, store }: Parameters<typeof createCheckToken>[0],
  id: string,
): Promise<Known | undefined> {
  const token = await store.apiTokens.find(id);
  if (!token) return undefined;
  const { principal, grant, secretHash, validUntil } = token;
  return {
    principalArn: principalArn(scope.account, principal),
    permissions: permissionsOf(grant),
    credential: { kind: "apiToken", id },
    secretHash,
    validUntil,
  };
}

const isHashOf = (secret: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(sha256Hex(secret), "hex"), Buffer.from(hash, "hex"));

const refusal = (code: "UnrecognizedClientException" | "ExpiredTokenException", what: string) =>
  new EcsError(code, `The bearer token of the request ${what}.`);
