import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import type { Logger } from "@aws-lambda-powertools/logger";
import { createConnectionsClient, createSqsClient } from "@berth/aws/clients";
import { createDynamoClient } from "@berth/store/dynamodb/client";
import chain from "@middy/core";
import { createEdge } from "../create-edge.ts";
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

function edgeOf(log: Logger): Edge {
  const environment = readEnvironment(process.env);
  const { region, account, queueUrls, settings, tableName } = environment;
  const { connectionsEndpoint, dynamodbEndpoint: endpoint } = environment;
  const keys = new Map(environment.accessKeys.map((key) => [key.accessKeyId, key]));
  return createEdge({
    dynamodb: createDynamoClient({ region, ...(endpoint !== undefined && { endpoint }) }),
    tableName,
    sqs: createSqsClient({ region }),
    queueUrls,
    connections: createConnectionsClient({ region, endpoint: connectionsEndpoint }),
    scope: { region, account },
    settings,
    findAccessKey: (accessKeyId) => keys.get(accessKeyId),
    log,
  });
}
