import { createMemoryTable } from "@berth/store/memory/table";
import { aTask, instanceId, taskId } from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { ARN, aTaggableWorld, TASK, TASK_SET, TEAM } from "@berth/testing/taggable-world";
import { watchWrites } from "@berth/testing/watch-writes";
import { describe, expect, test } from "vitest";
import { deleteCluster } from "./delete-cluster.ts";
import { describeClusters } from "./describe-clusters.ts";
import { describeContainerInstances } from "./describe-container-instances.ts";
import { describeServices } from "./describe-services.ts";
import { describeTaskDefinition } from "./describe-task-definition.ts";
import { describeTaskSets } from "./describe-task-sets.ts";
import { describeTasks } from "./describe-tasks.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { tagResource } from "./tag-resource.ts";
import { untagResource } from "./untag-resource.ts";

const tag = (plane: TestControlPlane, resourceArn: string, ...tags: (typeof TEAM)[]) =>
  tagResource(plane, { resourceArn, tags });
const tagsOf = async (plane: TestControlPlane, resourceArn: string) =>
  (await listTagsForResource(plane, { resourceArn })).tags;

const include: ["TAGS"] = ["TAGS"];

/** Everything that has tags, and how it is described with them. */
const TAGGABLE: Readonly<
  Record<string, (plane: TestControlPlane) => Promise<readonly unknown[] | undefined>>
> = {
  "cluster/default": async (plane) =>
    (await describeClusters(plane, { include })).clusters?.[0]?.tags,
  "service/default/web": async (plane) =>
    (await describeServices(plane, { services: ["web"], include })).services?.[0]?.tags,
  [`task/default/${TASK}`]: async (plane) =>
    (await describeTasks(plane, { tasks: [TASK], include })).tasks?.[0]?.tags,
  "task-definition/web:1": async (plane) =>
    (await describeTaskDefinition(plane, { taskDefinition: "web:1", include })).tags,
  "task-definition/old:1": async (plane) =>
    (await describeTaskDefinition(plane, { taskDefinition: "old:1", include })).tags,
  [`container-instance/default/${instanceId(1)}`]: async (plane) =>
    (await describeContainerInstances(plane, { containerInstances: [instanceId(1)], include }))
      .containerInstances?.[0]?.tags,
  [`task-set/default/sets/${TASK_SET}`]: async (plane) =>
    (
      await describeTaskSets(plane, {
        cluster: "default",
        service: "sets",
        taskSets: [TASK_SET],
        include,
      })
    ).taskSets?.[0]?.tags,
};

describe.each(Object.entries(TAGGABLE))("%s", (tail, describedTags) => {
  const arn = `${ARN}:${tail}`;

  test("is tagged, listed, described and untagged", async () => {
    const plane = await aTaggableWorld();
    expect(await tagsOf(plane, arn)).toEqual([]);
    const stage = { key: "stage", value: "test" };
    expect(await tag(plane, arn, TEAM, stage)).toEqual({});
    expect(await tagsOf(plane, arn)).toEqual([TEAM, stage]);
    expect(await describedTags(plane)).toEqual([TEAM, stage]);

    await tag(plane, arn, { key: "team", value: "b" }, { key: "new", value: "" });
    const changed = [{ key: "team", value: "b" }, stage, { key: "new", value: "" }];
    expect(await tagsOf(plane, arn)).toEqual(changed);

    expect(await untagResource(plane, { resourceArn: arn, tagKeys: ["team", "absent"] })).toEqual(
      {},
    );
    expect(await describedTags(plane)).toEqual(changed.slice(1));
    await untagResource(plane, { resourceArn: arn, tagKeys: ["stage", "new"] });
    expect(await tagsOf(plane, arn)).toEqual([]);
  });

  test("loses no change that somebody else makes meanwhile", async () => {
    const table = createMemoryTable();
    const rivals: (() => Promise<unknown>)[] = [];
    const plane = await aTaggableWorld({
      ...table,
      replace: async (item) => {
        await rivals.shift()?.();
        return table.replace(item);
      },
    });
    const other = { key: "other", value: "tag" };
    rivals.push(() => tag(plane, arn, other));
    await tag(plane, arn, TEAM);
    expect(await tagsOf(plane, arn)).toEqual([other, TEAM]);
  });

  test("is not written where nothing changes", async () => {
    const table = createMemoryTable();
    let writes = 0;
    const plane = await aTaggableWorld(
      watchWrites(table, () => {
        writes += 1;
      }),
    );
    await tag(plane, arn, TEAM);
    writes = 0;
    await tag(plane, arn, TEAM);
    await tag(plane, arn);
    await untagResource(plane, { resourceArn: arn, tagKeys: ["absent"] });
    expect(writes).toBe(0);
  });

  test("has at most fifty tags in all", async () => {
    const plane = await aTaggableWorld();
    const many = Array.from({ length: 50 }, (_, index) => ({ key: `k${index}`, value: "" }));
    await tag(plane, arn, ...many);
    await tag(plane, arn, { key: "k0", value: "changed" });
    await expect(tag(plane, arn, TEAM)).rejects.toMatchObject({
      code: "LimitExceededException",
      message: "A resource can have at most 50 tags.",
    });
    expect(await tagsOf(plane, arn)).toHaveLength(50);
  });
});

test("what is still to be done about a resource stays to be done", async () => {
  const plane = await aTaggableWorld();
  await tag(plane, `${ARN}:service/default/web`, TEAM);
  await tag(plane, `${ARN}:task/default/${TASK}`, TEAM);
  expect(await plane.store.services.find("default", "web")).toMatchObject({ due: 5 });
  expect(await plane.store.tasks.find("default", TASK)).toMatchObject({ due: 7 });
});

test("the other task sets of a service keep their tags", async () => {
  const plane = await aTaggableWorld();
  await untagResource(plane, {
    resourceArn: `${ARN}:task-set/default/sets/${TASK_SET}`,
    tagKeys: ["team"],
  });
  await tag(plane, `${ARN}:task-set/default/sets/${TASK_SET}`, { key: "team", value: "b" });
  expect(await tagsOf(plane, `${ARN}:task-set/default/sets/ecs-svc/8`)).toEqual([TEAM]);
});

test("tags that ECS manages are listed, do not count, and stay", async () => {
  const plane = await aTaggableWorld();
  const managed = { key: "aws:ecs:clusterName", value: "default" };
  const full = Array.from({ length: 49 }, (_, index) => ({ key: `k${index}`, value: "" }));
  const id = taskId("family:web", 3);
  await plane.store.tasks.create(aTask({ id, group: "family:web", tags: [managed, ...full] }));
  const resourceArn = `${ARN}:task/default/${id}`;
  await tag(plane, resourceArn, TEAM);
  expect(await tagsOf(plane, resourceArn)).toEqual([managed, ...full, TEAM]);
  const refused = untagResource(plane, { resourceArn, tagKeys: [managed.key] });
  await expect(refused).rejects.toThrow("Tag keys must not begin with aws:.");
});

test("a deleted cluster takes its tags with it", async () => {
  const plane = aControlPlane();
  await plane.store.clusters.create({
    name: "old",
    status: "ACTIVE",
    settings: [],
    capacityProviders: [],
    defaultCapacityProviderStrategy: [],
    tags: [TEAM],
    createdAt: 0,
  });
  await deleteCluster(plane, { cluster: "old" });
  const { clusters } = await describeClusters(plane, { clusters: ["old"], include });
  expect(clusters?.[0]).toMatchObject({ status: "INACTIVE", tags: [] });
});
