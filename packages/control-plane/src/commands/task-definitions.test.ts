import { aControlPlane } from "@berth/testing/control-plane";
import { describe, expect, test } from "vitest";
import { deregisterTaskDefinition } from "./deregister-task-definition.ts";
import { describeTaskDefinition } from "./describe-task-definition.ts";
import { listTaskDefinitionFamilies } from "./list-task-definition-families.ts";
import { listTaskDefinitions } from "./list-task-definitions.ts";
import { registerTaskDefinition } from "./register-task-definition.ts";

const ARN = "arn:aws:ecs:eu-central-1:123456789012:task-definition/";
const registration = (family = "web") => ({
  family,
  containerDefinitions: [{ name: "web", image: "nginx", memory: 64 }],
});
type Plane = ReturnType<typeof aControlPlane>;

async function registered(plane: Plane, ...families: readonly string[]): Promise<void> {
  for (const family of families) await registerTaskDefinition(plane, registration(family));
}

describe("RegisterTaskDefinition", () => {
  test("answers what was registered with ECS's defaults, and describing it says the same", async () => {
    const plane = aControlPlane({ now: 5_000 });
    const tags = [{ key: "team", value: "a" }];
    const answer = await registerTaskDefinition(plane, { ...registration(), tags });
    expect(answer.tags).toEqual(tags);
    expect(answer.taskDefinition).toEqual({
      taskDefinitionArn: `${ARN}web:1`,
      family: "web",
      revision: 1,
      status: "ACTIVE",
      containerDefinitions: [
        {
          name: "web",
          image: "nginx",
          memory: 64,
          cpu: 0,
          essential: true,
          portMappings: [],
          environment: [],
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
        },
      ],
      volumes: [],
      placementConstraints: [],
      compatibilities: ["EXTERNAL", "EC2"],
      requiresAttributes: [],
      registeredAt: new Date(5_000),
      registeredBy: "arn:aws:iam::123456789012:root",
    });
    const described = await describeTaskDefinition(plane, {
      taskDefinition: "web",
      include: ["TAGS"],
    });
    expect(described).toEqual(answer);
  });

  test("counts revisions on, whatever became of the earlier ones", async () => {
    const plane = aControlPlane();
    await registered(plane, "web", "web", "other");
    await deregisterTaskDefinition(plane, { taskDefinition: "web:2" });
    const { taskDefinition } = await registerTaskDefinition(plane, registration());
    expect(taskDefinition?.revision).toBe(3);
  });

  test("gives concurrent registrations different revisions", async () => {
    const plane = aControlPlane();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => registerTaskDefinition(plane, registration())),
    );
    const revisions = answers.map(({ taskDefinition }) => taskDefinition?.revision);
    expect(new Set(revisions)).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  test("gives up where it loses every race", async () => {
    const plane = aControlPlane();
    await registered(plane, "web");
    const taskDefinitions = { ...plane.store.taskDefinitions, latestRevision: async () => 0 };
    const behind = { ...plane, store: { ...plane.store, taskDefinitions } };
    await expect(registerTaskDefinition(behind, registration())).rejects.toMatchObject({
      code: "ClientException",
      message: "Too many concurrent attempts to create a new revision of the specified family.",
    });
  });

  test.each([
    {
      request: { family: "a b" },
      code: "ClientException",
      message: "Family contains invalid characters.",
    },
    {
      request: { tags: [{ key: "aws:a" }] },
      code: "InvalidParameterException",
      message: "Tag keys must not begin with aws:.",
    },
    {
      request: { placementConstraints: [{ type: "memberOf" as const, expression: "nonsense ==" }] },
      code: "InvalidParameterException",
      message: expect.stringContaining("Invalid placement constraint expression") as string,
    },
  ])("writes nothing that is refused: $code", async ({ request, code, message }) => {
    const plane = aControlPlane();
    const refused = registerTaskDefinition(plane, { ...registration(), ...request });
    await expect(refused).rejects.toMatchObject({ code, message });
    expect((await listTaskDefinitions(plane, {})).taskDefinitionArns).toEqual([]);
  });
});

