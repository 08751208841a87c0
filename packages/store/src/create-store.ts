import { hideExpired } from "./expiring-table.ts";
import { clusterOf, familyOf, kindOf, revisionOf } from "./keys.ts";
import { createAccessKeyRepository } from "./repositories/access-key.ts";
import { createAccountSettingsRepository } from "./repositories/account-settings.ts";
import { createAlarmRepository } from "./repositories/alarm.ts";
import { createApiTokenRepository } from "./repositories/api-token.ts";
import { createCapacityProviderRepository } from "./repositories/capacity-provider.ts";
import { createClusterRepository } from "./repositories/cluster.ts";
import { createContainerInstanceRepository } from "./repositories/container-instance.ts";
import { createEventHistoryRepository } from "./repositories/event-history.ts";
import { createQueuedRunRepository } from "./repositories/queued-run.ts";
import { createServiceDeploymentRepository } from "./repositories/service-deployment.ts";
import { createServiceRevisionRepository } from "./repositories/service-revision.ts";
import { createServiceRepository } from "./repositories/service.ts";
import { createSessionRepository } from "./repositories/session.ts";
import { createStreamSessionRepository } from "./repositories/stream-session.ts";
import { createTaskDefinitionRepository } from "./repositories/task-definition.ts";
import { createTaskRepository } from "./repositories/task.ts";
import { createUsageRepository } from "./repositories/usage.ts";
import { wantingCapacity } from "./repositories/wanting-capacity.ts";
import { shardTable } from "./shard-table.ts";

import type { Overdue, Store } from "./store.ts";
import type { DueKey, Table } from "./table.ts";

export interface StoreOptions {
  /** How long stopped tasks, events, ended queued runs and INACTIVE services and instances stay describable. */
  readonly historyMs: number;
  /** Epoch ms. */
  now(): number;
  /** Of the table; one where it is absent. It stays what it was when the table was made. */
  readonly shards?: number;
  /** `LEDGERS_PER_SHARD` where it is absent. */
  readonly ledgersPerShard?: number;
}

/** The repositories over a table. One for each process: it caches descriptions of instances. */
export function createStore(plainTable: Table, options: StoreOptions): Store {
  const { shards = 1, ledgersPerShard, ...retention } = options;
  const table = hideExpired(shardTable(plainTable, shards), () => retention.now());
  return {
    clusters: createClusterRepository(table),
    capacityProviders: createCapacityProviderRepository(table, retention),
    taskDefinitions: createTaskDefinitionRepository(table),
    instances: createContainerInstanceRepository(table, retention, ledgersPerShard),
    tasks: createTaskRepository(table, retention),
    services: createServiceRepository(table, retention),
    queuedRuns: createQueuedRunRepository(table, retention),
    serviceDeployments: createServiceDeploymentRepository(table, retention),
    serviceRevisions: createServiceRevisionRepository(table, retention),
    sessions: createSessionRepository(table),
    streamSessions: createStreamSessionRepository(table),
    accessKeys: createAccessKeyRepository(table),
    apiTokens: createApiTokenRepository(table),
    eventHistory: createEventHistoryRepository(table),
    usage: createUsageRepository(table),
    alarms: createAlarmRepository(table),
    accountSettings: createAccountSettingsRepository(table),
    wantingCapacity: (cluster, maxRuns) => wantingCapacity(table, cluster, maxRuns),
    overdue: async (now, limit) => (await table.overdue(now, limit)).map(toOverdue),
  };
}

function toOverdue(key: DueKey): Overdue {
  const { sk: id, due } = key;
  const cluster = clusterOf(key);
  const kind = kindOf(key);
  switch (kind) {
    case "family":
      return { kind: "taskDefinition", family: familyOf(key), revision: revisionOf(key), due };
    case "services":
      return { kind: "service", cluster, name: id, due };
    case "tasks":
      return { kind: "task", cluster, id, due };
    case "queuedRuns":
      return { kind: "queuedRun", cluster, id, due };
    case "sessions":
      return { kind: "session", cluster, containerInstanceId: id, due };
    case "streamSessions":
      return { kind: "streamSession", id, due };
    case "ledgers":
      return { kind: "ledger", cluster, containerInstanceId: id, due };
    default:
      throw new Error(`Nothing knows what to do about an overdue item of ${kind}.`);
  }
}
