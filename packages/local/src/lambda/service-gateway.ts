import { once } from "node:events";
import { createServer, type IncomingMessage, request as forward, type Server } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { RootCredentials } from "@berth/contracts/local/installation";
import { verifySignature } from "@berth/contracts/sigv4";
import { isEcsError } from "@berth/domain/errors";
import { readBody } from "../http/body.ts";

export interface ServiceGatewayOptions {
  readonly dynamodbSocket: string;
  readonly sqsSocket: string;
  readonly kmsSocket: string;
  readonly stsSocket: string;
  /** Whoever signs with these is let in. */
  readonly credentials: RootCredentials;
}

/** The longest request of DynamoDB. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** By the beginning of `X-Amz-Target`. */
const SERVICES = [
  { prefix: "DynamoDB_", service: "dynamodb", socket: "dynamodbSocket" },
  { prefix: "AmazonSQS.", service: "sqs", socket: "sqsSocket" },
  { prefix: "TrentService.", service: "kms", socket: "kmsSocket" },
] as const;

/** Its requests are forms, and name no target. */
const STS = { service: "sts", socket: "stsSocket" } as const;

/**
 * The embedded DynamoDB, SQS, KMS and STS on a loopback port, as AWS has them behind an endpoint, for bundles,
 * which know nothing of Unix sockets. The services authenticate nobody, so this does.
 */
export async function startServiceGateway(
  options: ServiceGatewayOptions,
): Promise<{ readonly endpoint: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    handle(options, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, server };
}

async function handle(
  options: ServiceGatewayOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = String(request.headers["x-amz-target"]);
  const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const service = isForm ? STS : SERVICES.find(({ prefix }) => target.startsWith(prefix));
  const body = await readBody(request, MAX_REQUEST_BYTES);
  if (!service || body === "tooLarge") return refuse(response, "UnknownOperationException");
  const refusal = await whyRefused(options, request, body, service.service);
  if (refusal !== undefined) return refuse(response, refusal);
  await pass(request, body, options[service.socket], response);
}

async function whyRefused(
  { credentials }: ServiceGatewayOptions,
  request: IncomingMessage,
  body: Buffer,
  service: string,
): Promise<string | undefined> {
  const { accessKeyId, secretAccessKey } = credentials;
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  try {
    await verifySignature(
      {
        method: request.method ?? "",
        path: request.url ?? "/",
        query: "",
        headers: Object.fromEntries(headers) as Record<string, string>,
        body,
      },
      {
        findAccessKey: (id) =>
          id === accessKeyId ? { secretAccessKey, principalArn: "" } : undefined,
        now: Date.now(),
        service,
      },
    );
    return undefined;
  } catch (error) {
    if (isEcsError(error)) return error.code;
    throw error;
  }
}

async function pass(
  { method, url, headers }: IncomingMessage,
  body: Buffer,
  socketPath: string,
  response: ServerResponse,
): Promise<void> {
  const outgoing = forward({ socketPath, method, path: url, headers });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  response.writeHead(answer.statusCode ?? 500, answer.headers);
  await pipeline(answer, response);
}

function refuse(response: ServerResponse, type: string): void {
  response.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
  response.end(JSON.stringify({ __type: type }));
}
