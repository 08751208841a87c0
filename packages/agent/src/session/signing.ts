import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { ECSClient } from "@aws-sdk/client-ecs";
import { SignatureV4 } from "@smithy/signature-v4";

/** What the SDK's signer hashes with. */
class Sha256 {
  readonly #secret: NodeJS.ArrayBufferView | string | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret instanceof ArrayBuffer ? new Uint8Array(secret) : (secret as string);
    this.#hash = this.#fresh();
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(data instanceof ArrayBuffer ? new Uint8Array(data) : (data as string));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#fresh();
  }

  #fresh(): Hash | Hmac {
    return this.#secret === undefined
      ? createHash("sha256")
      : createHmac("sha256", this.#secret as string);
  }
}

/** Signs a socket's URL; the same headers open the socket and mark its telemetry frames. */
export type SignUrl = (url: URL) => Promise<Readonly<Record<string, string>>>;

/**
 * SigV4 headers for a GET of a socket's URL, with the API client's own credentials and region, so
 * that a role's are fetched and renewed in one place.
 */
export function urlSigner({ config }: ECSClient): SignUrl {
  const signer = new SignatureV4({
    service: "ecs",
    region: config.region,
    credentials: config.credentials,
    sha256: Sha256,
    applyChecksum: false,
  });
  return async (url) => {
    const { headers } = await signer.sign({
      method: "GET",
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host },
    });
    return headers;
  };
}
