import type { ECSClient } from "@aws-sdk/client-ecs";
import { SignatureV4 } from "@smithy/signature-v4";

/**
 * A signed GET of Berth's REST API, with the identity of an SDK client.
 *
 * @throws Error with what the API says where it refuses
 */
export async function getSigned(client: ECSClient, url: URL): Promise<unknown> {
  const signer = new SignatureV4({
    service: "ecs",
    region: await client.config.region(),
    credentials: await client.config.credentials(),
    sha256: client.config.sha256,
  });
  const request = await signer.sign({
    method: "GET",
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host },
  });
  const { host: _host, ...headers } = request.headers;
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status} ${await response.text()}`);
  return response.json();
}
