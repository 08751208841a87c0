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
  if (!response.ok) throw new Error(await refusalOf(response));
  return response.json();
}

/** What the API says, RFC 9457, or what somebody on the way says in its place. */
async function refusalOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string };
    if (title && detail) return `${title}: ${detail}`;
  } catch {
    // Not ours: told as it is.
  }
  return `${new URL(response.url).pathname}: ${response.status} ${text}`;
}
