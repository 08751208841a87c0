import { createHash } from "node:crypto";

export const sha256Hex = (text: string): string => createHash("sha256").update(text).digest("hex");

/** 128 bits: no two requests of one token ever share them, and items stay small. */
const HASH_LENGTH = 32;

/**
 * Equal for requests that ask for the same, in whatever order their members came: tells a repeated
 * call from another one under the same token.
 */
export const requestHash = (request: object): string =>
  sha256Hex(stableJson(request)).slice(0, HASH_LENGTH);

function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isPlainObject(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
