import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Berth } from "./berth.ts";

type Installation = Pick<Berth, "endpoint">;

export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signedAt?: Date;
}

/** A request to Berth's one port, signed as the AWS SDKs sign: to be sent, or to be spoilt first. */
export async function sign(berth: Installation, request: SignedRequest) {
  const { url, region, accessKeyId, secretAccessKey } = berth.endpoint;
  const { hostname, host, port } = new URL(url);
  const signer = new SignatureV4({
    service: "ecs",
    region,
    credentials: { accessKeyId, secretAccessKey },
    sha256: Hash.bind(null, "sha256"),
  });
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: "http:",
      hostname,
      port: Number(port),
      path: request.path,
      query: request.query ?? {},
      headers: { host, ...request.headers },
      body: request.body,
    },
    { signingDate: request.signedAt ?? new Date() },
  );
  const search = new URLSearchParams(request.query).toString();
  return {
    url: new URL(`${request.path}${search === "" ? "" : `?${search}`}`, url),
    method: request.method,
    headers: signed.headers,
    body: request.body,
  };
}

export async function signedFetch(berth: Installation, request: SignedRequest): Promise<Response> {
  const { url, method, headers, body } = await sign(berth, request);
  return fetch(url, { method, headers, ...(body !== undefined && { body }) });
}
