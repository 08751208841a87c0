import { createConnectionsClient, createSqsClient } from "@berth/aws/clients";
import { createDynamoClient } from "@berth/store/dynamodb/client";
import type { Logger } from "@aws-lambda-powertools/logger";
import { createEdge } from "../create-edge.ts";
import { readAccessKeys, readEnvironment } from "../environment.ts";
import type { Edge, OpenEdge } from "../handlers.ts";
import type { MetricsRecorder } from "../metrics.ts";
import { lambdaFunction } from "./lambda-function.ts";

/** A function of the control plane that AWS calls: for a queue, or by the clock. */
export function lambdaHandler<Event, Result>(
  name: string,
  makeHandler: (edge: Edge) => (event: Event) => Promise<Result>,
) {
  return lambdaFunction(name, (log, metrics) => makeHandler(edgeOf(log, metrics)));
}

/** A function of the control plane that anybody can call, who then has to show who he is. */
export function openLambdaHandler<Event, Result>(
  name: string,
  makeHandler: (edge: OpenEdge) => (event: Event) => Promise<Result>,
) {
  const keys = new Map(readAccessKeys(process.env).map((key) => [key.accessKeyId, key]));
  const findAccessKey = (accessKeyId: string) => keys.get(accessKeyId);
  return lambdaFunction(name, (log, metrics) =>
    makeHandler({ ...edgeOf(log, metrics), findAccessKey }),
  );
}

function edgeOf(log: Logger, metrics: MetricsRecorder): Edge {
  const environment = readEnvironment(process.env);
  const { region, account, queueUrls, settings, tableName } = environment;
  const { connectionsEndpoint, dynamodbEndpoint: endpoint } = environment;
  return createEdge({
    dynamodb: createDynamoClient({ region, ...(endpoint !== undefined && { endpoint }) }),
    tableName,
    sqs: createSqsClient({ region }),
    queueUrls,
    connections: createConnectionsClient({ region, endpoint: connectionsEndpoint }),
    scope: { region, account },
    settings,
    metrics,
    log,
  });
}
