import type {
  ApiTokenDescription,
  ApiTokenPage,
  CreateApiTokenBody,
  CreatedApiToken,
} from "@berth/contracts/rest/api-tokens";
import type { ApiToken } from "@berth/domain/access/api-token";
import { defined } from "@berth/domain/defined";
import { EcsError } from "@berth/domain/errors";
import type { PageRequest } from "@berth/store/store";
import type { CommandContext } from "../context.ts";
import { sha256Hex } from "../request-hash.ts";
import { checkedPolicy, futureTime } from "./access-keys.ts";

const DAY_MS = 24 * 3_600_000;
/** Where nobody says: a token is sent with every request, and lies in more places than a key. */
const DEFAULT_LIFE_MS = 90 * DAY_MS;
const MAX_LIFE_MS = 366 * DAY_MS;

const ID_DIGITS = 16;
/** 256 bits. */
const SECRET_DIGITS = 64;
const MAX_TRIES = 5;

/** What a token looks like; those who look for leaked secrets go by its beginning. */
const TOKEN = /^berth_([0-9a-f]{16})_([0-9a-f]{64})$/;

/** The two parts of a token, or undefined for what can be none. */
export function readToken(
  text: string,
): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret] = TOKEN.exec(text) ?? [];
  return id !== undefined && secret !== undefined ? { id, secret } : undefined;
}

/**
 * Issues a token. This answer is the only one that holds it.
 *
 * @throws EcsError InvalidParameterException
 */
export async function createApiToken(
  context: CommandContext,
  body: CreateApiTokenBody,
): Promise<CreatedApiToken> {
  const members = {
    principal: body.principal,
    grant: grantOf(body),
    createdAt: context.now(),
    createdBy: context.principalArn,
    validUntil: endOf(context, body.expiresAt),
  };
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const id = context.randomHex(ID_DIGITS);
    const secret = context.randomHex(SECRET_DIGITS);
    const token: ApiToken = { id, ...members, secretHash: sha256Hex(secret) };
    if ((await context.store.apiTokens.create(token)) === "ok") {
      return { ...describe(token), token: `berth_${id}_${secret}` };
    }
  }
  throw new Error("No token id is free: is the random source broken?");
}

/** Those that are good, and those that were until a day ago. */
export async function listApiTokens(
  { store }: CommandContext,
  page: PageRequest,
): Promise<ApiTokenPage> {
  const { items, next } = await store.apiTokens.page(page);
  return { tokens: items.map(describe), ...defined({ next }) };
}

/** @throws EcsError ResourceNotFoundException */
export async function getApiToken(
  { store }: CommandContext,
  id: string,
): Promise<ApiTokenDescription> {
  const token = await store.apiTokens.find(id);
  if (!token) throw notFound(id);
  return describe(token);
}

/**
 * Revokes a token for good. Processes that know it hear of it within a minute.
 *
 * @throws EcsError ResourceNotFoundException
 */
export async function deleteApiToken({ store }: CommandContext, id: string): Promise<void> {
  const token = await store.apiTokens.find(id);
  // Tokens never change: whoever came between has deleted it.
  if (!token || (await store.apiTokens.delete(token)) === "conflict") throw notFound(id);
}

function grantOf(body: CreateApiTokenBody): ApiToken["grant"] {
  return body.kind === "policy"
    ? { kind: "policy", document: checkedPolicy(body.policy) }
    : { kind: body.kind };
}

function endOf(context: CommandContext, expiresAt: string | undefined): number {
  const end = futureTime(context, expiresAt) ?? context.now() + DEFAULT_LIFE_MS;
  if (end <= context.now() + MAX_LIFE_MS) return end;
  throw new EcsError("InvalidParameterException", "expiresAt: must be within 366 days.");
}

function describe({
  id,
  principal,
  grant,
  createdAt,
  createdBy,
  validUntil,
}: ApiToken): ApiTokenDescription {
  return {
    tokenId: id,
    principal,
    kind: grant.kind,
    ...(grant.kind === "policy" && { policy: JSON.parse(grant.document) as unknown }),
    createdAt: new Date(createdAt).toISOString(),
    createdBy,
    expiresAt: new Date(validUntil).toISOString(),
  };
}

const notFound = (id: string) =>
  new EcsError("ResourceNotFoundException", `There is no token ${id}.`);
