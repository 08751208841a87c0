import { aControlPlane } from "@berth/testing/control-plane";
import { watchWrites } from "@berth/testing/watch-writes";
import { createMemoryTable } from "@berth/store/memory/table";
import { describe, expect, test } from "vitest";
import type { Command } from "./command.ts";
import { createCluster } from "./create-cluster.ts";
import { deregisterContainerInstance } from "./deregister-container-instance.ts";
import { listContainerInstances } from "./list-container-instances.ts";
import { registerContainerInstance } from "./register-container-instance.ts";

type Request = Parameters<Command<"RegisterContainerInstance">>[1];

const integer = (name: string, integerValue: number) => ({ name, type: "INTEGER", integerValue });
const RESOURCES = [
  integer("CPU", 2048),
  integer("MEMORY", 3900),
  { name: "PORTS", type: "STRINGSET", stringSetValue: ["22", "2375"] },
  { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [] },
];

async function aClusterWith(...requests: readonly Request[]) {
  const plane = aControlPlane({ now: 7_000 });
  await createCluster(plane, {});
  const answers = [];
  for (const request of requests) answers.push(await register(plane, request));
  return { plane, answers };
}
const register = async (plane: ReturnType<typeof aControlPlane>, request: Request) =>
  (await registerContainerInstance(plane, { totalResources: RESOURCES, ...request }))
    .containerInstance;

const attributeOf = (answer: Awaited<ReturnType<typeof register>>, name: string) =>
  answer?.attributes?.find((attribute) => attribute.name === name);

describe("RegisterContainerInstance, first time", () => {
  test("writes nothing where it is refused, not even the token", async () => {
    const writes: string[] = [];
    const table = watchWrites(createMemoryTable(), ({ pk }) => writes.push(pk));
    const plane = aControlPlane({ table });
    await createCluster(plane, {});
    const tags = [{ key: "aws:rack", value: "7" }];
    await expect(register(plane, { clientToken: "t1", tags })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "Tag keys must not begin with aws:.",
    });
    expect(writes).toEqual(["clusters"]);
  });

  test("answers the instance, with what it has and holds", async () => {
    const { answers } = await aClusterWith({
      attributes: [{ name: "ecs.os-type", value: "linux" }, { name: "ecs.capability.task-eni" }],
      tags: [{ key: "rack", value: "7" }],
    });
    const zeros = { doubleValue: 0, longValue: 0 };
    const resources = [
      { name: "CPU", type: "INTEGER", ...zeros, integerValue: 2048 },
      { name: "MEMORY", type: "INTEGER", ...zeros, integerValue: 3900 },
      {
        name: "PORTS",
        type: "STRINGSET",
        ...zeros,
        integerValue: 0,
        stringSetValue: ["22", "2375"],
      },
      { name: "PORTS_UDP", type: "STRINGSET", ...zeros, integerValue: 0, stringSetValue: [] },
    ];
    expect(answers).toEqual([
      {
        containerInstanceArn: expect.stringMatching(
          /^arn:aws:ecs:eu-central-1:123456789012:container-instance\/default\/[0-9a-f]{32}$/,
        ),
        version: 1,
        versionInfo: {},
        registeredResources: resources,
        remainingResources: resources,
        status: "ACTIVE",
        agentConnected: false,
        runningTasksCount: 0,
        pendingTasksCount: 0,
        attributes: [
          { name: "ecs.availability-zone", value: "eu-central-1a" },
          { name: "ecs.os-type", value: "linux" },
          { name: "ecs.capability.task-eni" },
        ],
        registeredAt: new Date(7_000),
        attachments: [],
        tags: [{ key: "rack", value: "7" }],
      },
    ]);
  });

  test("lets waiting services look for room again, once a second", async () => {
    const { plane } = await aClusterWith({});
    expect(plane.wakes).toEqual([
      { message: { kind: "placement", cluster: "default" }, timing: { kind: "coalesced" } },
    ]);
  });

  test("a repeated call with the same token finds the instance of the first", async () => {
    const { plane, answers } = await aClusterWith(
      { clientToken: "t1" },
      { clientToken: "t1" },
      { clientToken: "t2" },
    );
    const arns = answers.map((answer) => answer?.containerInstanceArn);
    expect(arns[1]).toBe(arns[0]);
    expect(arns[2]).not.toBe(arns[0]);
    const listed = await listContainerInstances(plane, {});
    expect(listed.containerInstanceArns).toHaveLength(2);
  });

  test("takes zone, type and id from an EC2 identity document, and the agent's own word first", async () => {
    const document = {
      instanceId: "i-1",
      availabilityZone: "eu-central-1b",
      instanceType: "m7.large",
      architecture: "arm64",
    };
    const instanceIdentityDocument = JSON.stringify(document);
    const { answers } = await aClusterWith(
      { instanceIdentityDocument },
      { instanceIdentityDocument, attributes: [{ name: "ecs.availability-zone", value: "c" }] },
    );
    expect(answers[0]?.ec2InstanceId).toBe("i-1");
    expect(attributeOf(answers[0], "ecs.instance-type")?.value).toBe("m7.large");
    expect(attributeOf(answers[0], "ecs.cpu-architecture")?.value).toBe("arm64");
    expect(answers.map((answer) => attributeOf(answer, "ecs.availability-zone")?.value)).toEqual([
      "eu-central-1b",
      "c",
    ]);
  });

  test.each<{ request: Request; code: string; message: string }>([
    {
      request: { cluster: "other" },
      code: "ClusterNotFoundException",
      message: "Cluster not found.",
    },
    {
      request: { totalResources: [integer("CPU", 1)] },
      code: "InvalidParameterException",
      message: "Resource MEMORY must be positive.",
    },
    {
      request: {
        totalResources: [...RESOURCES.slice(0, 2), { name: "PORTS", stringSetValue: ["http"] }],
      },
      code: "InvalidParameterException",
      message: "Port is invalid: http",
    },
    {
      request: { attributes: [{ name: "a b" }] },
      code: "InvalidParameterException",
      message: "Attribute name is invalid: a b",
    },
    {
      request: { attributes: [{ name: "a", value: " b" }] },
      code: "InvalidParameterException",
      message: "Attribute value is invalid:  b",
    },
    {
      request: { instanceIdentityDocument: "who?" },
      code: "ClientException",
      message: "The identity document and identity document signature were not valid",
    },
  ])("refuses: $message", async ({ request, code, message }) => {
    const { plane } = await aClusterWith();
    await expect(register(plane, request)).rejects.toMatchObject({ code, message });
    expect((await listContainerInstances(plane, {})).containerInstanceArns).toEqual([]);
  });
});

