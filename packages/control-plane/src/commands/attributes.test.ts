import type { Attribute } from "@berth/domain/container-instance";
import { anInstance, aLedger, instanceId } from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { handleWake } from "../reconcile/handle-wake.ts";
import { createService } from "./create-service.ts";
import { deleteAttributes } from "./delete-attributes.ts";
import { listAttributes } from "./list-attributes.ts";
import { putAttributes } from "./put-attributes.ts";
import { runTask } from "./run-task.ts";

const arn = (number: number) =>
  `arn:aws:ecs:eu-central-1:123456789012:container-instance/default/${instanceId(number)}`;
const ZONE = { name: "ecs.availability-zone", value: "eu-central-1a" };

/** Instances 1 and 2 are in use, 3 is INACTIVE. */
async function aCluster(attributes: readonly Attribute[] = [ZONE]): Promise<TestControlPlane> {
  const plane = aControlPlane();
  await setUpCluster(plane, { instanceCount: 2, instance: { attributes } });
  const third = aLedger({ id: instanceId(3), status: "INACTIVE" });
  await plane.store.instances.create(anInstance({ id: third.id }), third);
  return plane;
}

const attributesOf = async ({ store }: TestControlPlane, number: number) =>
  (await store.instances.find("default", instanceId(number)))?.instance.attributes;

const custom = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `custom-${index}`, value: "a" }));

const on = (number: number, attributes: readonly Attribute[]) =>
  attributes.map((attribute) => ({ ...attribute, targetId: instanceId(number) }));

describe("PutAttributes", () => {
  test("gives each instance its own, by id or ARN, and lets placement look again", async () => {
    const plane = await aCluster();
    const { attributes } = await putAttributes(plane, {
      attributes: [
        { name: "stack", value: "prod", targetId: instanceId(1) },
        { name: "ssd", targetId: arn(2), targetType: "container-instance" },
      ],
    });
    expect(attributes).toEqual([
      { name: "stack", value: "prod", targetId: arn(1) },
      { name: "ssd", targetId: arn(2) },
    ]);
    expect(await attributesOf(plane, 1)).toEqual([ZONE, { name: "stack", value: "prod" }]);
    expect(await attributesOf(plane, 2)).toEqual([ZONE, { name: "ssd" }]);
    expect(plane.wakes).toEqual([
      { message: { kind: "placement", cluster: "default" }, timing: { kind: "coalesced" } },
    ]);
  });

  test("puts another value in place of one, and writes nothing that is so already", async () => {
    const plane = await aCluster();
    const put = (value: string) =>
      putAttributes(plane, { attributes: on(1, [{ name: "stack", value }]) });
    await put("test");
    await put("prod");
    const ledger = await plane.store.instances.findLedger("default", instanceId(1));
    await put("prod");
    expect(await attributesOf(plane, 1)).toEqual([ZONE, { name: "stack", value: "prod" }]);
    expect(await plane.store.instances.findLedger("default", instanceId(1))).toEqual(ledger);
    expect(plane.wakes).toHaveLength(2);
  });

  test("two at once both hold", async () => {
    const plane = await aCluster();
    const names = ["a", "b", "c", "d"];
    await Promise.all(names.map((name) => putAttributes(plane, { attributes: on(1, [{ name }]) })));
    const held = (await attributesOf(plane, 1))?.map(({ name }) => name);
    expect(held?.toSorted()).toEqual([...names, ZONE.name]);
  });

  test("takes ten of the user's own, beside those that are built in", async () => {
    const plane = await aCluster();
    await putAttributes(plane, { attributes: on(1, custom(10)) });
    await expect(
      putAttributes(plane, { attributes: on(1, [{ name: "eleventh" }]) }),
    ).rejects.toMatchObject({ code: "AttributeLimitExceededException" });
    await putAttributes(plane, { attributes: on(1, [{ name: "custom-3", value: "b" }]) });
    expect(await attributesOf(plane, 1)).toContainEqual({ name: "custom-3", value: "b" });
  });

  test("changes values of an instance that registered with more than ten", async () => {
    const plane = await aCluster(custom(12));
    await putAttributes(plane, { attributes: on(1, [{ name: "custom-3", value: "b" }]) });
    expect(await attributesOf(plane, 1)).toHaveLength(12);
    await expect(
      putAttributes(plane, { attributes: on(1, [{ name: "another" }]) }),
    ).rejects.toMatchObject({ code: "AttributeLimitExceededException" });
  });

  test("changes none where one of the instances cannot take it", async () => {
    const plane = await aCluster();
    await putAttributes(plane, { attributes: on(2, custom(10)) });
    const attributes = [...on(1, [{ name: "new" }]), ...on(2, [{ name: "new" }])];
    await expect(putAttributes(plane, { attributes })).rejects.toMatchObject({
      code: "AttributeLimitExceededException",
    });
    expect(await attributesOf(plane, 1)).toEqual([ZONE]);
  });

  test.each([
    { attributes: [], message: "attributes should not be empty." },
    { attributes: on(1, custom(11)), message: "attributes can have at most 10 items." },
    { attributes: on(1, [{ name: "a b" }]), message: "Attribute name is invalid: a b" },
    {
      attributes: on(1, [{ name: "a", value: "b " }]),
      message: "Attribute value is invalid: b ",
    },
    { attributes: [{ name: "a" }], message: "targetId should not be null or empty." },
    ...["ecs.ami-id", "com.amazonaws.ecs.capability.x", "ECS.a", "berth.instance-name"].map(
      (name) => ({
        attributes: on(1, [{ name }]),
        message: `Attribute ${name} is reserved: its prefix is that of a built-in one.`,
      }),
    ),
    {
      attributes: [{ name: "a", targetId: "i-1" }],
      message: "containerInstance length should be one of [32,36]",
    },
  ])("and DeleteAttributes refuse: $message", async ({ attributes, message }) => {
    const refusal = { code: "InvalidParameterException", message };
    const plane = await aCluster();
    await expect(putAttributes(plane, { attributes })).rejects.toMatchObject(refusal);
    await expect(deleteAttributes(plane, { attributes })).rejects.toMatchObject(refusal);
  });

  test.each([3, 9])("and DeleteAttributes do not find instance %i", async (number) => {
    const plane = await aCluster();
    const attributes = [...on(1, [{ name: "a" }]), ...on(number, [{ name: "a" }])];
    const refusal = {
      code: "TargetNotFoundException",
      message: `Could not find ${instanceId(number)}`,
    };
    await expect(putAttributes(plane, { attributes })).rejects.toMatchObject(refusal);
    await expect(deleteAttributes(plane, { attributes })).rejects.toMatchObject(refusal);
    expect(await attributesOf(plane, 1)).toEqual([ZONE]);
  });
});

