import { TagResourceCommand, PutAttributesCommand } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import {
  callEcs,
  registrationOf,
  type SaidAttribute,
  type ScriptedAgent,
} from "./scripted-agent.ts";
import { ProtocolStage } from "./stage.ts";

/** Sections 2 and 3: what an agent says when it starts, and what it must read. */
const stage = new ProtocolStage();

const register = async (cluster: string, members: Readonly<Record<string, unknown>> = {}) =>
  callEcs(stage.machine, "RegisterContainerInstance", registrationOf(cluster, members));

interface Registered {
  readonly containerInstanceArn: string;
  readonly attributes: readonly SaidAttribute[];
  readonly tags: readonly unknown[];
}

async function registered(
  cluster: string,
  members: Readonly<Record<string, unknown>> = {},
): Promise<Registered> {
  const { status, body } = await register(cluster, members);
  expect(status).toBe(200);
  return body["containerInstance"] as Registered;
}

const SIZES = { CPU: 4096, MEMORY: 8192 };
const resources = (changes: Readonly<Record<string, unknown>> = {}) => [
  ...Object.entries({ ...SIZES, ...changes }).map(([name, integerValue]) => ({
    name,
    type: "INTEGER",
    integerValue,
  })),
  { name: "PORTS", type: "STRINGSET", stringSetValue: ["22", "2375", "51678"] },
  { name: "PORTS_UDP", type: "STRINGSET", stringSetValue: [] },
];

const valueOf = (attributes: readonly SaidAttribute[], name: string) =>
  attributes.find((each) => each.name === name)?.value;

describe("a first registration", () => {
  it("echoes every attribute that has a value, with that value", async () => {
    const sent = [
      { name: "ecs.os-type", value: "linux" },
      { name: "stack", value: "prod" },
      { name: "empty.rack", value: "r 1/2:3@x" },
      { name: "ecs.capability.full-sync" },
    ];
    const { attributes } = await registered(await stage.cluster(), { attributes: sent });
    expect(attributes).toEqual(expect.arrayContaining(sent));
  });

  it("says a zone, the agent's own where it has one", async () => {
    const cluster = await stage.cluster();
    const zone = { name: "ecs.availability-zone", value: "us-east-1c" };
    const [without, withOne] = [
      await registered(cluster),
      await registered(cluster, { attributes: [zone] }),
    ];
    expect(valueOf(without.attributes, zone.name)).toBe("us-east-1a");
    expect(valueOf(withOne.attributes, zone.name)).toBe("us-east-1c");
  });

  it("takes what ports are in use from both lists", async () => {
    const agent = await stage.agent();
    const { registeredResources = [] } = await stage.instance(agent);
    const setOf = (wanted: string) =>
      registeredResources.find(({ name }) => name === wanted)?.stringSetValue;
    expect([setOf("PORTS"), setOf("PORTS_UDP")]).toEqual([["22", "2375", "51678"], []]);
  });

  it("keeps the tags", async () => {
    const agent = await stage.agent({ members: { tags: [{ key: "team", value: "a" }] } });
    expect((await stage.instance(agent)).tags).toEqual([{ key: "team", value: "a" }]);
  });

  it("that is repeated with its token finds the instance of the first", async () => {
    const cluster = await stage.cluster();
    const token = { clientToken: "once" };
    const [first, again, other] = [
      await registered(cluster, token),
      await registered(cluster, token),
      await registered(cluster),
    ];
    expect(again.containerInstanceArn).toBe(first.containerInstanceArn);
    expect(other.containerInstanceArn).not.toBe(first.containerInstanceArn);
  });

  it("takes a cluster by its ARN, and members that nobody knows", async () => {
    const cluster = await stage.cluster();
    const { containerInstanceArn } = await registered(
      `arn:aws:ecs:us-east-1:000000000000:cluster/${cluster}`,
      { platformDevices: [], newer: { a: 1 } },
    );
    expect(containerInstanceArn).toContain(`:container-instance/${cluster}/`);
  });
});

