import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Table } from "@berth/store/table";
import {
  aLedger,
  anInstance,
  aService,
  aTask,
  aTaskDefinition,
  instanceId,
  taskId,
} from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { anExternalService, aTaskSet } from "@berth/testing/task-sets";
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

const ARN = "arn:aws:ecs:eu-central-1:123456789012";
const TASK = taskId("service:web", 1);
const STOPPED = taskId("family:web", 2);
const SET = "ecs-svc/0000000000000000007";
const TEAM = { key: "team", value: "a" };

async function aWorld(table?: Table): Promise<TestControlPlane> {
  const controlPlane = aControlPlane(table && { table });
  const { store } = controlPlane;
  await setUpCluster(controlPlane, {
    definitions: [aTaskDefinition(), aTaskDefinition({ family: "old", status: "INACTIVE" })],
  });
  const gone = { id: instanceId(9) };
  await store.instances.create(anInstance(gone), aLedger({ ...gone, status: "INACTIVE" }));
  await store.services.create({ ...aService(), due: 5 });
  await store.services.create(
    aService({ name: "old", status: "INACTIVE", inactiveAt: controlPlane.now() }),
  );
  const taskSets = [aTaskSet(1, { id: SET }), aTaskSet(2, { id: "ecs-svc/8", tags: [TEAM] })];
  await store.services.create(anExternalService({ name: "sets", taskSets }));
  await store.tasks.create({ ...aTask(), due: 7 });
  await store.tasks.create(aTask({ id: STOPPED, group: "family:web", lastStatus: "STOPPED" }));
  return controlPlane;
}

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
  [`task-set/default/sets/${SET}`]: async (plane) =>
    (
      await describeTaskSets(plane, {
        cluster: "default",
        service: "sets",
        taskSets: [SET],
        include,
      })
    ).taskSets?.[0]?.tags,
};

