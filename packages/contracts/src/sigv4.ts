import { createHmac, hash, randomUUID, timingSafeEqual } from "node:crypto";
import { EcsError } from "@berth/domain/errors";
import type { EcsErrorCode } from "@berth/domain/errors";
import { canonicalRequest, headerOf } from "./canonical-request.ts";
import type { SignedRequest } from "./canonical-request.ts";

/** A key as the verifier needs it; what else a caller puts into it is handed on with the verdict. */
export interface AccessKey {
  readonly secretAccessKey: string;
  readonly principalArn: string;
  /** Epoch ms; absent where the key is good until it is taken away. */
  readonly validUntil?: number;
}

export interface VerifyOptions<Key extends AccessKey = AccessKey> {
  readonly findAccessKey: (accessKeyId: string) => Key | undefined | Promise<Key | undefined>;
  /** Epoch ms. */
  readonly now: number;
  /** The service that the signature must be scoped to; `ecs` where nothing is said. */
  readonly service?: string;
}

/** Whose request it is: all that the key holds but its secret. */
export type Caller<Key extends AccessKey = AccessKey> = Omit<Key, "secretAccessKey"> & {
  readonly accessKeyId: string;
  /** 64 hex digits: the same for a request that is sent again byte for byte. */
  readonly signature: string;
};

interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const TERMINATOR = "aws4_request";
const WINDOW_MS = 5 * 60_000;
const SIGNING_KEYS_KEPT = 1000;
const signingKeys = new Map<string, Buffer>();

/** Signs for a key that nobody has, so that unknown keys take as long to refuse as known ones. */
const NOBODYS_SECRET = randomUUID();

/**
 * Checks a Signature Version 4 in the `Authorization` header against the caller's secret: five
 * minutes either way, in any region; a session token is ignored. A request that was signed well is
 * the caller's, but may still be a repetition of an earlier one.
 *
 * @throws EcsError MissingAuthenticationTokenException, IncompleteSignature,
 * UnrecognizedClientException, InvalidSignatureException, ExpiredTokenException, with AWS's texts
 */
export async function verifySignature<Key extends AccessKey>(
  request: SignedRequest,
  options: VerifyOptions<Key>,
): Promise<Caller<Key>> {
  const authorization = parseAuthorization(headerOf(request, "authorization"));
  const signedAt = headerOf(request, "x-amz-date");
  checkScope(authorization, signedAt, options.service ?? "ecs");
  checkSignedHeaders(authorization, request);
  checkTime(signedAt, options.now);
  const bodyHash = checkedBodyHash(request, authorization.service);

  const accessKey = await options.findAccessKey(authorization.accessKeyId);
  const secret = accessKey?.secretAccessKey ?? NOBODYS_SECRET;
  const isRight = isSignedWith(secret, request, { authorization, bodyHash });
  checkKey(accessKey, isRight, options.now);
  const { accessKeyId, signature } = authorization;
  const { secretAccessKey: _, ...holder } = accessKey;
  return { ...holder, accessKeyId, signature };
}

