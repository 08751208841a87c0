import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import { drainedTaskSet } from "@berth/domain/task-set";
import { aTaskSetWorld, blue, green } from "@berth/testing/task-set-world";
import { expect, test } from "vitest";

const ARN = "arn:aws:ecs:eu-central-1:123456789012";

type World = Awaited<ReturnType<typeof aTaskSetWorld>>;

interface Refusal {
  readonly name: string;
  readonly call: (world: World) => Promise<unknown>;
  readonly code: string;
  readonly message: string;
}

const ONLY_EXTERNAL =
  "Amazon ECS only supports task set management on services configured to use external deployment controllers.";

/** What is refused alike, by whatever operation on task sets. */
const COMMON = [
  [{ service: "rolling" }, "InvalidParameterException", ONLY_EXTERNAL],
  [{ service: "leaving" }, "ServiceNotActiveException", "Service was not ACTIVE."],
  [{ service: "none" }, "ServiceNotFoundException", "Service not found."],
  [{ service: "a b" }, "InvalidParameterException", "Service Identifier is invalid"],
  [{ cluster: "none" }, "ClusterNotFoundException", "Cluster not found."],
] as const;
const OPERATIONS = ["create", "update", "remove", "promote", "list"] as const;

const ALIKE: readonly Refusal[] = OPERATIONS.flatMap((operation) =>
  COMMON.map(([given, code, message]) => ({
    name: `${operation} ${JSON.stringify(given)}`,
    call: async (world: World) => world[operation](given),
    code,
    message,
  })),
);

const NO_SET = "The specified task set does not exist.";
const NO_ID = "Task Set Identifier is invalid";
const BAD_SCALE = "scale value must be between 0 and 100.";
const invalid = (
  name: string,
  call: Refusal["call"],
  message: string,
  code = "InvalidParameterException",
): Refusal => ({ name, call, code, message });

/** What ECS has and Berth does not have yet. */
const LATER: readonly (readonly [Partial<EcsRequest<"CreateTaskSet">>, string])[] = [
  [{ loadBalancers: [{ targetGroupArn: "arn" }] }, "load balancers"],
  [{ serviceRegistries: [{ registryArn: "arn" }] }, "service registries"],
];

const OWN: readonly Refusal[] = [
  ...([-1, 100.1, undefined] as const).flatMap((value) => [
    invalid(`create at ${value} %`, (to) => to.create({ scale: { value } }), BAD_SCALE),
    invalid(`update to ${value} %`, (to) => to.update({ scale: { value } }), BAD_SCALE),
  ]),
  invalid("update without a scale", (to) => to.update({ scale: undefined }), BAD_SCALE),
  ...(["x", "ecs-svc/", "ecs-svc/x", ""] as const).flatMap((taskSet) => [
    invalid(`update ${taskSet}`, (to) => to.update({ taskSet }), NO_ID),
    invalid(`delete ${taskSet}`, (to) => to.remove({ taskSet }), NO_ID),
    invalid(`promote ${taskSet}`, (to) => to.promote({ primaryTaskSet: taskSet }), NO_ID),
    invalid(`describe ${taskSet}`, (to) => to.list({ taskSets: [taskSet] }), NO_ID),
  ]),
  invalid(
    "update a set of another service",
    (to) => to.update({ taskSet: `${ARN}:task-set/default/api/${green.id}` }),
    "Invalid identifier: Identifier is for service default/api. Your service is default/web",
  ),
  invalid(
    "update what is no task set",
    (to) => to.update({ taskSet: `${ARN}:task/default/web/${green.id}` }),
    "Unsupported resource type: task",
  ),
  ...(["update", "remove"] as const).map((operation) =>
    invalid(
      `${operation} an unknown set`,
      (to) => to[operation]({ taskSet: "ecs-svc/9" }),
      NO_SET,
      "TaskSetNotFoundException",
    ),
  ),
  invalid(
    "promote an unknown set",
    (to) => to.promote({ primaryTaskSet: "ecs-svc/9" }),
    NO_SET,
    "TaskSetNotFoundException",
  ),
  invalid(
    "delete the PRIMARY",
    (to) => to.remove({ taskSet: blue.id }),
    "Primary TaskSet cannot be deleted",
  ),
  invalid(
    "delete one at a scale",
    (to) => to.remove(),
    "The task set cannot be deleted while it is scaled above 0.",
  ),
  invalid(
    "create with a long token",
    (to) => to.create({ clientToken: "x".repeat(37) }),
    "clientToken longer than 36.",
  ),
  invalid(
    "create with tags of AWS",
    (to) => to.create({ tags: [{ key: "aws:x" }] }),
    "Tag keys must not begin with aws:.",
  ),
  invalid(
    "create of a deregistered definition",
    (to) => to.create({ taskDefinition: "old:1" }),
    "TaskDefinition is inactive",
    "ClientException",
  ),
  invalid(
    "create on Fargate",
    (to) => to.create({ launchType: "FARGATE" }),
    "Task definition does not support launch_type FARGATE.",
  ),
  invalid(
    "create with a platform version",
    (to) => to.create({ platformVersion: "LATEST" }),
    "The platform version must be null when specifying an EC2 launch type",
  ),
  invalid(
    "create with a network",
    (to) => to.create({ networkConfiguration: { awsvpcConfiguration: { subnets: [] } } }),
    "Network Configuration is not valid for the given networkMode of this task definition.",
  ),
  invalid(
    "create without a network for awsvpc",
    (to) => to.create({ taskDefinition: "vpc" }),
    "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
  ),
  invalid(
    "create with launch type and strategy",
    (to) => to.create({ launchType: "EC2", capacityProviderStrategy: [{ capacityProvider: "p" }] }),
    "Specifying both a launch type and capacity provider strategy is not supported",
  ),
  ...LATER.map(([request, what]) =>
    invalid(
      `create with ${what}`,
      (to) => to.create(request),
      `Berth does not have this yet: ${what}.`,
      "UnsupportedFeatureException",
    ),
  ),
];

test.each([...ALIKE, ...OWN])(
  "$name is refused, and nothing is written",
  async ({ call, code, message }) => {
    const world = await aTaskSetWorld();
    await expect(call(world)).rejects.toMatchObject({ code, message });
    expect((await world.stored()).version).toBe(1);
    expect(world.controlPlane.wakes).toEqual([]);
  },
);

test.each(["update", "promote"] as const)("%s refuses a set that drains", async (operation) => {
  const world = await aTaskSetWorld({ taskSets: [drainedTaskSet(green, 0)] });
  await expect(world[operation]()).rejects.toMatchObject({
    code: "InvalidParameterException",
    message: `The task set ${green.id} is DRAINING.`,
  });
  expect((await world.stored()).version).toBe(1);
});
