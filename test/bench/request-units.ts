import { randomBytes } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { AcsMessage } from "@berth/contracts/agent/messages";
import type { WakeMessage } from "@berth/contracts/queue";
import { commands } from "@berth/control-plane/commands/registry";
import type {
  CommandContext,
  InstanceControlPlane,
  ServiceControlPlane,
} from "@berth/control-plane/context";
import { handleWake } from "@berth/control-plane/reconcile/handle-wake";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import { NO_CLOUDWATCH } from "@berth/control-plane/alarms/no-cloudwatch";
import { ClusterViews } from "@berth/control-plane/placement/cluster-view";
import { createStore } from "@berth/store/create-store";
import { ensureTable } from "@berth/store/dynamodb/schema";
import { createDynamoTable } from "@berth/store/dynamodb/table";
import { startDynalite } from "@berth/testing/dynalite-server";
import { fill } from "./filled-cluster.ts";
import { say } from "./statistics.ts";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";

export interface Units {
  reads: number;
  writes: number;
}

/** The control plane on a metered table; agents do at once what they are told. */
export async function meteredControlPlane(endpoint: string, units: Units) {
  const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };
  const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials });
  await ensureTable(client, "berth");
  const table = createDynamoTable({
    client,
    tableName: "berth",
    onConsumed: (_, { reads, writes }) => {
      units.reads += reads;
      units.writes += writes;
    },
  });
  const wakes = new Map<string, WakeMessage>();
  const pushed: AcsMessage[] = [];
  const now = () => Date.now();
  const context: CommandContext & InstanceControlPlane & ServiceControlPlane = {
    store: createStore(table, { historyMs: DEFAULT_SETTINGS.historyMs, now }),
    relay: {
      wake: async (message, timing) => {
        // What comes later (heartbeats, second looks) is no part of a task's life.
        if (timing?.kind !== "after") wakes.set(JSON.stringify(message), message);
      },
    },
    agents: {
      push: async (_, message) => {
        pushed.push(message);
        return "sent";
      },
    },
    views: new ClusterViews(),
    metrics: { record: () => undefined },
    alarms: NO_CLOUDWATCH,
    lifecycleActions: {
      complete: async () => undefined,
      recordHeartbeat: async () => "over",
    },
    roleKeys: { assume: async () => "refused" },
    scope: { region: "us-east-1", account: "000000000000" },
    settings: { ...DEFAULT_SETTINGS, agentEndpoint: "http://127.0.0.1/" },
    now,
    randomHex: (digits) => randomBytes(digits).toString("hex").slice(0, digits),
    requestId: "bench",
    principalArn: "arn:aws:iam::000000000000:root",
    permissions: ADMINISTRATOR,
  };
  return { client, context, wakes, pushed };
}

export type Metered = Awaited<ReturnType<typeof meteredControlPlane>>;

/** Handles what was woken, and reports for every task what the agents were told, until all is quiet. */
export async function settle({ context, wakes, pushed }: Metered): Promise<void> {
  while (wakes.size > 0 || pushed.length > 0) {
    for (const [key, message] of wakes) {
      wakes.delete(key);
      await handleWake(context, message);
    }
    for (const message of pushed.splice(0)) {
      if (message.type !== "PayloadMessage") continue;
      for (const task of message.message.tasks) await report(context, task.arn, task.desiredStatus);
    }
  }
}

export async function report(
  context: CommandContext,
  task: string,
  status: "RUNNING" | "STOPPED",
): Promise<void> {
  const exitCode = status === "STOPPED" ? { exitCode: 143 } : {};
  await commands.SubmitTaskStateChange(context, {
    cluster: "default",
    task,
    status,
    containers: [{ containerName: "main", status, runtimeId: "0".repeat(64), ...exitCode }],
  });
}

export async function setUp(metered: Metered, instances: number): Promise<void> {
  const { context } = metered;
  await commands.CreateCluster(context, {});
  await fill(context, instances);
  await commands.RegisterTaskDefinition(context, {
    family: "unit",
    containerDefinitions: [{ name: "main", image: "main", cpu: 16, memory: 16 }],
  });
  await settle(metered);
}

/** Request units that one task costs from being asked for until it is STOPPED and accounted for. */
export async function benchRequestUnits(): Promise<void> {
  const lines: string[] = [];
  for (const instances of [3, 10, 100, 1_000]) {
    const dynalite = await startDynalite();
    const units: Units = { reads: 0, writes: 0 };
    const metered = await meteredControlPlane(dynalite.endpoint, units);
    await setUp(metered, instances);
    // Once for the caches that every process has after its first task.
    await runAndExit(metered);
    const measure = async (name: string, tasks: number, life: () => Promise<void>) => {
      Object.assign(units, { reads: 0, writes: 0 });
      await life();
      const perTask = ((units.reads + units.writes) / tasks).toFixed(1);
      const parts = `${(units.writes / tasks).toFixed(1)} write + ${(units.reads / tasks).toFixed(1)} read`;
      lines.push(
        `${name}, ${instances} instances`.padEnd(44) + `${perTask.padStart(6)} a task (${parts})`,
      );
    };
    await measure("RunTask of one, then it exits", 1, async () => runAndExit(metered));
    await measure("Service of 50, created and deleted", 50, async () => serviceLife(metered, 50));
    metered.client.destroy();
    await dynalite.close();
  }
  say("Request units over the whole life of a task", ...lines);
}

async function runAndExit(metered: Metered): Promise<void> {
  const { tasks } = await commands.RunTask(metered.context, { taskDefinition: "unit:1" });
  await settle(metered);
  await report(metered.context, tasks?.[0]?.taskArn ?? "", "STOPPED");
  await settle(metered);
}

async function serviceLife(metered: Metered, desiredCount: number): Promise<void> {
  const service = { serviceName: "unit", taskDefinition: "unit", desiredCount };
  await commands.CreateService(metered.context, service);
  await settle(metered);
  await commands.DeleteService(metered.context, { service: "unit", force: true });
  await settle(metered);
}

if (import.meta.main) await benchRequestUnits();
