import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** As the SDK's client calls them. */
export interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const HOST = "berth.test";
export const REGION = "eu-central-1";

/** An unsigned request as API Gateway hands it on. */
export function anHttpEvent(
  method: string,
  rawPath: string,
  body?: string,
): APIGatewayProxyEventV2 {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString: "",
    headers: { host: HOST },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
    requestContext: {
      accountId: "000000000000",
      apiId: "api",
      domainName: HOST,
      domainPrefix: "berth",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "x" },
      requestId: "request-1",
      routeKey: "$default",
      stage: "$default",
      time: "21/Nov/2026:12:00:00 +0000",
      timeEpoch: 0,
    },
  };
}

export interface Signable {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** The headers of a request with AWS's own signature of it. */
export async function signedHeaders(
  credentials: Key,
  { headers = { host: HOST }, ...request }: Signable,
  signingDate = new Date(),
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    credentials,
    region: REGION,
    service: "ecs",
    sha256: Hash.bind(undefined, "sha256"),
  });
  const whole = { protocol: "http:", hostname: HOST, headers, ...request };
  return (await signer.sign(whole, { signingDate })).headers;
}

/** What the SDK hands to its transport: the signed request as it would go over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** Names of headers are in lower case, as API Gateway has them. */
export function toHttpEvent({ method, path, headers, body }: WireRequest): APIGatewayProxyEventV2 {
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    ...anHttpEvent(method, path, Buffer.from(body).toString("base64")),
    headers: Object.fromEntries(lowerCase) as Record<string, string>,
    isBase64Encoded: true,
  };
}