describe("RegisterContainerInstance, again", () => {
  test("keeps id and custom attributes, renews capabilities and versions", async () => {
    const { plane, answers } = await aClusterWith({
      attributes: [
        { name: "rack", value: "7" },
        { name: "ecs.capability.old" },
        { name: "ecs.availability-zone", value: "eu-central-1c" },
      ],
    });
    const containerInstanceArn = answers[0]?.containerInstanceArn;
    const again = await register(plane, {
      containerInstanceArn,
      attributes: [{ name: "ecs.capability.new" }],
      versionInfo: { agentVersion: "1.2.3" },
    });
    expect(again?.containerInstanceArn).toBe(containerInstanceArn);
    expect(again?.versionInfo).toEqual({ agentVersion: "1.2.3" });
    expect(again?.attributes).toEqual([
      { name: "ecs.availability-zone", value: "eu-central-1c" },
      { name: "rack", value: "7" },
      { name: "ecs.capability.new" },
    ]);
    const listed = await listContainerInstances(plane, { filter: "attribute:rack == 7" });
    expect(listed.containerInstanceArns).toEqual([containerInstanceArn]);
  });

  test("refuses other resources", async () => {
    const { plane, answers } = await aClusterWith({});
    const containerInstanceArn = answers[0]?.containerInstanceArn;
    const totalResources = [integer("CPU", 4096), ...RESOURCES.slice(1)];
    await expect(register(plane, { containerInstanceArn, totalResources })).rejects.toMatchObject({
      code: "ClientException",
      message: expect.stringContaining(
        "Container instance type changes are not supported.",
      ) as string,
    });
  });

  describe("with GPUs and resources of its own", () => {
    const gpus = (...stringSetValue: string[]) => ({
      name: "GPU",
      type: "STRINGSET",
      stringSetValue,
    });
    const [licence, seat, pair] = [
      integer("licence", 2),
      integer("seat", 1),
      gpus("GPU-a", "GPU-b"),
    ];
    const before = [...RESOURCES, licence, seat, pair];

    test.each([
      ["fewer units", [...RESOURCES, integer("licence", 1), seat, pair]],
      ["a resource less", [...RESOURCES, licence, pair]],
      ["another GPU", [...RESOURCES, licence, seat, gpus("GPU-a", "GPU-c")]],
      ["no GPUs", [...RESOURCES, licence, seat]],
    ])("refuses %s", async (_, totalResources) => {
      const { plane, answers } = await aClusterWith({ totalResources: before });
      const again = register(plane, {
        containerInstanceArn: answers[0]?.containerInstanceArn,
        totalResources,
      });
      await expect(again).rejects.toMatchObject({
        code: "ClientException",
        message: expect.stringMatching(
          /previously registered with .*, GPU \[GPU-a,GPU-b\], licence 2, seat 1\.$/,
        ) as string,
      });
    });

    test("takes the same ones in another order", async () => {
      const { plane, answers } = await aClusterWith({ totalResources: before });
      const again = register(plane, {
        containerInstanceArn: answers[0]?.containerInstanceArn,
        totalResources: [gpus("GPU-b", "GPU-a"), seat, licence, ...RESOURCES],
      });
      await expect(again).resolves.toBeDefined();
    });
  });

  test("the order of reserved ports does not matter", async () => {
    const { plane, answers } = await aClusterWith({});
    const totalResources = [
      ...RESOURCES.slice(0, 2),
      { name: "PORTS", type: "STRINGSET", stringSetValue: ["2375", "22"] },
    ];
    const again = register(plane, {
      containerInstanceArn: answers[0]?.containerInstanceArn,
      totalResources,
    });
    await expect(again).resolves.toBeDefined();
  });

  test("refuses an instance that is unknown or deregistered", async () => {
    const { plane, answers } = await aClusterWith({});
    const arn = answers[0]?.containerInstanceArn ?? "";
    await deregisterContainerInstance(plane, { containerInstance: arn });
    await expect(register(plane, { containerInstanceArn: arn })).rejects.toMatchObject({
      code: "ClientException",
    });
    const unknown = `${arn.slice(0, -32)}${"f".repeat(32)}`;
    await expect(register(plane, { containerInstanceArn: unknown })).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: `Referenced container instance ${"f".repeat(32)} not found.`,
    });
  });
});