/** Only these have the agent exit for good; with any other code it starts again (section 2). */
describe("a registration that cannot be", () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ["without memory", { totalResources: [{ name: "CPU", integerValue: 1 }] }, "MEMORY"],
    ["with no CPU left", { totalResources: resources({ CPU: 0 }) }, "CPU"],
    ["with less than nothing", { totalResources: resources({ MEMORY: -1 }) }, "MEMORY"],
    [
      "with a port beyond all ports",
      {
        totalResources: [
          ...resources().slice(0, 2),
          { name: "PORTS", type: "STRINGSET", stringSetValue: ["65536"] },
        ],
      },
      "Port is invalid: 65536",
    ],
    ["with an attribute without a name", { attributes: [{ name: "" }] }, "name"],
    ["of an instance that is none", { containerInstanceArn: "web-1" }, "containerInstance"],
  ])("%s is an InvalidParameterException that names the member", async (_, members, text) => {
    const { status, body } = await register(await stage.cluster(), members);
    expect(status).toBe(400);
    expect(body["__type"]).toBe("InvalidParameterException");
    expect(String(body["message"])).toContain(text);
  });

  it("with a document that is none is a ClientException", async () => {
    const document = { instanceIdentityDocument: "{" };
    const { status, body } = await register(await stage.cluster(), document);
    expect([status, body["__type"]]).toEqual([400, "ClientException"]);
  });

  it("in a cluster that is not there is told in words by which agents know that", async () => {
    const { body } = await register("nowhere");
    expect(body).toMatchObject({ __type: "ClusterNotFoundException" });
    expect(String(body["message"])).toMatch(/cluster not found/i);
  });
});

describe("a registration with the ARN of before", () => {
  const again = async (agent: ScriptedAgent, members: Readonly<Record<string, unknown>> = {}) =>
    registered(agent.cluster, { containerInstanceArn: agent.arn, ...members });

  it("keeps ARN, tags and custom attributes, which agents say only once", async () => {
    const agent = await stage.agent({
      members: {
        attributes: [
          { name: "ecs.os-type", value: "linux" },
          { name: "stack", value: "prod" },
        ],
        tags: [{ key: "team", value: "a" }],
      },
    });
    const { containerInstanceArn, attributes } = await again(agent, { tags: [] });
    expect(containerInstanceArn).toBe(agent.arn);
    expect(valueOf(attributes, "stack")).toBe("prod");
    expect((await stage.instance(agent)).tags).toEqual([{ key: "team", value: "a" }]);
  });

  it("keeps what was said of the instance through the API since", async () => {
    const agent = await stage.agent();
    const { cluster, arn } = agent;
    await stage.machine.ecs.send(
      new TagResourceCommand({ resourceArn: arn, tags: [{ key: "since", value: "1" }] }),
    );
    const attribute = { name: "rack", value: "7", targetId: arn };
    await stage.machine.ecs.send(new PutAttributesCommand({ cluster, attributes: [attribute] }));
    const { attributes } = await again(agent, { tags: [{ key: "team", value: "b" }] });
    expect(valueOf(attributes, "rack")).toBe("7");
    expect((await stage.instance(agent)).tags).toEqual([{ key: "since", value: "1" }]);
  });

  it("echoes values as they are said now, and forgets capabilities that are not said any more", async () => {
    const agent = await stage.agent();
    const { attributes } = await again(agent, {
      attributes: [
        { name: "ecs.os-type", value: "linux" },
        { name: "ecs.cpu-architecture", value: "arm64" },
      ],
    });
    expect(valueOf(attributes, "ecs.cpu-architecture")).toBe("arm64");
    expect(attributes.map(({ name }) => name)).not.toContain("ecs.capability.full-sync");
  });

  it("leaves the tasks of the instance alone", async () => {
    const agent = await stage.agent();
    const socket = await agent.connect();
    const [task = ""] = await stage.run(agent.cluster);
    await agent.submit(task, { status: "RUNNING" });
    await again(agent);
    await socket.close();
    const { tasks } = await (await agent.dial("acs")).next("TaskManifestMessage");
    expect(tasks).toEqual([expect.objectContaining({ taskArn: task, desiredStatus: "RUNNING" })]);
  });

  it("with other resources is refused in the words by which agents know it is for good", async () => {
    const agent = await stage.agent();
    const { status, body } = await register(agent.cluster, {
      containerInstanceArn: agent.arn,
      totalResources: resources({ CPU: 2048 }),
    });
    expect([status, body["__type"]]).toEqual([400, "ClientException"]);
    expect(String(body["message"])).toContain("Container instance type changes are not supported.");
    expect((await stage.instance(agent)).registeredResources).toContainEqual(
      expect.objectContaining({ name: "CPU", integerValue: 4096 }),
    );
  });
});

it("discovers both sockets at addresses that agents can dial, and the same each time", async () => {
  const { cluster, arn: containerInstance } = await stage.agent();
  const ask = async () =>
    (await callEcs(stage.machine, "DiscoverPollEndpoint", { cluster, containerInstance })).body;
  const found = await ask();
  for (const member of ["endpoint", "telemetryEndpoint"]) {
    // Agents make ws of http, and take no other scheme.
    expect(found[member]).toMatch(/^https?:\/\/.+\/$/);
  }
  expect(await ask()).toEqual(found);
});
