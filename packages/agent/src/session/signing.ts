import type { ECSClient } from "@aws-sdk/client-ecs";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";

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
    sha256: Hash.bind(null, "sha256"),
    applyChecksum: false,
  });
  return async (url) => {
    const request = {
      method: "GET",
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host },
    };
    // By the server's clock, as far as the API's answers have told it.
    const signingDate = new Date(Date.now() + config.systemClockOffset);
    return (await signer.sign(request, { signingDate })).headers;
  };
}
