import { createAgentGateway } from "@berth/aws/agent-gateway";
import { createConnectionsClient, createKmsClient, createSqsClient } from "@berth/aws/clients";
import { createDynamoClient } from "@berth/store/dynamodb/client";
import type { Logger } from "@aws-lambda-powertools/logger";
import { createEdge } from "../create-edge.ts";
import { readEnvironment } from "../environment.ts";
import type { ApiEdge, Edge, OpenEdge } from "../handlers.ts";
import type { MetricsRecorder } from "../metrics.ts";
import { readAccessKeys, readJoinRules, readKmsKeyId } from "../open-environment.ts";
import { createApiEdge, createOpenEdge } from "../open-edge.ts";
import type { KeyKeeper } from "../open-edge.ts";
import { withCloudWatch } from "./cloudwatch.ts";
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
  return lambdaFunction(name, (log, metrics) => makeHandler(openEdge(log, metrics).edge));
}

/** The one of them that issues keys besides. */
export function apiLambdaHandler<Event, Result>(
  name: string,
  makeHandler: (edge: ApiEdge) => (event: Event) => Promise<Result>,
) {
  return lambdaFunction(name, (log, metrics) => {
    const { edge, keeper } = openEdge(log, metrics);
    return makeHandler(createApiEdge(withCloudWatch(edge), keeper, readJoinRules(process.env)));
  });
}

function openEdge(
  log: Logger,
  metrics: MetricsRecorder,
): { readonly edge: OpenEdge; readonly keeper: KeyKeeper } {
  const edge = edgeOf(log, metrics);
  const { region } = edge.controlPlane.scope;
  const kms = createKmsClient({ region });
  const keeper: KeyKeeper = { kms, kmsKeyId: readKmsKeyId(process.env) };
  return { keeper, edge: createOpenEdge(edge, keeper, readAccessKeys(process.env)) };
}

function edgeOf(log: Logger, metrics: MetricsRecorder): Edge {
  const environment = readEnvironment(process.env);
  const { region, account, queueUrls, settings, tableName, tableShards } = environment;
  const { connectionsEndpoint, dynamodbEndpoint: endpoint } = environment;
  return createEdge({
    dynamodb: createDynamoClient({ region, ...(endpoint !== undefined && { endpoint }) }),
    tableName,
    tableShards,
    sqs: createSqsClient({ region }),
    queueUrls,
    agents: createAgentGateway(createConnectionsClient({ region, endpoint: connectionsEndpoint })),
    scope: { region, account },
    settings,
    metrics,
    log,
  });
}
