import { beforeEach, describe, expect, test } from "vitest";
import {
  aCluster,
  aLedger,
  anInstance,
  aQueuedRun,
  aService,
  aSession,
  aTask,
  instanceId,
  taskId,
} from "./builders.ts";
import { describeAccessKeys } from "./store-contract-access-keys.ts";
import { describeAccountSettings } from "./store-contract-account-settings.ts";
import { describeAlarms } from "./store-contract-alarms.ts";
import { describeApiTokens } from "./store-contract-api-tokens.ts";
import { describeCapacityProviders } from "./store-contract-capacity-providers.ts";
import { describeClusters } from "./store-contract-clusters.ts";
import { describeInstances } from "./store-contract-instances.ts";
import { describeQueuedRuns } from "./store-contract-queued-runs.ts";
import { describeServiceDeployments } from "./store-contract-service-deployments.ts";
import { describeServices } from "./store-contract-services.ts";
import { describeStreamSessions } from "./store-contract-stream-sessions.ts";
import { describeTaskDefinitions } from "./store-contract-task-definitions.ts";
import { describeTasks } from "./store-contract-tasks.ts";
import { describeUsage } from "./store-contract-usage.ts";
import { type StoreParts, StoreWorld, there } from "./store-contract-world.ts";

/** What the store must do over every table. */
export function describeStore(parts: StoreParts): void {
  describe("clusters", () => {
    describeClusters(parts);
  });
  describe("task definitions", () => {
    describeTaskDefinitions(parts);
  });
  describe("container instances", () => {
    describeInstances(parts);
  });
  describe("tasks", () => {
    describeTasks(parts);
  });
  describe("services", () => {
    describeServices(parts);
  });
  describe("queued runs", () => {
    describeQueuedRuns(parts);
  });
  describe("service deployments", () => {
    describeServiceDeployments(parts);
  });
  describe("sessions", () => {
    describeSessions(parts);
  });
  describe("access keys", () => {
    describeAccessKeys(parts);
  });
  describe("bearer tokens", () => {
    describeApiTokens(parts);
  });
  describe("capacity providers", () => {
    describeCapacityProviders(parts);
  });

  describe("alarms", () => {
    describeAlarms(parts);
  });
  describe("account settings", () => {
    describeAccountSettings(parts);
  });
  describe("what containers use", () => {
    describeStreamSessions(parts);
    describeUsage(parts);
  });
  describe("overdue marks", () => {
    describeOverdue(parts);
  });
}

function describeSessions(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  test("a session is kept under its instance", async () => {
    const { sessions } = world.store;
    const session = aSession({ connectionId: "c=", leaseUntil: 5, greetedConnectionId: "c=" });
    expect(await sessions.find(session.cluster, session.containerInstanceId)).toBeUndefined();
    expect(await sessions.create({ ...session, due: 5 })).toBe("ok");
    expect(await sessions.create(session)).toBe("conflict");
    const read = await sessions.find(session.cluster, session.containerInstanceId);
    expect(read).toStrictEqual({ ...session, version: 1, due: 5 });
  });

  test("a connection tells whose it is until it is deleted", async () => {
    const { sessions } = world.store;
    const connection = {
      connectionId: "L0SM9cOFvHcCIhw=",
      kind: "acs",
      cluster: "default",
      containerInstanceId: instanceId(1),
      connectedAt: world.now,
    } as const;
    await sessions.createConnection(connection);
    expect(await sessions.findConnection(connection.connectionId)).toStrictEqual(connection);
    await sessions.deleteConnection(connection.connectionId);
    await sessions.deleteConnection(connection.connectionId);
    expect(await sessions.findConnection(connection.connectionId)).toBeUndefined();
  });

  test("a connection lasts longer than stopped tasks are remembered", async () => {
    const { sessions } = world.store;
    const connectedAt = world.now;
    await sessions.createConnection({
      connectionId: "c",
      kind: "tcs",
      cluster: "default",
      containerInstanceId: instanceId(1),
      connectedAt,
    });
    world.passHistory();
    expect(await sessions.findConnection("c")).toBeDefined();
  });
}

function describeOverdue(parts: StoreParts): void {
  test("name what they point at, oldest first", async () => {
    const { store } = await StoreWorld.make(parts);
    const cluster = "other";
    const id = instanceId(7);
    const task = aTask({ cluster, id: taskId("service:web", 1) });
    await store.clusters.create(aCluster({ name: cluster }));
    await store.tasks.create({ ...task, due: 30 });
    await store.services.create({ ...aService({ cluster }), due: 10 });
    await store.instances.create(anInstance({ cluster, id }), {
      ...aLedger({ cluster, id }),
      due: 40,
    });
    await store.sessions.create({ ...aSession({ cluster, containerInstanceId: id }), due: 20 });

    const run = aQueuedRun({ cluster });
    await store.queuedRuns.create({ ...run, due: 35 });

    expect(await store.overdue(40, 10)).toStrictEqual([
      { kind: "service", cluster, name: "web", due: 10 },
      { kind: "session", cluster, containerInstanceId: id, due: 20 },
      { kind: "task", cluster, id: task.id, due: 30 },
      { kind: "queuedRun", cluster, id: run.id, due: 35 },
      { kind: "ledger", cluster, containerInstanceId: id, due: 40 },
    ]);
    expect(await store.overdue(29, 10)).toHaveLength(2);
    expect(await store.overdue(40, 1)).toHaveLength(1);
  });

  test("go with the write that settles the matter", async () => {
    const { store } = await StoreWorld.make(parts);
    await store.services.create({ ...aService(), due: 10 });
    const { due: _, ...settled } = there(await store.services.find("default", "web"));
    expect(await store.services.replace(settled)).toBe("ok");
    expect(await store.overdue(100, 10)).toEqual([]);
    expect(await store.services.find("default", "web")).not.toHaveProperty("due");
  });
}
