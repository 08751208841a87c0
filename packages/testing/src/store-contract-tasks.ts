import { groupHash } from "@berth/domain/group-hash";
import type { Task } from "@berth/domain/task";
import { beforeEach, expect, test } from "vitest";
import { aTask, aTaskContainer, instanceId, taskId } from "./builders.ts";
import { drainPages, type StoreParts, StoreWorld, there } from "./store-contract-world.ts";

const CLUSTER = "default";

/** Part of the store's contract. */
export function describeTasks(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  const createOf = async (group: string, number: number, overrides: Partial<Task> = {}) => {
    const id = taskId(group, number);
    expect(await world.store.tasks.create(aTask({ group, id, ...overrides }))).toBe("ok");
    return id;
  };
  const stopped = (overrides: Partial<Task> = {}) =>
    ({
      lastStatus: "STOPPED",
      desiredStatus: "STOPPED",
      stoppedAt: world.now,
      ...overrides,
    }) as const;
  const find = (id: string) => world.store.tasks.find(CLUSTER, id);

  test("a task is read as it was created, with every kind of cause in its history", async () => {
    const { tasks } = world.store;
    const task = aTask({
      startedBy: "ecs-svc/1234567890123456789",
      overrides: { containerOverrides: [{ name: "main", command: ["sleep", "1"] }] },
      containers: [
        aTaskContainer({
          exitCode: 0,
          networkBindings: [
            { bindIP: "127.0.1.1", containerPort: 80, hostPort: 1, protocol: "tcp" },
          ],
        }),
      ],
      history: [
        { at: 1, to: "PENDING", cause: { kind: "deployment", id: "ecs-svc/1" } },
        { at: 2, to: "RUNNING", cause: { kind: "agent" } },
        {
          at: 3,
          to: "desired STOPPED",
          cause: { kind: "api", operation: "StopTask", requestId: "r", principalArn: "p" },
        },
        { at: 4, to: "STOPPED", cause: { kind: "controlPlane", reason: "The instance is lost." } },
      ],
    });
    expect(await tasks.create({ ...task, due: 9 })).toBe("ok");
    expect(await tasks.create(task)).toBe("conflict");
    expect(await find(task.id)).toStrictEqual({ ...task, version: 1, due: 9 });
    expect(await tasks.find("another", task.id)).toBeUndefined();
  });

  test("a group holds its own tasks only, also beside one of the same hash", async () => {
    const group = "service:web";
    const second = await createOf(group, 2);
    const first = await createOf(group, 1, stopped());
    await createOf(group, 3, { group: "service:twin" });
    await createOf("service:api", 1);
    const ofGroup = await world.store.tasks.ofGroup(CLUSTER, group);
    expect(ofGroup.map((task) => task.id)).toEqual([first, second]);
    expect(first.startsWith(groupHash(group))).toBe(true);
  });

  test("many are found at once, live and archived", async () => {
    const { tasks } = world.store;
    const live = await createOf("service:web", 1);
    const archived = await createOf("service:web", 2, stopped());
    await tasks.archive(there(await find(archived)));
    const found = await tasks.findMany(CLUSTER, [live, archived, taskId("service:web", 3)]);
    expect(found.map((task) => task.id).toSorted()).toEqual([live, archived]);
  });

  test("archiving takes a task out of its group, with all that it says", async () => {
    const { tasks } = world.store;
    const id = await createOf("service:web", 1, stopped({ stopCode: "EssentialContainerExited" }));
    const before = there(await find(id));
    await tasks.archive({ ...before, due: 7 });
    expect(await tasks.ofGroup(CLUSTER, "service:web")).toEqual([]);
    expect(await find(id)).toStrictEqual(before);
    expect(await world.store.overdue(100, 10)).toEqual([]);
  });

  test("archiving again does no harm, and a later state wins", async () => {
    const { tasks } = world.store;
    const id = await createOf("service:web", 1, stopped());
    const first = there(await find(id));
    await tasks.replace({ ...first, stoppedReason: "later" });
    await tasks.archive(first);
    /** Its original had changed meanwhile: it stays, to be archived again. */
    expect(await tasks.ofGroup(CLUSTER, "service:web")).toHaveLength(1);

    const second = there(await find(id));
    await tasks.archive(second);
    await tasks.archive(second);
    await tasks.archive(first);
    expect(await tasks.ofGroup(CLUSTER, "service:web")).toEqual([]);
    expect((await find(id))?.stoppedReason).toBe("later");
  });

  test("archived tasks go after a while", async () => {
    const id = await createOf("service:web", 1, stopped());
    await world.store.tasks.archive(there(await find(id)));
    world.passHistory();
    expect(await find(id)).toBeUndefined();
    const page = { cluster: CLUSTER, archived: true };
    expect((await world.store.tasks.page(page, { limit: 10 })).items).toEqual([]);
  });

  test("a stopped task of no service goes by itself; one of a service stays", async () => {
    const alone = await createOf("family:batch", 1);
    const ofService = await createOf("service:web", 1, stopped());
    expect(await world.store.tasks.replace({ ...there(await find(alone)), ...stopped() })).toBe(
      "ok",
    );
    expect(await find(alone)).toMatchObject({ lastStatus: "STOPPED" });
    world.passHistory();
    expect(await find(alone)).toBeUndefined();
    expect(await find(ofService)).toBeDefined();
  });

  test("pages go through a cluster by id, or through one group of it", async () => {
    const { tasks } = world.store;
    const ids = [
      await createOf("service:web", 1),
      await createOf("service:web", 2),
      await createOf("service:web", 3),
      await createOf("service:api", 1, { containerInstanceId: instanceId(2) }),
    ];
    const archived = await createOf("service:web", 4, stopped());
    await tasks.archive(there(await find(archived)));
    await tasks.create(aTask({ cluster: "another" }));

    const read = async (filter: { readonly group?: string; readonly archived: boolean }) => {
      const all = await drainPages((page) => tasks.page({ cluster: CLUSTER, ...filter }, page));
      return all.map((task) => task.id);
    };
    expect(await read({ archived: false })).toEqual(ids.toSorted());
    expect(await read({ archived: true })).toEqual([archived]);
    expect(await read({ archived: false, group: "service:web" })).toEqual(ids.slice(0, 3));
    expect(await read({ archived: true, group: "service:api" })).toEqual([]);
  });
}
