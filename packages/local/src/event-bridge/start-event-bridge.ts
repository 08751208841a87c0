import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { ECSClient } from "@aws-sdk/client-ecs";
import type { VerifyOptions } from "@berth/contracts/sigv4";
import type { Log } from "@berth/functions/log";
import { createMetrics } from "@berth/functions/metrics";
import { EVENT_BUS_NAME, type HostOptions, LOCAL_STAGE } from "../host-options.ts";
import type { HttpHandler } from "../http/listener.ts";
import { METRICS_LOG, openMetricsLog } from "../metrics-log.ts";
import { Deliverer } from "./delivery/deliverer.ts";
import { Outbox } from "./delivery/outbox.ts";
import { createEventBridgeApi } from "./event-bridge-api.ts";
import { EventLog } from "./event-log.ts";
import { RuleBook } from "./rule-book.ts";

const RUN_TASK_TIMEOUT_MS = 30_000;

/** The bus of one machine: it keeps events in a log, and tells the targets of its rules of them. */
export function startEventBridge(
  { directory, scope, credentials, port }: HostOptions,
  findAccessKey: VerifyOptions["findAccessKey"],
  log: Log,
): { readonly handler: HttpHandler; stop(): Promise<void> } {
  const eventLog = new EventLog(directory.events);
  const metricsLog = openMetricsLog(join(directory.logs, METRICS_LOG), log);
  const outbox = new Outbox(directory.eventDeliveries, (file) =>
    log.warn("A delivery cannot be read: nobody is told of its event", { file }),
  );
  const context = {
    ...scope,
    name: EVENT_BUS_NAME,
    book: new RuleBook(directory.eventRules),
    now: () => Date.now(),
    newId: () => randomUUID(),
  };
  const ecs = new ECSClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: scope.region,
    credentials,
    // The outbox tries again.
    maxAttempts: 1,
    requestHandler: { requestTimeout: RUN_TASK_TIMEOUT_MS, throwOnRequestTimeout: true },
  });
  const deliverer = new Deliverer({
    ...context,
    outbox,
    ecs,
    random: () => Math.random(),
    metrics: createMetrics({
      stage: LOCAL_STAGE,
      functionName: "event-bridge",
      write: (line) => metricsLog.write(line),
    }),
    log,
  });
  return {
    handler: createEventBridgeApi({
      ...context,
      findAccessKey,
      keep: async (events) => {
        await eventLog.append(events);
        await deliverer.take(events);
      },
    }),
    stop: async () => {
      await deliverer.stop();
      ecs.destroy();
      await eventLog.close();
      metricsLog.close();
    },
  };
}
