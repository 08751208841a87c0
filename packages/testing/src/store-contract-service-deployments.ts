import type { ServiceRevision } from "@berth/domain/service-deployment";
import { beforeEach, expect, test } from "vitest";
import { aServiceDeployment } from "./builders.ts";
import { drainPages, type StoreParts, StoreWorld } from "./store-contract-world.ts";

const WEB = { cluster: "default", name: "web" };

const aRevision = (number: number): ServiceRevision => ({
  cluster: "default",
  service: "web",
  id: String(number).padStart(19, "0"),
  taskDefinition: `web:${number}`,
  launchType: "EC2",
  containerImages: [{ containerName: "main", image: "busybox" }],
  createdAt: 7,
});

/** Part of the store's contract. */
export function describeServiceDeployments(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  test("a record is read as it was written first, whatever comes later", async () => {
    const { serviceDeployments } = world.store;
    const record = aServiceDeployment({
      status: "ROLLBACK_SUCCESSFUL",
      finishedAt: world.now,
      rollback: { trigger: "user", reason: "why", startedAt: 3, deploymentId: "ecs-svc/1" },
      end: {
        failureCount: 1,
        threshold: 3,
        deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200 },
        tasks: { "ecs-svc/1": { requested: 2, running: 1, pending: 0 } },
      },
    });
    await serviceDeployments.put(WEB, record);
    await serviceDeployments.put(WEB, { ...record, status: "SUCCESSFUL" });
    expect(await serviceDeployments.findMany(WEB, [record.id, "absent"])).toStrictEqual([record]);
    expect(await serviceDeployments.findMany({ ...WEB, name: "api" }, [record.id])).toEqual([]);
  });

  test("pages of records go by id, of one service only, and records go after a while", async () => {
    const { serviceDeployments } = world.store;
    const ids = ["-a", "-b", "0", "A", "_", "a"];
    for (const id of ids.toReversed()) {
      await serviceDeployments.put(WEB, aServiceDeployment({ id, finishedAt: world.now }));
    }
    const other = aServiceDeployment({ finishedAt: world.now });
    await serviceDeployments.put({ ...WEB, name: "web-2" }, other);
    const read = await drainPages((page) => serviceDeployments.page(WEB, page));
    expect(read.map(({ id }) => id)).toEqual(ids);
    world.passHistory();
    expect(await serviceDeployments.page(WEB, { limit: 10 })).toEqual({ items: [] });
  });

  test("a revision is kept as it was written first until some time after it is retired", async () => {
    const { serviceRevisions } = world.store;
    const [first, second] = [aRevision(1), aRevision(2)];
    for (const each of [first, second, { ...first, taskDefinition: "web:9" }]) {
      await serviceRevisions.put(each);
    }
    const read = () => serviceRevisions.findMany(WEB, [first.id, second.id]);
    world.passHistory();
    expect(await read()).toStrictEqual(expect.arrayContaining([first, second]));
    await serviceRevisions.retire(WEB, first.id);
    await serviceRevisions.retire(WEB, "absent");
    expect(await read()).toHaveLength(2);
    world.passHistory();
    expect(await read()).toStrictEqual([second]);
  });
}
