import { expect, test } from "vitest";
import { aDeployment, aService, aTaskDefinition } from "@berth/testing/builders";
import { serviceLaunch } from "./service-launch.ts";

const service = [{ key: "of", value: "service" }];
const definition = [{ key: "of", value: "definition" }];

test("the tasks of a service belong to its group and are started by the deployment", () => {
  const launch = serviceLaunch(aService(), aDeployment({ id: "ecs-svc/7" }), aTaskDefinition());
  expect(launch).toMatchObject({
    group: "service:web",
    startedBy: "ecs-svc/7",
    cause: { kind: "deployment", id: "ecs-svc/7" },
  });
});

test.each([
  { propagateTags: "NONE", expected: [] },
  { propagateTags: "SERVICE", expected: service },
  { propagateTags: "TASK_DEFINITION", expected: definition },
] as const)("they get the tags of $propagateTags", ({ propagateTags, expected }) => {
  const { tags } = serviceLaunch(
    aService({ propagateTags, tags: service }),
    aDeployment(),
    aTaskDefinition({ tags: definition }),
  );
  expect(tags).toEqual(expected);
});

test("they get the tags that ECS manages where the service says so", () => {
  const { tags } = serviceLaunch(
    aService({ enableECSManagedTags: true }),
    aDeployment(),
    aTaskDefinition(),
  );
  expect(tags).toEqual([
    { key: "aws:ecs:clusterName", value: "default" },
    { key: "aws:ecs:serviceName", value: "web" },
  ]);
});