describe("DeleteAttributes", () => {
  test("goes by the name, whatever the value, and may be repeated", async () => {
    const plane = await aCluster();
    await putAttributes(plane, { attributes: on(1, custom(2)) });
    const gone = { attributes: on(1, [{ name: "custom-0", value: "other" }]) };
    const { attributes } = await deleteAttributes(plane, gone);
    expect(attributes).toEqual([{ name: "custom-0", value: "other", targetId: arn(1) }]);
    expect(await attributesOf(plane, 1)).toEqual([ZONE, { name: "custom-1", value: "a" }]);
    plane.wakes.splice(0);
    expect(await deleteAttributes(plane, gone)).toEqual({ attributes });
    expect(plane.wakes).toEqual([]);
  });
});

describe("ListAttributes", () => {
  const targetType = "container-instance";

  async function aListing() {
    const plane = await aCluster();
    await putAttributes(plane, {
      attributes: [
        ...on(2, [{ name: "stack", value: "prod" }, { name: "ssd" }]),
        ...on(1, [{ name: "stack", value: "test" }]),
      ],
    });
    return plane;
  }
  const zoneOf = (number: number) => ({ ...ZONE, targetId: arn(number) });
  const prod = { name: "stack", value: "prod", targetId: arn(2) };
  const staging = { name: "stack", value: "test", targetId: arn(1) };
  const ssd = { name: "ssd", targetId: arn(2) };

  test.each([
    { filter: {}, expected: [zoneOf(1), staging, zoneOf(2), ssd, prod] },
    { filter: { attributeName: "stack" }, expected: [staging, prod] },
    { filter: { attributeName: "stack", attributeValue: "prod" }, expected: [prod] },
    { filter: { attributeName: "ssd", attributeValue: "" }, expected: [ssd] },
    { filter: { attributeName: ZONE.name }, expected: [zoneOf(1), zoneOf(2)] },
    { filter: { attributeName: "absent" }, expected: [] },
  ])("by $filter", async ({ filter, expected }) => {
    const { attributes } = await listAttributes(await aListing(), { targetType, ...filter });
    expect(attributes).toEqual(expected);
  });

  test("goes page by page, also when one is taken away in between", async () => {
    const plane = await aListing();
    const first = await listAttributes(plane, { targetType, maxResults: 2 });
    expect(first.attributes).toEqual([zoneOf(1), staging]);
    await deleteAttributes(plane, { attributes: on(1, [{ name: "stack" }]) });
    const rest = await listAttributes(plane, { targetType, nextToken: first.nextToken });
    expect(rest).toEqual({ attributes: [zoneOf(2), ssd, prod] });
  });

  test("lists each of 250 instances once, a hundred at a time", async () => {
    const plane = aControlPlane();
    await setUpCluster(plane, { instanceCount: 250 });
    const listed: (string | undefined)[] = [];
    const sizes: number[] = [];
    let nextToken: string | undefined;
    do {
      const page = await listAttributes(plane, { targetType, nextToken });
      const targets = page.attributes?.map(({ targetId }) => targetId) ?? [];
      listed.push(...targets);
      sizes.push(targets.length);
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    expect(sizes).toEqual([100, 100, 50]);
    expect(listed).toEqual(Array.from({ length: 250 }, (_, index) => arn(index + 1)));
  });

  test("a value needs a name", async () => {
    await expect(
      listAttributes(await aListing(), { targetType, attributeValue: "prod" }),
    ).rejects.toMatchObject({
      code: "InvalidParameterException",
      message: "attributeName must be specified when attributeValue is.",
    });
  });
});

describe("placement goes by attributes as they are", () => {
  const placementConstraints = [
    { type: "memberOf" as const, expression: "attribute:stack == prod" },
  ];
  const run = async (plane: TestControlPlane) =>
    (await runTask(plane, { taskDefinition: "web:1", placementConstraints })).tasks?.map(
      ({ containerInstanceArn }) => containerInstanceArn,
    );

  test("from the next task on", async () => {
    const plane = await aCluster();
    expect(await run(plane)).toEqual([]);
    const stack = on(2, [{ name: "stack", value: "prod" }]);
    await putAttributes(plane, { attributes: stack });
    expect(await run(plane)).toEqual([arn(2)]);
    await deleteAttributes(plane, { attributes: stack });
    expect(await run(plane)).toEqual([]);
  });

  test("also in a process whose view is behind", async () => {
    const plane = await aCluster();
    const other = { ...plane, views: aControlPlane().views };
    const stack = on(2, [{ name: "stack", value: "prod" }]);
    await putAttributes(plane, { attributes: stack });
    expect(await run(other)).toEqual([arn(2)]);
    await deleteAttributes(plane, { attributes: stack });
    expect(await run(other)).toEqual([]);
  });

  test("wakes the service that waits for such an instance", async () => {
    const plane = await aCluster();
    await createService(plane, {
      serviceName: "picky",
      taskDefinition: "web:1",
      desiredCount: 1,
      placementConstraints,
    });
    const service = { kind: "service", cluster: "default", service: "picky" } as const;
    await handleWake(plane, service);
    expect(await plane.store.tasks.ofGroup("default", "service:picky")).toEqual([]);
    plane.wakes.splice(0);
    await putAttributes(plane, { attributes: on(1, [{ name: "stack", value: "prod" }]) });
    await handleWake(plane, { kind: "placement", cluster: "default" });
    expect(plane.wakes.map(({ message }) => message)).toContainEqual(service);
    await handleWake(plane, service);
    expect(await plane.store.tasks.ofGroup("default", "service:picky")).toMatchObject([
      { containerInstanceId: instanceId(1) },
    ]);
  });
});

test("an agent's key speaks for its own instance alone", async () => {
  const plane = await aCluster();
  const agent = {
    ...plane,
    principalArn: "arn:aws:iam::123456789012:user/agent",
    permissions: { kind: "agent" as const },
  };
  await expect(putAttributes(agent, { attributes: on(1, [{ name: "a" }]) })).rejects.toMatchObject({
    code: "AccessDeniedException",
  });
});
