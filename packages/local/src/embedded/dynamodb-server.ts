import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import database, { type Store } from "dynalite/db/index.js";
import { readBody } from "../http/body.ts";
import { isToldOf } from "@berth/functions/change-source";
import { ChangeLog } from "./change-log.ts";
import { type Answer, answerOperation } from "./dynamodb-operations.ts";
import { answerStreamOperation } from "./dynamodb-streams.ts";
import { listenOnSocket } from "./listen-on-socket.ts";
import { readQuickly } from "./quick-reads.ts";

/**
 * dynalite's engine on disk, behind a listener of our own. Its own server throws, and so ends the
 * process, when a client goes away in the middle of a body, and spends most of a small request on
 * what nobody here asks for. The socket's mode is what authenticates.
 */
export async function startDynamoDB(
  dataPath: string,
  socketPath: string,
  isThrottled: () => boolean = () => false,
): Promise<Server> {
  const store = database.create({ path: dataPath, createTableMs: 0 });
  await store.db.open();
  readQuickly(store);
  const changes = await ChangeLog.open(store, { isHeard: isToldOf });

  const server = createServer((request, response) => {
    answer({ store, changes, isThrottled }, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.once("close", () => void store.db.close());
  await listenOnSocket(server, socketPath);
  return server;
}

const THROTTLED: Answer = {
  status: 400,
  output: {
    __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    message: "The level of configured provisioned throughput for the table was exceeded.",
  },
};

/** DynamoDB's own limit. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

interface Engine {
  readonly store: Store;
  readonly changes: ChangeLog;
  readonly isThrottled: () => boolean;
}

async function answer(
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = String(request.headers["x-amz-target"]);
  const body = String(await readBody(request, MAX_REQUEST_BYTES));
  const { status, output } = await act(engine, target, body);
  const text = JSON.stringify(output);
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

async function act(
  { store, changes, isThrottled }: Engine,
  target: string,
  body: string,
): Promise<Answer> {
  const [service = "", operation = ""] = target.split(".");
  if (service.startsWith("DynamoDBStreams_")) {
    return answerStreamOperation(changes, operation, body);
  }
  return isThrottled() ? THROTTLED : answerOperation(store, operation, body);
}
