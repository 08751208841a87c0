import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What a signature is about; the host and all of `headers` are signed. */
export interface Signable {
  readonly host: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Sign = (
  request: Signable,
  credentials: Credentials,
  now: Date,
) => Readonly<Record<string, string>>;

/**
 * Signature Version 4 for `POST /`, as headers to be sent. The day's key is kept: the SDK's signer
 * derives its cache key anew for each request, which costs more than the rest of a small read
 * (docs/STORE.md, "The client"). Source: IAM user guide, "Create a signed AWS API request".
 */
export function createSigner(region: string): Sign {
  const keys = new DayKeys(region);
  return ({ host, headers, body }, credentials, now) => {
    const timestamp = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
    const day = timestamp.slice(0, 8);
    const scope = `${day}/${region}/${SERVICE}/aws4_request`;
    const signed: Record<string, string> = {
      ...headers,
      host,
      "x-amz-date": timestamp,
      ...(credentials.sessionToken && { "x-amz-security-token": credentials.sessionToken }),
    };
    const names = Object.keys(signed).toSorted();
    const canonicalHeaders = names.map((name) => `${name}:${signed[name]}\n`).join("");
    const signedHeaders = names.join(";");
    const canonicalRequest = `POST\n/\n\n${canonicalHeaders}\n${signedHeaders}\n${sha256(body)}`;
    const text = `${ALGORITHM}\n${timestamp}\n${scope}\n${sha256(canonicalRequest)}`;
    const signature = createHmac("sha256", keys.keyOf(credentials, day)).update(text).digest("hex");
    return {
      ...signed,
      authorization:
        `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, ` +
        `SignedHeaders=${signedHeaders}, Signature=${signature}`,
    };
  };
}

const ALGORITHM = "AWS4-HMAC-SHA256";
const SERVICE = "dynamodb";

const sha256 = (text: string) => hash("sha256", text);

/** The signing key of the day and the secret in use; both change seldom. */
class DayKeys {
  readonly #region: string;
  #made: { readonly day: string; readonly secret: string; readonly key: KeyObject } | undefined;

  constructor(region: string) {
    this.#region = region;
  }

  keyOf({ secretAccessKey: secret }: Credentials, day: string): KeyObject {
    if (this.#made?.day !== day || this.#made.secret !== secret) {
      const key = [day, this.#region, SERVICE, "aws4_request"].reduce<Buffer>(
        (key, part) => createHmac("sha256", key).update(part).digest(),
        Buffer.from(`AWS4${secret}`),
      );
      this.#made = { day, secret, key: createSecretKey(key) };
    }
    return this.#made.key;
  }
}
