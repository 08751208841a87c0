import { EcsError } from "@berth/domain/errors";
import type { PageRequest } from "@berth/store/store";

interface PagedRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

interface PageLimits {
  /** How many a caller gets who says nothing. */
  readonly default: number;
  readonly max: number;
}

/** What most lists keep to. Source: ECS API reference, `maxResults` of each List operation. */
const UP_TO_100: PageLimits = { default: 100, max: 100 };

/** @throws EcsError InvalidParameterException */
export function pageRequest(request: PagedRequest, limits: PageLimits = UP_TO_100): PageRequest {
  const limit = request.maxResults ?? limits.default;
  if (limit < 1 || limit > limits.max) {
    throw invalid(`maxResults must be between 1 and ${limits.max}.`);
  }
  if (request.nextToken === undefined) return { limit };
  return { limit, startAfter: decodeToken(request.nextToken) };
}

/** The member of a response that says where the next page begins; empty on the last one. */
export function nextToken(next: string | undefined): { readonly nextToken?: string } {
  return next === undefined ? {} : { nextToken: encodeToken(next) };
}

/** No page ends at a longer position: lists are by names and ids. */
const MAX_POSITION_BYTES = 768;

/** Opaque to callers: where a page begins. */
export const encodeToken = (position: string): string =>
  Buffer.from(JSON.stringify([position])).toString("base64url");

/**
 * @param member what the caller gave it as
 * @throws EcsError InvalidParameterException
 */
export function decodeToken(token: string, member = "nextToken"): string {
  const position = parseToken(Buffer.from(token, "base64url").toString());
  // Base64 readers skip what they do not know: only what we would write ourselves is ours.
  const isOurs =
    position !== undefined &&
    encodeToken(position) === token &&
    Buffer.byteLength(position) <= MAX_POSITION_BYTES;
  if (!isOurs) throw invalid(`Invalid ${member}.`);
  return position;
}

function parseToken(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && typeof value[0] === "string" ? value[0] : undefined;
  } catch {
    return undefined;
  }
}

const invalid = (message: string) => new EcsError("InvalidParameterException", message);
