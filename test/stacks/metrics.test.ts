import { createStore } from "@berth/store/create-store";
import { createDynamoClient } from "@berth/store/dynamodb/client";
import { ensureTable } from "@berth/store/dynamodb/schema";
import { createDynamoTable } from "@berth/store/dynamodb/table";
import { aLedger, anInstance } from "@berth/testing/builders";
import { startDynalite } from "@berth/testing/dynalite-server";
import type { DynaliteServer } from "@berth/testing/dynalite-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callFunction } from "./call-function.ts";
import { readDeployment } from "./record.ts";
import { variablesOf } from "./rules/environment.ts";

const STAGE = "test";
const deployment = readDeployment(STAGE);
const credentials = { accessKeyId: "key", secretAccessKey: "secret" };

/** A line in CloudWatch's embedded metric format, as far as it says which metric it is for. */
interface MetricLine {
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

/** What a function's log gives CloudWatch: each metric with its value, as alarms name it. */
function metricsIn(log: readonly string[]) {
  return log.filter((line) => line.startsWith("{")).flatMap((line) => metricsOf(JSON.parse(line)));
}

function metricsOf(line: MetricLine) {
  return (line._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => ({
        namespace: Namespace,
        metricName: Name,
        dimensions: Object.fromEntries(names.map((name) => [name, line[name]])),
        value: line[Name],
      })),
    ),
  );
}

function watchedBy(alarm: string) {
  const { namespace, metricName, dimensions } = deployment.one(
    "cloudwatch/metricAlarm:MetricAlarm",
    alarm,
  );
  return { namespace, metricName, dimensions };
}

describe("what an alarm watches is what a deployed function writes", () => {
  let dynalite: DynaliteServer;
  let variables: Readonly<Record<string, string>>;

  beforeAll(async () => {
    dynalite = await startDynalite();
    const { endpoint } = dynalite;
    const client = createDynamoClient({ endpoint, region: "us-east-1", credentials });
    const tableName = "metrics";
    await ensureTable(client, tableName);
    const table = createDynamoTable({ client, tableName });
    const { instances } = createStore(table, { historyMs: 1e9, now: Date.now });
    await instances.create(anInstance(), aLedger({ agentConnected: false, agentAwaySince: 0 }));
    client.destroy();
    variables = {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      BERTH_TABLE_NAME: tableName,
      BERTH_TABLE_SHARDS: "1",
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
  });
  afterAll(() => dynalite.close());

  it("agents-disconnected", async () => {
    const environment = { ...variablesOf(deployment, "sweep"), ...variables };
    const { log } = await callFunction("sweep", environment, {});
    expect(metricsIn(log)).toContainEqual({ ...watchedBy("agents-disconnected"), value: 1 });
  });

  it("agents-disconnected, although a sweep may be seconds late and miss its minute", () => {
    const alarm = deployment.one("cloudwatch/metricAlarm:MetricAlarm", "agents-disconnected");
    expect(alarm).toMatchObject({ evaluationPeriods: 5, datapointsToAlarm: 4 });
  });

  it.each(["service-queue", "placement-queue", "dispatch-queue", "timers-queue"] as const)(
    "reconcile-errors, of %s",
    async (entry) => {
      const Records = [{ messageId: "m", body: "no wake-up", attributes: {} }];
      const environment = variablesOf(deployment, entry);
      const { answer, log } = await callFunction(entry, environment, { Records });
      expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m" }] });
      expect(metricsIn(log)).toContainEqual({ ...watchedBy("reconcile-errors"), value: 1 });
    },
  );
});
