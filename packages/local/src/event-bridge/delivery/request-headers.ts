import { validateHeaderName, validateHeaderValue } from "node:http";

/** What belongs to the connection, not to who writes a rule. */
const RESERVED: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "max-forwards",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
]);

/** Why a call cannot have this header, or undefined. Never says the value, which may be a secret. */
export function whyHeaderIsRefused(name: string, value: string): string | undefined {
  if (RESERVED.has(name.toLowerCase())) return `The header ${name} cannot be set.`;
  try {
    validateHeaderName(name);
  } catch {
    return `${name} is no name for a header.`;
  }
  try {
    validateHeaderValue(name, value);
    return undefined;
  } catch {
    return `The header ${name} has a value that no header can have.`;
  }
}
