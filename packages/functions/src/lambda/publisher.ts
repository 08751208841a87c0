import { createEventBridgeClient } from "@berth/aws/clients";
import { createEventBus } from "@berth/aws/event-bus";
import { createDynamoClient } from "@berth/store/dynamodb/client";
import { createEventHistory } from "@berth/store/dynamodb/event-history";
import { createDynamoReader } from "@berth/store/dynamodb/reader";
import { createChangeEventsHandler } from "../change-events.ts";
import { readPublisherEnvironment } from "../environment.ts";
import { measured } from "../metrics.ts";
import { lambdaFunction } from "./lambda-function.ts";

/** A function that tells of changes: it reads the table, and may do nothing else but tell. */
export function publisher(name: string) {
  return lambdaFunction(name, (log, metrics) => {
    const environment = readPublisherEnvironment(process.env);
    const { region, account, tableName, busName, endpoints } = environment;
    const dynamodb = createDynamoClient({ region, ...endpoints.dynamodb });
    const client = createEventBridgeClient({ region, ...endpoints.eventBridge });
    const handler = createChangeEventsHandler({
      scope: { region, account },
      store: createDynamoReader(dynamodb, tableName),
      history: createEventHistory(dynamodb, tableName, () => Date.now()),
      bus: createEventBus({ client, busName }),
      log,
    });
    return measured(metrics, handler);
  });
}
