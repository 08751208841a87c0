import { CALLER_IDENTITY_QUERY, INSTALLATION_HEADER } from "@berth/contracts/rest/join";

/** A request to STS that somebody else has signed, checked part by part and put together anew. */
export interface PresignedRequest {
  readonly url: string;
  /** 64 hex digits. */
  readonly signature: string;
}

export type PresignedReading =
  | { readonly kind: "read"; readonly request: PresignedRequest }
  | { readonly kind: "refused"; readonly why: string };

export interface PresignedRules {
  /** The one address that is asked, such as `https://sts.eu-central-1.amazonaws.com`. */
  readonly stsEndpoint: string;
  readonly region: string;
  /** Epoch ms. */
  readonly now: number;
}

/** Either way. A signature that lies around is soon worth nothing. */
const WINDOW_MS = 5 * 60_000;
const MAX_EXPIRES_SECONDS = 900;

/** By its parameter: what it must be. Of each exactly one, and no others. */
const PARAMETERS: Readonly<Record<string, (value: string, rules: PresignedRules) => boolean>> = {
  Action: (value) => value === CALLER_IDENTITY_QUERY.Action,
  Version: (value) => value === CALLER_IDENTITY_QUERY.Version,
  "X-Amz-Algorithm": (value) => value === "AWS4-HMAC-SHA256",
  "X-Amz-Credential": (value, { region }) => isScopedTo(region, value),
  "X-Amz-Date": (value, { now }) => Math.abs(parseBasicTime(value) - now) <= WINDOW_MS,
  "X-Amz-Expires": (value) => /^\d{1,3}$/.test(value) && isBetween(1, Number(value)),
  // A role's credentials always come with one.
  "X-Amz-Security-Token": (value) => value !== "",
  // The host is part of every signature; ours is what keeps it from being used elsewhere.
  "X-Amz-SignedHeaders": (value) => value === `host;${INSTALLATION_HEADER}`,
  "X-Amz-Signature": (value) => /^[0-9a-f]{64}$/.test(value),
};

/**
 * Reads a presigned GetCallerIdentity. It comes from a stranger and makes us send something, so all
 * that it may be is written down, and nothing of it is sent that was not looked at.
 */
export function readPresignedRequest(text: string, rules: PresignedRules): PresignedReading {
  const url = URL.parse(text);
  if (!url || !isPlainUrlOf(rules.stsEndpoint, url)) {
    return { kind: "refused", why: `url: must be of ${rules.stsEndpoint}/` };
  }
  const fault = parameterFault(url.searchParams, rules);
  if (fault !== undefined) return { kind: "refused", why: `url: ${fault}` };
  const query = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join("="));
  return {
    kind: "read",
    request: {
      url: `${url.origin}/?${query.join("&")}`,
      signature: url.searchParams.get("X-Amz-Signature") ?? "",
    },
  };
}

const isPlainUrlOf = (endpoint: string, url: URL): boolean =>
  url.origin === new URL(endpoint).origin &&
  url.pathname === "/" &&
  url.hash === "" &&
  url.username === "" &&
  url.password === "";

function parameterFault(given: URLSearchParams, rules: PresignedRules): string | undefined {
  const unknown = [...given.keys()].find((name) => !Object.hasOwn(PARAMETERS, name));
  if (unknown !== undefined) return `must not have the parameter ${unknown}`;
  const wrong = Object.entries(PARAMETERS).find(([name, isRight]) => {
    const [value, ...others] = given.getAll(name);
    return value === undefined || others.length > 0 || !isRight(value, rules);
  });
  return wrong && `${wrong[0]} is missing or wrong`;
}

function isScopedTo(region: string, credential: string): boolean {
  const [key = "", date = "", ...scope] = credential.split("/");
  return key !== "" && /^\d{8}$/.test(date) && scope.join("/") === `${region}/sts/aws4_request`;
}

const isBetween = (least: number, value: number): boolean =>
  value >= least && value <= MAX_EXPIRES_SECONDS;

/** Epoch ms, or NaN, which is near to nothing. */
function parseBasicTime(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
