import type { ECSClient } from "@aws-sdk/client-ecs";
import { SignatureV4 } from "@smithy/signature-v4";

export interface RestCall {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  /** Sent as JSON. */
  readonly body?: object;
}

/**
 * A signed call of Berth's REST API, with the identity of an SDK client. Undefined where the answer
 * is empty.
 *
 * @throws Error with what the API says where it refuses, or why nobody answers
 */
export async function callRest(client: ECSClient, call: RestCall): Promise<unknown> {
  const { method, url } = call;
  const body = call.body && JSON.stringify(call.body);
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
    ...(body !== undefined && { body }),
  });
  const { host: _host, ...headers } = request.headers;
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) }).catch(
    (error: unknown) => {
      throw new Error(`${url.origin} does not answer: ${reasonOf(error)}`, { cause: error });
    },
  );
  const text = await response.text();
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status} ${detailOf(text)}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** `fetch` says only that it failed; what went wrong is the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** RFC 9457's text for people, where it is a problem that was answered. */
function detailOf(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { readonly detail?: unknown };
    return typeof detail === "string" ? detail : text;
  } catch {
    return text;
  }
}
