import { serviceGroup } from "@berth/domain/task";
import { aServiceRequest } from "@berth/testing/command-set-up";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { expect, test } from "vitest";
import { createService } from "../commands/create-service.ts";
import { tagResource } from "../commands/tag-resource.ts";
import { updateService } from "../commands/update-service.ts";
import { reconcileService } from "./service.ts";

const ARN = "arn:aws:ecs:eu-central-1:123456789012";
const TEAM = { key: "team", value: "a" };
const LATER = { key: "team", value: "b" };

/** Its ids differ in their first digits. */
async function aPlane(): Promise<TestControlPlane> {
  let ids = 0;
  const plane = aControlPlane({
    randomHex: (digits) =>
      String((ids += 1))
        .padStart(4, "0")
        .padEnd(digits, "0")
        .slice(0, digits),
  });
  await setUpCluster(plane);
  return plane;
}

/** Tags of the tasks, in the order in which they were started. */
async function tagsOfTasks({ store }: TestControlPlane) {
  const tasks = await store.tasks.ofGroup("default", serviceGroup("web"));
  return tasks.toSorted((a, b) => a.createdAt - b.createdAt).map(({ tags = [] }) => tags);
}

async function startOneMore(plane: TestControlPlane, desiredCount: number): Promise<void> {
  plane.advance(1_000);
  await updateService(plane, { service: "web", desiredCount });
  await reconcileService(plane, "default", "web");
}

test.each([
  { propagateTags: "TASK_DEFINITION", resourceArn: `${ARN}:task-definition/web:1` },
  { propagateTags: "SERVICE", resourceArn: `${ARN}:service/default/web` },
] as const)(
  "new tasks get the tags that their $propagateTags has when they start",
  async ({ propagateTags, resourceArn }) => {
    const plane = await aPlane();
    await createService(plane, aServiceRequest({ desiredCount: 0, propagateTags }));
    await tagResource(plane, { resourceArn, tags: [TEAM] });
    await startOneMore(plane, 1);
    await tagResource(plane, { resourceArn, tags: [LATER] });
    await startOneMore(plane, 2);
    expect(await tagsOfTasks(plane)).toEqual([[TEAM], [LATER]]);
  },
);

test("with what ECS adds, where the service says so from then on", async () => {
  const plane = await aPlane();
  await createService(plane, aServiceRequest({ desiredCount: 0, tags: [TEAM] }));
  await startOneMore(plane, 1);
  await updateService(plane, {
    service: "web",
    propagateTags: "SERVICE",
    enableECSManagedTags: true,
  });
  await startOneMore(plane, 2);
  expect(await tagsOfTasks(plane)).toEqual([
    [],
    [
      TEAM,
      { key: "aws:ecs:clusterName", value: "default" },
      { key: "aws:ecs:serviceName", value: "web" },
    ],
  ]);
});
