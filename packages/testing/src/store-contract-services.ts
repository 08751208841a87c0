import type { PlannedStart, Service, ServiceEvent } from "@berth/domain/service";
import { beforeEach, expect, test } from "vitest";
import { aService, instanceId, taskId } from "./builders.ts";
import { anExternalService, aTaskSet } from "./task-sets.ts";
import { drainPages, type StoreParts, StoreWorld, there } from "./store-contract-world.ts";

const CLUSTER = "default";

const aStart = (number: number, overrides: Partial<PlannedStart> = {}): PlannedStart => ({
  taskId: taskId("service:web", number),
  deploymentId: "ecs-svc/1",
  decidedAt: 5,
  ...overrides,
});

const unplaced = (reason: string) => ({
  since: 6,
  candidates: [{ containerInstanceId: instanceId(1), reason, detail: "needs 1, has 0" }],
});

const anEvent = (number: number): ServiceEvent => ({
  id: `00000000-0000-4000-8000-00000000000${number}`,
  createdAt: 1_000_000_000 + number,
  message: `(service web) event ${number}`,
});

/** Part of the store's contract. */
export function describeServices(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  const create = (overrides: Partial<Service> = {}) =>
    world.store.services.create(aService(overrides));
  const change = async (name: string, overrides: Partial<Service>) => {
    const { services } = world.store;
    const read = there(await services.findLatest(CLUSTER, name));
    expect(await services.replace({ ...read, ...overrides })).toBe("ok");
  };

  test("a service is read as it was created, by every way", async () => {
    const { services } = world.store;
    const service = aService({
      lastTold: { "(service web) is waiting.": 3 },
      countedFailures: [taskId("service:web", 9)],
      plannedStarts: [
        aStart(1),
        aStart(2, { unplaced: unplaced("RESOURCE:CPU") }),
        aStart(3, { unplaced: unplaced("RESOURCE:PORTS") }),
        aStart(4, { unplaced: unplaced("RESOURCE:CPU") }),
        aStart(5, { containerInstanceId: instanceId(1) }),
        aStart(6, { availabilityZone: "a" }),
      ],
      plannedStops: [
        { taskId: taskId("service:web", 7), reason: "Scaling activity" },
        { taskId: taskId("service:web", 8), reason: "Scaling activity" },
        { taskId: taskId("service:web", 9), reason: "Scaling activity", beforeRunning: true },
      ],
      newEvents: [anEvent(1)],
      kept: { networkConfiguration: { awsvpcConfiguration: { subnets: [] } } },
    });
    expect(await services.create({ ...service, due: 4 })).toBe("ok");
    const stored = { ...service, version: 1, due: 4 };
    expect(await services.find(CLUSTER, "web")).toStrictEqual(stored);
    expect(await services.findLatest(CLUSTER, "web")).toStrictEqual(stored);
    expect(await services.findMany(CLUSTER, ["web", "absent"])).toStrictEqual([stored]);
    expect((await services.page(CLUSTER, { limit: 10 })).items).toStrictEqual([stored]);
    expect(await services.find("another", "web")).toBeUndefined();
  });

  test("a service is read with its task sets, and with who changed one last", async () => {
    const { services } = world.store;
    const failures = { failedTasks: 2, failedRounds: 1, lastFailedAt: 3, throttledUntil: 9 };
    const service = anExternalService({
      taskDefinition: "web:1",
      taskSets: [
        aTaskSet(2, { scale: 33.3, externalId: "green", clientToken: "t-1", failures }),
        aTaskSet(1, { status: "PRIMARY", tags: [{ key: "team", value: "a" }] }),
      ],
      withdrawnStarts: [{ taskId: taskId("service:web", 1), taskSetId: "ecs-svc/1", until: 5 }],
      latestChange: {
        at: 4,
        operation: "UpdateTaskSet",
        requestId: "r-1",
        principalArn: "arn:aws:iam::000000000000:root",
        taskSet: { id: "ecs-svc/1", scale: 33.3 },
      },
    });
    expect(await services.create(service)).toBe("ok");
    expect(await services.find(CLUSTER, "web")).toStrictEqual({ ...service, version: 1 });
  });

  test("of two that change task sets of one service at once, one wins, and the other knows", async () => {
    const { services } = world.store;
    await services.create(anExternalService({ taskSets: [aTaskSet(2), aTaskSet(1)] }));
    const read = there(await services.findLatest(CLUSTER, "web"));
    const outcomes = await Promise.all(
      [10, 20].map((scale) =>
        services.replace({ ...read, taskSets: [aTaskSet(2, { scale }), aTaskSet(1)] }),
      ),
    );
    expect(outcomes.toSorted()).toEqual(["conflict", "ok"]);
    const scale = outcomes[0] === "ok" ? 10 : 20;
    expect((await services.findLatest(CLUSTER, "web"))?.taskSets?.[0]?.scale).toBe(scale);
  });

  test.each(["ACTIVE", "DRAINING"] as const)("%s services keep their name", async (status) => {
    await create({ status });
    expect(await create({ desiredCount: 7 })).toBe("conflict");
    expect((await world.store.services.find(CLUSTER, "web"))?.desiredCount).toBe(1);
  });

  test("an INACTIVE service gives way to a new one, and whoever held it loses", async () => {
    const { services } = world.store;
    await create();
    await change("web", { status: "INACTIVE", inactiveAt: world.now });
    const old = there(await services.findLatest(CLUSTER, "web"));
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, desiredCount) => create({ desiredCount })),
    );
    expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(1);
    const born = there(await services.findLatest(CLUSTER, "web"));
    expect(born).toMatchObject({ status: "ACTIVE", desiredCount: outcomes.indexOf("ok") });
    expect(born).not.toHaveProperty("inactiveAt");
    expect(await services.replace(old)).toBe("conflict");
    expect(await services.replace({ ...born, desiredCount: 3 })).toBe("ok");
    world.passHistory();
    expect(await services.find(CLUSTER, "web")).toBeDefined();
  });

  test("an INACTIVE service can be described for a while, and is never listed", async () => {
    const { services } = world.store;
    await create();
    await change("web", { status: "INACTIVE", inactiveAt: world.now });
    expect(await services.find(CLUSTER, "web")).toMatchObject({ status: "INACTIVE" });
    expect(await services.page(CLUSTER, { limit: 10 })).toEqual({ items: [] });
    world.passHistory();
    expect(await services.find(CLUSTER, "web")).toBeUndefined();
    expect(await services.findMany(CLUSTER, ["web"])).toEqual([]);
  });

  test("pages go by name and are full while there is more", async () => {
    const { services } = world.store;
    const names = ["a", "a-b", "a1", "a_b", "b"];
    for (const name of names.toReversed()) await create({ name });
    for (const name of ["0", "a0", "aa"]) await create({ name, status: "INACTIVE" });
    const read = await drainPages((page) => services.page(CLUSTER, page));
    expect(read.map((service) => service.name)).toEqual(names);
    expect((await services.page(CLUSTER, { limit: 3 })).items).toHaveLength(3);
  });

  const waiting = async (cluster: string) =>
    (await world.store.wantingCapacity(cluster, 0)).services;

  test("those with a start that no instance took wait for capacity", async () => {
    for (const name of ["web", "api", "planned"]) await create({ name });
    await change("planned", { plannedStarts: [aStart(1)] });
    await change("web", { plannedStarts: [aStart(1), aStart(2, { unplaced: unplaced("AGENT") })] });
    await change("api", { plannedStarts: [aStart(1, { unplaced: unplaced("AGENT") })] });
    expect(await waiting(CLUSTER)).toEqual(["api", "web"]);
    expect(await waiting("another")).toEqual([]);
    await change("web", { plannedStarts: [aStart(1)] });
    expect(await waiting(CLUSTER)).toEqual(["api"]);
  });

  test("ACTIVE DAEMON services are listed, whatever they wait for", async () => {
    const { services } = world.store;
    await create({ name: "web" });
    for (const name of ["logs", "metrics"]) await create({ name, schedulingStrategy: "DAEMON" });
    await change("logs", { plannedStarts: [aStart(1, { unplaced: unplaced("AGENT") })] });
    expect(await services.daemons(CLUSTER)).toEqual(["logs", "metrics"]);
    expect(await world.store.wantingCapacity(CLUSTER, 9)).toEqual({
      daemons: ["logs", "metrics"],
      services: [],
      runs: [],
    });
    await change("metrics", { status: "DRAINING" });
    expect(await services.daemons(CLUSTER)).toEqual(["logs"]);
    expect(await services.daemons("another")).toEqual([]);
  });

  test("events are told newest first, each once, and go after a while", async () => {
    const { services } = world.store;
    await services.putEvents(CLUSTER, "web", [anEvent(1), anEvent(3)]);
    await services.putEvents(CLUSTER, "web", [anEvent(3), anEvent(2)]);
    await services.putEvents(CLUSTER, "web-2", [anEvent(4)]);
    expect(await services.latestEvents(CLUSTER, "web", 100)).toStrictEqual([3, 2, 1].map(anEvent));
    expect(await services.latestEvents(CLUSTER, "web", 2)).toHaveLength(2);
    world.passHistory();
    expect(await services.latestEvents(CLUSTER, "web", 100)).toEqual([]);
  });
}