describe("DescribeTaskDefinition", () => {
  test.each([
    { name: "by family, the latest ACTIVE one", taskDefinition: "web", revision: 2 },
    { name: "by revision, an INACTIVE one too", taskDefinition: "web:3", revision: 3 },
    { name: "by ARN", taskDefinition: `${ARN}web:1`, revision: 1 },
  ])("finds $name", async ({ taskDefinition, revision }) => {
    const plane = aControlPlane();
    await registered(plane, "web", "web", "web");
    await deregisterTaskDefinition(plane, { taskDefinition: "web:3" });
    const described = await describeTaskDefinition(plane, { taskDefinition });
    expect(described.taskDefinition?.revision).toBe(revision);
    expect(described.tags).toEqual([]);
  });

  test.each(["web", "web:1"])("cannot describe the unknown %s", async (taskDefinition) => {
    await expect(describeTaskDefinition(aControlPlane(), { taskDefinition })).rejects.toMatchObject(
      {
        code: "ClientException",
        message: "Unable to describe task definition.",
      },
    );
  });
});

describe("DeregisterTaskDefinition", () => {
  test("makes a revision INACTIVE, once", async () => {
    const plane = aControlPlane({ now: 1_000 });
    await registered(plane, "web");
    const first = await deregisterTaskDefinition(plane, { taskDefinition: "web:1" });
    expect(first.taskDefinition).toMatchObject({
      status: "INACTIVE",
      deregisteredAt: new Date(1_000),
    });
    plane.advance(1_000);
    expect(await deregisterTaskDefinition(plane, { taskDefinition: "web:1" })).toEqual(first);
  });

  test.each([
    { taskDefinition: "web", code: "ClientException", message: "Revision is missing." },
    {
      taskDefinition: "web:foo",
      code: "InvalidParameterException",
      message: "Invalid revision number. Number: foo",
    },
    {
      taskDefinition: "web:9",
      code: "ClientException",
      message: "The specified task definition does not exist.",
    },
  ])("refuses $taskDefinition", async ({ taskDefinition, code, message }) => {
    await expect(
      deregisterTaskDefinition(aControlPlane(), { taskDefinition }),
    ).rejects.toMatchObject({ code, message });
  });
});

describe("ListTaskDefinitions", () => {
  const list = async (request: Parameters<typeof listTaskDefinitions>[1]) => {
    const plane = aControlPlane();
    await registered(plane, "web", ...Array.from({ length: 10 }, () => "api"), "api-2");
    await deregisterTaskDefinition(plane, { taskDefinition: "api:2" });
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await listTaskDefinitions(plane, { ...request, nextToken });
      names.push(...(page.taskDefinitionArns ?? []).map((arn) => arn.slice(ARN.length)));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return names;
  };

  test("goes by family and numeric revision, over all pages", async () => {
    expect(await list({ maxResults: 3 })).toEqual([
      ...[1, 3, 4, 5, 6, 7, 8, 9, 10].map((revision) => `api:${revision}`),
      "api-2:1",
      "web:1",
    ]);
  });

  test("takes familyPrefix as the whole family, and sorts the other way", async () => {
    const newest = await list({ familyPrefix: "api", sort: "DESC" });
    expect(newest.slice(0, 2)).toEqual(["api:10", "api:9"]);
    expect(newest).not.toContain("api-2:1");
  });

  test("refuses a familyPrefix that is longer than any family", async () => {
    const refusal = {
      code: "InvalidParameterException",
      message: "familyPrefix must have at most 255 characters.",
    };
    const familyPrefix = "x".repeat(256);
    await expect(list({ familyPrefix })).rejects.toMatchObject(refusal);
    await expect(
      listTaskDefinitionFamilies(aControlPlane(), { familyPrefix }),
    ).rejects.toMatchObject(refusal);
    expect(await list({ familyPrefix: "x".repeat(255) })).toEqual([]);
  });

  test("shows INACTIVE ones on demand", async () => {
    expect(await list({ status: "INACTIVE" })).toEqual(["api:2"]);
  });
});

describe("ListTaskDefinitionFamilies", () => {
  test.each([
    { request: {}, families: ["api", "old", "web"] },
    { request: { status: "ACTIVE" as const }, families: ["api", "web"] },
    { request: { status: "INACTIVE" as const }, families: ["old"] },
    { request: { familyPrefix: "w" }, families: ["web"] },
  ])("$request", async ({ request, families }) => {
    const plane = aControlPlane();
    await registered(plane, "web", "api", "api", "old");
    await deregisterTaskDefinition(plane, { taskDefinition: "api:1" });
    await deregisterTaskDefinition(plane, { taskDefinition: "old:1" });
    expect((await listTaskDefinitionFamilies(plane, request)).families).toEqual(families);
  });
});
