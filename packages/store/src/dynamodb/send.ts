import { setTimeout as sleep } from "node:timers/promises";
import {
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  type DeleteItemCommandInput,
  type DeleteItemCommandOutput,
  type DynamoDBClient,
  DynamoDBServiceException,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  type PutItemCommandInput,
  type PutItemCommandOutput,
  type QueryCommandInput,
  type QueryCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { HttpRequest } from "@smithy/core/protocols";
import { createSigner } from "./sign.ts";

/** The operations that Berth uses. Inputs and outputs are the service's JSON as it is. */
export interface Operations {
  readonly GetItem: { readonly input: GetItemCommandInput; readonly output: GetItemCommandOutput };
  readonly BatchGetItem: {
    readonly input: BatchGetItemCommandInput;
    readonly output: BatchGetItemCommandOutput;
  };
  readonly PutItem: { readonly input: PutItemCommandInput; readonly output: PutItemCommandOutput };
  readonly DeleteItem: {
    readonly input: DeleteItemCommandInput;
    readonly output: DeleteItemCommandOutput;
  };
  readonly Query: { readonly input: QueryCommandInput; readonly output: QueryCommandOutput };
}

export type OperationName = keyof Operations;

export type Send = <Name extends OperationName>(
  operation: Name,
  input: Operations[Name]["input"],
) => Promise<Omit<Operations[Name]["output"], "$metadata">>;

/**
 * Sends over the SDK client's own credentials, endpoint and connections, but past its middleware:
 * that costs several times what a small read costs otherwise (docs/STORE.md, "The client").
 *
 * What fails on the way is tried again for about five seconds, so that a server that is restarted
 * meanwhile goes unnoticed. A repeated write whose first answer was lost may thus be a conflict.
 *
 * @throws DynamoDBServiceException by its `name`, or the connection's error
 */
export function createSend(client: DynamoDBClient): Send {
  let prepared: Promise<SendOnce> | undefined;
  return async (operation, input) => {
    prepared ??= prepareSend(client);
    const sendOnce = await prepared;
    const body = JSON.stringify(input);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await sendOnce(operation, body)) as Operations[typeof operation]["output"];
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !isTransient(error)) throw error;
        await sleep(backOffMs(attempt));
      }
    }
  };
}

/** Half of it random, so that those who failed together do not come back together. */
export function backOffMs(attempt: number): number {
  const longest = Math.min(MAX_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (attempt - 1));
  return longest * (0.5 + Math.random() / 2);
}

/** What DynamoDB answers where a write's condition does not hold. */
export const isFailedCondition = (error: unknown): boolean =>
  error instanceof Error && error.name === "ConditionalCheckFailedException";

const MAX_ATTEMPTS = 15;
const FIRST_BACK_OFF_MS = 25;
const MAX_BACK_OFF_MS = 500;

type SendOnce = (operation: OperationName, body: string) => Promise<unknown>;

async function prepareSend({ config }: DynamoDBClient): Promise<SendOnce> {
  const [endpoint, region] = await Promise.all([endpointOf(config), config.region()]);
  const host = endpoint.port ? `${endpoint.hostname}:${endpoint.port}` : endpoint.hostname;
  const sign = createSigner(region);
  return async (operation, body) => {
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
    };
    const credentials = await config.credentials();
    const request = new HttpRequest({
      ...endpoint,
      method: "POST",
      path: "/",
      headers: {
        ...sign({ host, headers, body }, credentials, new Date()),
        "content-length": String(Buffer.byteLength(body)),
      },
      body,
    });
    const { response } = await config.requestHandler.handle(request);
    const text = Buffer.from(await config.streamCollector(response.body)).toString();
    if (response.statusCode !== 200) throw serviceError(response.statusCode, text);
    return JSON.parse(text);
  };
}

/** The endpoint that the client was given, or that of its region by the SDK's own rules. */
async function endpointOf(config: DynamoDBClient["config"]) {
  if (config.endpoint) {
    const { protocol, hostname, port } = await config.endpoint();
    return { protocol, hostname, ...(port !== undefined && { port }) };
  }
  const { protocol, hostname } = config.endpointProvider({
    Region: await config.region(),
    UseDualStack: await config.useDualstackEndpoint(),
    UseFIPS: await config.useFipsEndpoint(),
  }).url;
  return { protocol, hostname };
}

function serviceError(httpStatusCode: number, text: string): DynamoDBServiceException {
  const { __type = "InternalServerError", message, Message } = parseError(text);
  return new DynamoDBServiceException({
    name: __type.slice(__type.lastIndexOf("#") + 1),
    message: message ?? Message ?? text,
    $fault: httpStatusCode < 500 ? "client" : "server",
    $metadata: { httpStatusCode },
  });
}

/** A proxy or a dying server may answer something else than JSON. */
function parseError(text: string): {
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
} {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("$fault" in error) return error.$fault === "server" || THROTTLED.has(error.name);
  return error.name === "TimeoutError" || ("code" in error && LOST_CONNECTION.has(error.code));
}

const THROTTLED: ReadonlySet<string> = new Set([
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
]);

/** ENOENT: the socket file of an embedded server that is being restarted. */
const LOST_CONNECTION: ReadonlySet<unknown> = new Set([
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
]);
