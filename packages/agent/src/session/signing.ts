import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { ECSClient } from "@aws-sdk/client-ecs";
import { SignatureV4 } from "@smithy/signature-v4";

type HashInput = string | ArrayBuffer | ArrayBufferView;

/** What the SDK's signer hashes with. */
class Sha256 {
  readonly #secret: string | NodeJS.ArrayBufferView | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: HashInput) {
    this.#secret = secret === undefined ? undefined : hashable(secret);
    this.#hash = this.#fresh();
  }

  update(data: HashInput): void {
    this.#hash.update(hashable(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = this.#fresh();
  }

  #fresh(): Hash | Hmac {
    return this.#secret === undefined ? createHash("sha256") : createHmac("sha256", this.#secret);
  }
}

function hashable(input: HashInput): string | NodeJS.ArrayBufferView {
  if (typeof input === "string") return input;
  return input instanceof ArrayBuffer ? new Uint8Array(input) : (input as NodeJS.ArrayBufferView);
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
