import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { defined } from "@berth/domain/defined";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/**
 * A Node request as an API Gateway HTTP API hands it to a function (payload format 2.0): header
 * names in lower case, repeated headers and parameters joined by a comma, cookies apart, path and
 * query also as they came, because the signature covers those.
 */
export function toProxyEvent(
  request: IncomingMessage,
  body: Buffer,
  account: string,
): APIGatewayProxyEventV2 {
  const { rawPath, rawQueryString } = splitUrl(request.url ?? "/");
  const headers = joinedHeaders(request);
  return defined({
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    cookies: cookies(request),
    headers,
    queryStringParameters: joinedParameters(rawQueryString),
    requestContext: requestContext(request, { account, rawPath, headers }),
    ...encodedBody(body, headers["content-type"]),
  }) as APIGatewayProxyEventV2;
}

/** Splits at the first question mark and decodes nothing. */
export function splitUrl(url: string): { rawPath: string; rawQueryString: string } {
  const mark = url.indexOf("?");
  if (mark < 0) return { rawPath: url, rawQueryString: "" };
  return { rawPath: url.slice(0, mark), rawQueryString: url.slice(mark + 1) };
}

/** The headers without cookies; `headersDistinct` keeps what Node would have dropped as repeated. */
export function joinedHeaders(request: IncomingMessage): Record<string, string> {
  const distinct = Object.entries(request.headersDistinct);
  return Object.fromEntries(
    distinct
      .filter(([name]) => name !== "cookie")
      .map(([name, values]) => [name, (values ?? []).join(",")]),
  );
}

function cookies(request: IncomingMessage): string[] | undefined {
  return request.headersDistinct["cookie"]?.flatMap((line) => line.split(/;\s*/));
}

function joinedParameters(rawQueryString: string): Record<string, string> | undefined {
  if (rawQueryString === "") return undefined;
  const parameters = new URLSearchParams(rawQueryString);
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(",")]),
  );
}

const TEXT_TYPES = /^(text\/|application\/(json|javascript|xml)\b)/;

/** API Gateway passes a few text types as they are and everything else, awsJson1.1 too, in base64. */
function encodedBody(body: Buffer, contentType = "") {
  if (body.length === 0) return { body: undefined, isBase64Encoded: false };
  if (TEXT_TYPES.test(contentType)) return { body: body.toString("utf8"), isBase64Encoded: false };
  return { body: body.toString("base64"), isBase64Encoded: true };
}

function requestContext(
  request: IncomingMessage,
  context: { account: string; rawPath: string; headers: Record<string, string> },
): APIGatewayProxyEventV2["requestContext"] {
  const now = new Date();
  return {
    accountId: context.account,
    apiId: "local",
    domainName: context.headers["host"] ?? "localhost",
    domainPrefix: "local",
    http: {
      method: request.method ?? "GET",
      path: context.rawPath,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: request.socket.remoteAddress ?? "",
      userAgent: context.headers["user-agent"] ?? "",
    },
    requestId: randomUUID(),
    routeKey: "$default",
    stage: "$default",
    time: now.toISOString(),
    timeEpoch: now.getTime(),
  };
}

/**
 * Sends a function's answer. Without a status it is 200, as at API Gateway. A length that it states
 * is that of a body which is not sent.
 */
export function writeResult(
  response: ServerResponse,
  result: APIGatewayProxyStructuredResultV2,
): void {
  const body = Buffer.from(result.body ?? "", result.isBase64Encoded ? "base64" : "utf8");
  const headers = Object.entries(result.headers ?? {});
  for (const [name, value] of headers) response.setHeader(name, String(value));
  if (result.cookies) response.setHeader("set-cookie", result.cookies);
  if (!response.hasHeader("content-length")) response.setHeader("content-length", body.length);
  response.writeHead(result.statusCode ?? 200);
  response.end(body);
}