function checkKey(
  accessKey: AccessKey | undefined,
  isRight: boolean,
  now: number,
): asserts accessKey is AccessKey {
  if (!accessKey) {
    throw refusal(
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
    );
  }
  if (!isRight) {
    throw refusal(
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
  }
  if (accessKey.validUntil !== undefined && accessKey.validUntil <= now) {
    throw refusal("ExpiredTokenException", "The security token included in the request is expired");
  }
}

function parseAuthorization(header: string): Authorization {
  if (header === "") {
    throw refusal("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  const [algorithm = "", ...rest] = header.split(" ");
  if (algorithm !== ALGORITHM) {
    throw refusal("IncompleteSignature", `Unsupported AWS 'algorithm': '${algorithm}'.`);
  }
  const parameters = parseParameters(rest.join(" "));
  const [accessKeyId, date, region, service] = parseCredential(parameters.Credential);
  const signedHeaders = parameters.SignedHeaders.split(";");
  return { accessKeyId, date, region, service, signedHeaders, signature: parameters.Signature };
}

const PARAMETERS = ["Credential", "Signature", "SignedHeaders"] as const;

function parseParameters(text: string): Record<(typeof PARAMETERS)[number], string> {
  const given = new Map(
    text.split(",").map((part) => {
      const [name = "", ...value] = part.trim().split("=");
      return [name, value.join("=")];
    }),
  );
  const missing = PARAMETERS.filter((name) => !given.get(name));
  if (missing.length > 0) {
    const texts = missing.map((name) => `Authorization header requires '${name}' parameter.`);
    throw refusal("IncompleteSignature", `${texts.join(" ")} Authorization=${ALGORITHM}`);
  }
  const [Credential = "", Signature = "", SignedHeaders = ""] = PARAMETERS.map((name) =>
    given.get(name),
  );
  return { Credential, Signature, SignedHeaders };
}

function parseCredential(credential: string): readonly [string, string, string, string] {
  const parts = credential.split("/");
  const [accessKeyId = "", date = "", region = "", service = "", terminator = ""] = parts;
  if (parts.length !== 5) {
    throw refusal(
      "IncompleteSignature",
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.",
    );
  }
  if (terminator !== TERMINATOR) {
    throw refusal(
      "InvalidSignatureException",
      `Credential should be scoped with a valid terminator: '${TERMINATOR}'.`,
    );
  }
  return [accessKeyId, date, region, service];
}

function checkScope(authorization: Authorization, signedAt: string, service: string): void {
  if (signedAt === "") {
    throw refusal(
      "IncompleteSignature",
      `Authorization header requires existence of a 'X-Amz-Date' header. Authorization=${ALGORITHM}`,
    );
  }
  if (authorization.service !== service) {
    throw refusal(
      "InvalidSignatureException",
      `Credential should be scoped to correct service: '${service}'.`,
    );
  }
  if (!signedAt.startsWith(`${authorization.date}T`)) {
    throw refusal(
      "InvalidSignatureException",
      "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.",
    );
  }
}

/** What must not be changed on the way: who is called, when, and for which operation. */
function checkSignedHeaders({ signedHeaders }: Authorization, request: SignedRequest): void {
  const required = ["host", "x-amz-date"];
  if (headerOf(request, "x-amz-target") !== "") required.push("x-amz-target");
  const missing = required.find((name) => !signedHeaders.includes(name));
  if (missing !== undefined) {
    throw refusal(
      "InvalidSignatureException",
      `'${missing}' must be a 'SignedHeader' in the AWS Authorization.`,
    );
  }
}

function checkTime(signedAt: string, now: number): void {
  const time = parseBasicTime(signedAt);
  if (Number.isNaN(time)) {
    throw refusal("IncompleteSignature", "Date must be in ISO-8601 'basic format'.");
  }
  if (time < now - WINDOW_MS) {
    throw refusal(
      "InvalidSignatureException",
      `Signature expired: ${signedAt} is now earlier than ${formatBasicTime(now - WINDOW_MS)} (${formatBasicTime(now)} - 5 min.)`,
    );
  }
  if (time > now + WINDOW_MS) {
    throw refusal(
      "InvalidSignatureException",
      `Signature not yet current: ${signedAt} is still later than ${formatBasicTime(now + WINDOW_MS)} (${formatBasicTime(now)} + 5 min.)`,
    );
  }
}

/** S3's clients may say that the body is not signed, or is in pieces: then that is what they sign. */
const UNHASHED_BODY = /^(UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+)$/;

function checkedBodyHash(request: SignedRequest, service: string): string {
  const statedHash = headerOf(request, "x-amz-content-sha256");
  if (service === "s3" && UNHASHED_BODY.test(statedHash)) return statedHash;
  const bodyHash = hash("sha256", request.body, "hex");
  if (statedHash !== "" && statedHash !== bodyHash) {
    throw refusal(
      "InvalidSignatureException",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  return bodyHash;
}

function isSignedWith(
  secretAccessKey: string,
  request: SignedRequest,
  { authorization, bodyHash }: { readonly authorization: Authorization; readonly bodyHash: string },
): boolean {
  const { date, region, service, signedHeaders } = authorization;
  const text = [
    ALGORITHM,
    headerOf(request, "x-amz-date"),
    `${date}/${region}/${service}/${TERMINATOR}`,
    hash("sha256", canonicalRequest(request, { signedHeaders, bodyHash, service }), "hex"),
  ].join("\n");
  const expected = hmac(signingKey(secretAccessKey, authorization), text);
  return isSignature(authorization.signature, expected);
}

/** One spelling only, so that a repeated request cannot pass for another one. */
function isSignature(given: string, expected: Buffer): boolean {
  return /^[0-9a-f]{64}$/.test(given) && timingSafeEqual(Buffer.from(given, "hex"), expected);
}

function signingKey(secret: string, { date, region, service }: Authorization): Buffer {
  const id = JSON.stringify([date, region, service, secret]);
  const known = signingKeys.get(id);
  if (known) return known;
  // Whoever invents regions may empty the cache, not fill the memory.
  if (signingKeys.size >= SIGNING_KEYS_KEPT) signingKeys.clear();
  const key = [date, region, service, TERMINATOR].reduce(hmac, Buffer.from(`AWS4${secret}`));
  signingKeys.set(id, key);
  return key;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function parseBasicTime(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return Number.NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function formatBasicTime(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
}

function refusal(code: EcsErrorCode, message: string): EcsError {
  return new EcsError(code, message);
}