describe.each(Object.entries(TAGGABLE))("%s", (tail, describedTags) => {
  const arn = `${ARN}:${tail}`;

  test("is tagged, listed, described and untagged", async () => {
    const plane = await aWorld();
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
    const plane = await aWorld({
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
    const plane = await aWorld({
      ...table,
      replace: (item) => {
        writes += 1;
        return table.replace(item);
      },
    });
    await tag(plane, arn, TEAM);
    writes = 0;
    await tag(plane, arn, TEAM);
    await tag(plane, arn);
    await untagResource(plane, { resourceArn: arn, tagKeys: ["absent"] });
    expect(writes).toBe(0);
  });

  test("has at most fifty tags in all", async () => {
    const plane = await aWorld();
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
  const plane = await aWorld();
  await tag(plane, `${ARN}:service/default/web`, TEAM);
  await tag(plane, `${ARN}:task/default/${TASK}`, TEAM);
  expect(await plane.store.services.find("default", "web")).toMatchObject({ due: 5 });
  expect(await plane.store.tasks.find("default", TASK)).toMatchObject({ due: 7 });
});

test("the other task sets of a service keep their tags", async () => {
  const plane = await aWorld();
  await untagResource(plane, {
    resourceArn: `${ARN}:task-set/default/sets/${SET}`,
    tagKeys: ["team"],
  });
  await tag(plane, `${ARN}:task-set/default/sets/${SET}`, { key: "team", value: "b" });
  expect(await tagsOf(plane, `${ARN}:task-set/default/sets/ecs-svc/8`)).toEqual([TEAM]);
});

test("tags that ECS manages are listed, do not count, and stay", async () => {
  const plane = await aWorld();
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

const INVALID = "InvalidParameterException";
const ABSENT = "f".repeat(32);

interface Refusal {
  readonly arn: string;
  readonly message: string;
  /** Of TagResource and UntagResource; that of ListTagsForResource is in `listing`. */
  readonly code?: string;
  readonly listing?: string;
}

const absent = (tail: string, noun: string): Refusal => ({
  arn: `${ARN}:${tail}`,
  message: `The specified ${noun} was not found.`,
  code: "ResourceNotFoundException",
  listing: INVALID,
});

const REFUSALS: readonly Refusal[] = [
  { arn: "default", message: "Invalid identifier: Unexpected number of separators" },
  { arn: "", message: "Invalid identifier: Unexpected number of separators" },
  {
    arn: "arn:aws:ecr:eu-central-1:123456789012:repository/web",
    message: "Invalid identifier: Unexpected number of separators",
  },
  {
    arn: `${ARN.replace("eu-central-1", "us-east-1")}:cluster/default`,
    message: "Invalid Region in ARN",
  },
  {
    arn: `${ARN.replace("123456789012", "210987654321")}:cluster/default`,
    message: "Invalid identifier: Identifier is for 210987654321. Your accountId is 123456789012",
  },
  {
    arn: `${ARN}:service-deployment/default/web/1`,
    message: "Unsupported resource type: service-deployment",
  },
  { arn: `${ARN}:constructor/x`, message: "Unsupported resource type: constructor" },
  ...["service/web", `task/${TASK}`, `container-instance/${instanceId(1)}`, "task-set/web"].map(
    (tail) => ({
      arn: `${ARN}:${tail}`,
      message: "Long arn format must be used for tagging operations",
    }),
  ),
  { arn: `${ARN}:task-definition/web`, message: "Revision is missing." },
  { arn: `${ARN}:task-set/default/sets`, message: "Task Set Identifier is invalid" },
  {
    arn: `${ARN}:service/default/web/x`,
    message: "Invalid identifier: Unexpected number of separators",
  },
  ...["cluster/absent", "service/absent/web", `task/absent/${TASK}`].map((tail) => ({
    arn: `${ARN}:${tail}`,
    message: "Cluster not found.",
    code: "ClusterNotFoundException",
  })),
  absent("service/default/absent", "service"),
  absent(`task/default/${ABSENT}`, "task"),
  absent(`container-instance/default/${ABSENT}`, "container instance"),
  absent("task-definition/web:2", "task definition"),
  absent("task-set/default/sets/ecs-svc/9", "task set"),
  absent(`task-set/default/web/${SET}`, "task set"),
  {
    arn: `${ARN}:service/default/old`,
    message: "The specified service is inactive. Specify an active service and try again.",
  },
  {
    arn: `${ARN}:container-instance/default/${instanceId(9)}`,
    message:
      "The specified container instance is inactive. Specify an active container instance and try again.",
  },
  {
    arn: `${ARN}:task/default/${STOPPED}`,
    message: "The specified task is stopped. Specify a running task and try again.",
  },
];

test.each(REFUSALS)("$arn: $message", async ({ arn, message, code = INVALID, listing = code }) => {
  const plane = await aWorld();
  await expect(tag(plane, arn, TEAM)).rejects.toMatchObject({ code, message });
  const untag = untagResource(plane, { resourceArn: arn, tagKeys: ["team"] });
  await expect(untag).rejects.toMatchObject({ code, message });
  await expect(tagsOf(plane, arn)).rejects.toMatchObject({ code: listing, message });
});

test("a deleted cluster has no tags", async () => {
  const plane = aControlPlane();
  await setUpCluster(plane, { instanceCount: 0 });
  await deleteCluster(plane, { cluster: "default" });
  await expect(tag(plane, `${ARN}:cluster/default`, TEAM)).rejects.toMatchObject({
    code: INVALID,
    message: "The specified cluster is inactive. Specify an active cluster and try again.",
  });
});

test.each<{ request: EcsRequest<"UntagResource">["tagKeys"]; message: string }>([
  { request: [""], message: "Tag key length must be between 1 and 128." },
  { request: ["a*"], message: "Tag key contains invalid characters: a*" },
  {
    request: Array.from({ length: 51 }, (_, index) => `k${index}`),
    message: "tagKeys can have at most 50 items.",
  },
])("UntagResource refuses: $message", async ({ request, message }) => {
  const plane = await aWorld();
  const untag = untagResource(plane, { resourceArn: `${ARN}:cluster/default`, tagKeys: request });
  await expect(untag).rejects.toMatchObject({ code: INVALID, message });
});
