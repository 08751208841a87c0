import { schemasOf } from "@berth/contracts/ecs-api/schemas";
import type { EcsRequest } from "@berth/contracts/ecs-api/operations";
import {
  CONTAINER_FRAGMENTS,
  registrationOf,
  TASK_FRAGMENTS,
  VOLUMES,
} from "@berth/testing/registration-fragments";
import { WholeApi } from "@berth/testing/whole-api";
import { createMemoryTable } from "@berth/store/memory/table";
import type { ModelOperationName } from "@berth/contracts/ecs-api/operation-names";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

type Request = EcsRequest<"RegisterTaskDefinition">;
type Json = Record<string, unknown>;

/** Members of a description that a registration does not have. */
const READ_ONLY: ReadonlySet<string> = new Set([
  "taskDefinitionArn",
  "revision",
  "status",
  "requiresAttributes",
  "compatibilities",
  "registeredAt",
  "registeredBy",
  "deregisteredAt",
  "deleteRequestedAt",
]);

async function call(api: WholeApi, operation: ModelOperationName, body: object): Promise<string> {
  const answer = await api.call(operation, JSON.stringify(body));
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return answer.body ?? "";
}

const describeRevision = (api: WholeApi, revision: number) =>
  call(api, "DescribeTaskDefinition", { taskDefinition: `web:${revision}`, include: ["TAGS"] });

/** What was described, as it may be registered again. */
function registrable(description: string): Json {
  const { taskDefinition, tags } = JSON.parse(description) as {
    readonly taskDefinition: Json;
    readonly tags: readonly unknown[];
  };
  const members = Object.entries(taskDefinition).filter(([name]) => !READ_ONLY.has(name));
  return { ...Object.fromEntries(members), ...(tags.length > 0 && { tags }) };
}

/** Registers, describes, registers what was described, and describes that. */
async function roundTrip(request: Request) {
  const api = WholeApi.on(createMemoryTable());
  await call(api, "RegisterTaskDefinition", request);
  const [first, same] = [await describeRevision(api, 1), await describeRevision(api, 1)];
  await call(api, "RegisterTaskDefinition", registrable(first));
  return { first, same, second: await describeRevision(api, 2) };
}

/** What differs between a description, the same asked for again, and that of what was described. */
async function differences(request: Request): Promise<readonly string[]> {
  const { first, same, second } = await roundTrip(request);
  const members = (text: string) => JSON.stringify(registrable(text));
  const derived = (text: string) => {
    const { taskDefinition } = JSON.parse(text) as { readonly taskDefinition: Json };
    return JSON.stringify([
      taskDefinition["requiresAttributes"],
      taskDefinition["compatibilities"],
    ]);
  };
  return [
    ...(same === first ? [] : [`${first} is ${same} the next time`]),
    ...(members(second) === members(first) ? [] : [`${members(first)} is ${members(second)}`]),
    ...(derived(second) === derived(first) ? [] : [`${derived(first)} is ${derived(second)}`]),
  ];
}

const TABLE: readonly (readonly [name: string, request: Request])[] = [
  [
    "nothing but what has to be there",
    { family: "web", containerDefinitions: [{ name: "web", image: "nginx", memory: 64 }] },
  ],
  [
    "the longest family",
    {
      family: "web",
      containerDefinitions: [{ name: "w".repeat(255), image: "nginx", memoryReservation: 6 }],
    },
  ],
  ...Object.entries(CONTAINER_FRAGMENTS).map(
    ([name, fragment]) => [`a container with ${name}`, registrationOf([fragment])] as const,
  ),
  ...Object.entries(TASK_FRAGMENTS).map(
    ([name, fragment]) => [`a task with ${name}`, registrationOf([], [fragment])] as const,
  ),
  ...VOLUMES.map(
    (volume) =>
      [
        `the volume ${volume.name}`,
        registrationOf([], [{ volumes: [{ name: "data" }, { ...volume, name: "other" }] }]),
      ] as const,
  ),
  ["every kind of volume", registrationOf([], [{ volumes: VOLUMES }])],
  [
    "a Fargate size",
    registrationOf(
      [{ memory: 512 }],
      [
        {
          cpu: "32768",
          memory: "244 GB",
          networkMode: "awsvpc",
          requiresCompatibilities: ["FARGATE", "EC2"],
        },
      ],
    ),
  ],
  [
    "ten containers",
    {
      family: "web",
      containerDefinitions: Array.from({ length: 10 }, (_, index) => ({
        name: `c${index}`,
        image: "nginx",
        memory: 64,
      })),
    },
  ],
];

describe("what was described may be registered again, and is the same", () => {
  test("of more than thirty kinds", () => {
    expect(TABLE.length).toBeGreaterThan(60);
  });

  test.each(TABLE)("%s", async (_, request) => {
    expect(await differences(request)).toEqual([]);
  });

  test("as any of these together", async () => {
    const containers = fc.subarray(Object.values(CONTAINER_FRAGMENTS));
    const tasks = fc.subarray(Object.values(TASK_FRAGMENTS));
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(containers, tasks, async (containerFragments, taskFragments) => {
        const request = registrationOf(containerFragments, taskFragments);
        const api = WholeApi.on(createMemoryTable());
        const { statusCode } = await api.call("RegisterTaskDefinition", JSON.stringify(request));
        // Some do not go together.
        if (statusCode !== 200) return;
        accepted += 1;
        expect(await differences(request)).toEqual([]);
      }),
      { numRuns: 100, seed: 1 },
    );
    expect(accepted).toBeGreaterThan(10);
  });
});

describe("a description has all that was given", () => {
  test.each(Object.entries(CONTAINER_FRAGMENTS))("of a container: %s", async (_, fragment) => {
    const { first } = await roundTrip(registrationOf([fragment]));
    const { containerDefinitions } = registrable(first) as Pick<Request, "containerDefinitions">;
    // Defaults may come on top.
    expect(containerDefinitions?.[0]).toMatchObject(fragment);
  });

  test("of every volume", async () => {
    const { first } = await roundTrip(registrationOf([], [{ volumes: VOLUMES }]));
    expect(registrable(first)["volumes"]).toEqual(VOLUMES);
  });

  test("and the table names every member that ECS's API has", () => {
    const named = (fragments: readonly object[]) =>
      new Set(fragments.flatMap((fragment) => Object.keys(fragment)));
    const input = schemasOf("RegisterTaskDefinition").input;
    const containers = input.getMemberSchema("containerDefinitions").getValueSchema();
    const membersOf = (schema: typeof input) =>
      Array.from(schema.structIterator(), ([member]) => member);
    // Those that every registration has, or that ECS refuses.
    const elsewhere = ["family", "containerDefinitions", "volumes", "inferenceAccelerators"];
    expect(
      membersOf(input)
        .filter((member) => !named(Object.values(TASK_FRAGMENTS)).has(member))
        .toSorted(),
    ).toEqual(elsewhere.toSorted());
    const always = new Set(["name", "essential"]);
    expect(
      membersOf(containers).filter(
        (member) => !always.has(member) && !named(Object.values(CONTAINER_FRAGMENTS)).has(member),
      ),
    ).toEqual([]);
  });
});
