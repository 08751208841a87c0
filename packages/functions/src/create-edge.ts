import { randomBytes } from "node:crypto";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { createSqsClient } from "@berth/aws/clients";
import type { QueueUrls } from "@berth/aws/create-queues";
import { createSqsRelay } from "@berth/aws/sqs-relay";
import type { Settings } from "@berth/control-plane/settings";
import { risingClock } from "@berth/control-plane/rising-clock";
import { ClusterViews } from "@berth/control-plane/placement/cluster-view";
import type { Scope } from "@berth/domain/arn";
import { createStore } from "@berth/store/create-store";
import { createDynamoTable } from "@berth/store/dynamodb/table";
import type { Edge } from "./handlers.ts";

export interface EdgeParts extends Pick<Edge, "agents" | "log" | "metrics"> {
  readonly dynamodb: DynamoDBClient;
  readonly tableName: string;
  /** Over how many partition keys what is busy is spread: as when the table was made. */
  readonly tableShards: number;
  readonly sqs: ReturnType<typeof createSqsClient>;
  readonly queueUrls: QueueUrls;
  readonly scope: Scope;
  readonly settings: Settings;
}

/** The edge over AWS's clients, wherever their services are. */
export function createEdge(parts: EdgeParts): Edge {
  const {
    dynamodb,
    tableName,
    tableShards: shards,
    sqs,
    queueUrls,
    scope,
    settings,
    agents,
    log,
    metrics,
  } = parts;
  const table = createDynamoTable({ client: dynamodb, tableName, shards });
  return {
    controlPlane: {
      store: createStore(table, { historyMs: settings.historyMs, now, shards }),
      relay: createSqsRelay({ client: sqs, queueUrls, now }),
      agents,
      views: new ClusterViews(),
      metrics,
      scope,
      settings,
      now,
      nextNumber,
      randomHex,
    },
    agents,
    metrics,
    sqs,
    queueUrls,
    log,
  };
}

const now = () => Date.now();
/** The process's own, whatever it is an edge of: numbers rise over all its messages. */
const nextNumber = risingClock(now);

function randomHex(digits: number): string {
  return randomBytes(Math.ceil(digits / 2))
    .toString("hex")
    .slice(0, digits);
}
