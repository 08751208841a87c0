import { JOIN_PATH, joinAnswer } from "@berth/contracts/rest/join";
import type { Credentials } from "../config.ts";
import type { Log } from "../log.ts";
import { type IdentityQuestion, signedIdentityUrl } from "./ec2-identity.ts";

export interface JoinParts extends Omit<IdentityQuestion, "installation"> {
  /** Of the control plane. */
  readonly endpoint: string;
  readonly log: Log;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Credentials that the SDK asks for again as their `expiration` comes near. */
export type JoinedCredentials = () => Promise<Credentials & { readonly expiration: Date }>;

interface JoinedKey extends Credentials {
  /** Epoch ms, both. */
  readonly validUntil: number;
  readonly renewAt: number;
}

/** How soon after a renewal that failed the next one is tried, in ms. */
const RETRY_MS = 60_000;
const TIMEOUT_MS = 30_000;
const MAX_ANSWER_TEXT = 300;

/**
 * The agent's key for the control plane, which it gets for its EC2 identity and renews at half of
 * its time. One that cannot be renewed is used to its end.
 */
export function joinedCredentials(parts: JoinParts): JoinedCredentials {
  let key: JoinedKey | undefined;
  return async () => {
    if (!key || parts.now() >= key.renewAt) key = await renewed(parts, key);
    const { accessKeyId, secretAccessKey, renewAt } = key;
    return { accessKeyId, secretAccessKey, expiration: new Date(renewAt) };
  };
}

async function renewed(parts: JoinParts, key: JoinedKey | undefined): Promise<JoinedKey> {
  try {
    return await join(parts);
  } catch (error) {
    if (!key || key.validUntil <= parts.now()) throw error;
    parts.log.warn("key-not-renewed", { error, waitMs: RETRY_MS });
    return { ...key, renewAt: Math.min(key.validUntil, parts.now() + RETRY_MS) };
  }
}

async function join(parts: JoinParts): Promise<JoinedKey> {
  const { endpoint, log, now } = parts;
  const url = await signedIdentityUrl({ ...parts, installation: new URL(endpoint).host });
  const response = await fetch(`${endpoint.replace(/\/$/, "")}${JOIN_PATH}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ url }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw refusal(response.status, text);
  const { accessKeyId, secretAccessKey, expiresAt } = joinAnswer.parse(JSON.parse(text));
  const validUntil = Date.parse(expiresAt);
  log.info("joined", { key: accessKeyId, expiresAt });
  return { accessKeyId, secretAccessKey, validUntil, renewAt: (now() + validUntil) / 2 };
}

/** Named as the ECS API names it, so that registration knows what to repeat. */
function refusal(status: number, text: string): Error {
  const { title, detail } = parseProblem(text);
  const error = new Error(`joining was refused: ${detail ?? text.slice(0, MAX_ANSWER_TEXT)}`);
  error.name = title ?? (status === 429 ? "ThrottlingException" : gatewayFault(status));
  return error;
}

const gatewayFault = (status: number): string =>
  status >= 500 ? "ServerException" : `Http${status}`;

/** RFC 9457, where it is the control plane that answered, and not a gateway before it. */
function parseProblem(text: string): { readonly title?: string; readonly detail?: string } {
  try {
    const { title, detail } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return {
      ...(typeof title === "string" && { title }),
      ...(typeof detail === "string" && { detail }),
    };
  } catch {
    return {};
  }
}
