import { randomBytes } from "node:crypto";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import type { Logger } from "@aws-lambda-powertools/logger";
import { createAgentGateway } from "@berth/aws/agent-gateway";
import { createConnectionsClient, createSqsClient } from "@berth/aws/clients";
import { createSqsRelay } from "@berth/aws/sqs-relay";
import { createStore } from "@berth/store/create-store";
import { createDynamoClient } from "@berth/store/dynamodb/client";
import { createDynamoTable } from "@berth/store/dynamodb/table";
import chain from "@middy/core";
import { readEnvironment } from "../environment.ts";
import type { Edge } from "../handlers.ts";
import { createLog } from "../log.ts";

/**
 * The composition root on AWS: one function's handler, made once for each instance of it. What the
 * handler logs carries the function's name and the request's id.
 */
export function lambdaHandler<Event, Result>(
  name: string,
  makeHandler: (edge: Edge) => (event: Event) => Promise<Result>,
) {
  const logger = createLog(name);
  const handler = makeHandler(edgeOf(logger));
  return chain<Event, Result>()
    .use(injectLambdaContext(logger))
    .handler((event) => handler(event));
}

const now = () => Date.now();

function edgeOf(log: Logger): Edge {
  const environment = readEnvironment(process.env);
  const { region, account, queueUrls, settings, tableName } = environment;
  const table = createDynamoTable({ client: createDynamoClient({ region }), tableName });
  const agents = createAgentGateway(
    createConnectionsClient({ region, endpoint: environment.connectionsEndpoint }),
  );
  const keys = new Map(environment.accessKeys.map((key) => [key.accessKeyId, key]));
  return {
    controlPlane: {
      store: createStore(table, { historyMs: settings.historyMs, now }),
      relay: createSqsRelay({ client: createSqsClient({ region }), queueUrls, now }),
      agents,
      scope: { region, account },
      settings,
      now,
      randomHex: (digits) =>
        randomBytes(Math.ceil(digits / 2))
          .toString("hex")
          .slice(0, digits),
    },
    agents,
    findAccessKey: (accessKeyId) => keys.get(accessKeyId),
    log,
  };
}
