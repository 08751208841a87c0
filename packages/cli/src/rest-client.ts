import type { ECSClient } from "@aws-sdk/client-ecs";
import { SignatureV4 } from "@smithy/signature-v4";

interface RestRequest {
  readonly method: "GET" | "POST";
  readonly body?: string;
}

/**
 * A signed GET of Berth's REST API, with the identity of an SDK client.
 *
 * @throws Error with what the API says where it refuses
 */
export const getSigned = async (client: ECSClient, url: URL): Promise<unknown> =>
  sendSigned(client, url, { method: "GET" });

/**
 * The same for a POST of a value as JSON.
 *
 * @throws Error with what the API says where it refuses
 */
export const postSigned = async (client: ECSClient, url: URL, value: unknown): Promise<unknown> =>
  sendSigned(client, url, { method: "POST", body: JSON.stringify(value) });

async function sendSigned(
  client: ECSClient,
  url: URL,
  { method, body }: RestRequest,
): Promise<unknown> {
  const signer = new SignatureV4({
    service: "ecs",
    region: await client.config.region(),
    credentials: await client.config.credentials(),
    sha256: client.config.sha256,
  });
  const request = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: url.host, ...(body !== undefined && { "content-type": "application/json" }) },
    body,
  });
  const { host: _host, ...headers } = request.headers;
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) });
  if (!response.ok) throw new Error(`${url.pathname}: ${await refusal(response)}`);
  return response.json();
}

/** The sentence of an RFC 9457 answer, or all that was answered. */
async function refusal(response: Response): Promise<string> {
  const text = await response.text();
  if (!response.headers.get("content-type")?.startsWith("application/problem+json")) {
    return `${response.status} ${text}`;
  }
  const { title = "", detail = "" } = JSON.parse(text) as { title?: string; detail?: string };
  return `${response.status} ${title}: ${detail}`;
}