describe("RegisterContainerInstance with more than CPU and memory", () => {
  const gpu = { name: "GPU", type: "STRINGSET", stringSetValue: ["GPU-a", "GPU-b"] };

  test("keeps GPUs and resources of the instance's own, and says what is left", async () => {
    const { answers } = await aClusterWith({
      totalResources: [...RESOURCES, gpu, integer("licence", 3)],
    });
    const [answer] = answers;
    const named = (name: string) => (resource: { readonly name?: string | undefined }) =>
      resource.name === name;
    expect(answer?.registeredResources?.find(named("GPU"))?.stringSetValue).toEqual([
      "GPU-a",
      "GPU-b",
    ]);
    expect(answer?.registeredResources?.find(named("licence"))?.integerValue).toBe(3);
  });

  test("takes GPUs as devices too", async () => {
    const platformDevices = [{ id: "GPU-a", type: "GPU" as const }];
    const { answers } = await aClusterWith({ platformDevices });
    const gpus = answers[0]?.registeredResources?.find(({ name }) => name === "GPU");
    expect(gpus?.stringSetValue).toEqual(["GPU-a"]);
  });

  test.each([
    [integer("a b", 1), "Resource name is invalid: a b"],
    [integer("toString", 1), "Resource name is invalid: toString"],
    [integer("licence", 0), "Resource licence must have an integerValue from 1 to 999999."],
    [{ ...gpu, stringSetValue: ["a,b"] }, "GPU id is invalid: a,b"],
  ])("refuses %j", async (resource, message) => {
    await expect(aClusterWith({ totalResources: [...RESOURCES, resource] })).rejects.toThrow(
      message,
    );
  });
});
