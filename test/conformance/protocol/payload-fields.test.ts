import { RegisterTaskDefinitionCommand, RunTaskCommand } from "@aws-sdk/client-ecs";
import type { ContainerDefinition, RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { beforeAll, describe, expect, it } from "vitest";
import type { ScriptedAgent } from "./scripted-agent.ts";
import type { ScriptedSocket } from "./scripted-socket.ts";
import { ProtocolStage } from "./stage.ts";

/** Section 5: how a task definition is put so that agents make of it what its author meant. */
const stage = new ProtocolStage();

let agent: ScriptedAgent;
let socket: ScriptedSocket;
let families = 0;
beforeAll(async () => {
  agent = await stage.agent({
    members: {
      attributes: [
        "com.amazonaws.ecs.capability.privileged-container",
        "com.amazonaws.ecs.capability.logging-driver.json-file",
        "ecs.capability.container-health-check",
        "ecs.capability.container-ordering",
        "ecs.capability.docker-plugin.local",
        "ecs.capability.task-cpu-mem-limit",
        "ecs.capability.pid-ipc-namespace-sharing",
        "ecs.capability.task-eni",
        "berth.task-network",
        ...["17", "18", "19", "21", "22", "24", "25", "29"].map(
          (minor) => `com.amazonaws.ecs.capability.docker-remote-api.1.${minor}`,
        ),
      ].map((name) => ({ name })),
    },
  });
  socket = await agent.connect();
});

type Definition = Partial<RegisterTaskDefinitionRequest>;
type Overrides = NonNullable<ConstructorParameters<typeof RunTaskCommand>[0]["overrides"]>;

interface SentContainer extends Readonly<Record<string, unknown>> {
  readonly dockerConfig: { readonly version: string; readonly config: string; hostConfig: string };
}
interface SentTask extends Readonly<Record<string, unknown>> {
  readonly arn: string;
  readonly containers: readonly SentContainer[];
}

/** What the agent is told of a task of this definition. */
async function sent(definition: Definition, overrides?: Overrides): Promise<SentTask> {
  families += 1;
  const family = `fields-${families}`;
  const { cluster } = agent;
  await stage.machine.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [{ name: "app", image: "busybox", memory: 16 }],
      ...definition,
    }),
  );
  const command = new RunTaskCommand({
    cluster,
    taskDefinition: family,
    overrides,
    ...(definition.networkMode === "awsvpc" && {
      networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
    }),
  });
  const { tasks = [], failures = [] } = await stage.machine.ecs.send(command);
  expect(failures).toEqual([]);
  const isIt = (message: Readonly<Record<string, unknown>>) =>
    (message["tasks"] as readonly SentTask[]).some(({ arn }) => arn === tasks[0]?.taskArn);
  const [task] = (await socket.next("PayloadMessage", isIt))["tasks"] as readonly SentTask[];
  if (!task) throw new Error("a payload without tasks");
  // One task after the other has to find its place.
  await agent.submit(task.arn, { status: "STOPPED" });
  return task;
}

const container = (members: Partial<ContainerDefinition>): Definition => ({
  containerDefinitions: [{ name: "app", image: "busybox", memory: 16, ...members }],
});

describe("of the task the agent hears", () => {
  it.each<[string, Definition, object]>([
    ["family and revision as text", {}, { version: "1", launchType: "EC2" }],
    ["cpu in vCPU", { cpu: "256" }, { cpu: 0.25 }],
    ["cpu that was given as vCPU", { cpu: "1 vCPU" }, { cpu: 1 }],
    ["memory in MiB", { memory: "512" }, { memory: 512 }],
    ["memory that was given as GB", { memory: "1 GB" }, { memory: 1024 }],
    ["its network mode", { networkMode: "host" }, { networkMode: "host" }],
    [
      "the interface of its network",
      { networkMode: "awsvpc" },
      {
        networkMode: "awsvpc",
        elasticNetworkInterfaces: [{ ec2Id: expect.stringMatching(/^eni-/), index: 0 }],
      },
    ],
    ["its process namespace", { pidMode: "host" }, { pidMode: "host" }],
    ["its IPC namespace", { ipcMode: "task" }, { ipcMode: "task" }],
    [
      "a volume of the host, and one that is thrown away",
      { volumes: [{ name: "a", host: { sourcePath: "/a" } }, { name: "b" }] },
      {
        volumes: [
          { name: "a", type: "host", host: { sourcePath: "/a" } },
          { name: "b", type: "host", host: {} },
        ],
      },
    ],
    [
      "a volume of the engine",
      { volumes: [{ name: "a", dockerVolumeConfiguration: { scope: "shared", driver: "local" } }] },
      {
        volumes: [
          {
            name: "a",
            type: "docker",
            dockerVolumeConfiguration: { scope: "shared", driver: "local" },
          },
        ],
      },
    ],
  ])("%s", async (_, definition, expected) => {
    expect(await sent(definition)).toMatchObject(expected);
  });

  it("no limits that its definition does not set", async () => {
    const task = await sent({});
    expect([task["cpu"], task["memory"]]).toEqual([undefined, undefined]);
  });
});

describe("of a container the agent hears", () => {
  it.each<[string, Partial<ContainerDefinition>, object]>([
    [
      "name, image, and that it is essential",
      {},
      { name: "app", image: "busybox", essential: true },
    ],
    [
      "its environment as a map",
      { environment: [{ name: "A", value: "1" }] },
      { environment: { A: "1" } },
    ],
    [
      "the later one of two variables of one name",
      {
        environment: [
          { name: "A", value: "1" },
          { name: "A", value: "2" },
        ],
      },
      { environment: { A: "2" } },
    ],
    [
      "command and entry point",
      { command: ["a"], entryPoint: ["b"] },
      { command: ["a"], entryPoint: ["b"] },
    ],
    [
      "a port that the agent is to choose",
      { portMappings: [{ containerPort: 80 }] },
      { portMappings: [{ containerPort: 80, hostPort: 0, protocol: "tcp" }] },
    ],
    ["its patience", { startTimeout: 30, stopTimeout: 60 }, { startTimeout: 30, stopTimeout: 60 }],
  ])("%s", async (_, definition, expected) => {
    const { containers } = await sent(container(definition));
    expect(containers).toEqual([expect.objectContaining(expected)]);
  });

  it.each<[string, Partial<ContainerDefinition>, "config" | "hostConfig", object]>([
    ["its user", { user: "1000" }, "config", { User: "1000" }],
    [
      "its health check, in nanoseconds",
      { healthCheck: { command: ["CMD", "true"], interval: 10 } },
      "config",
      { Healthcheck: { Test: ["CMD", "true"], Interval: 10_000_000_000 } },
    ],
    ["that it is privileged", { privileged: true }, "hostConfig", { Privileged: true }],
    [
      "what it may do on Linux",
      { linuxParameters: { capabilities: { add: ["NET_ADMIN"] }, initProcessEnabled: true } },
      "hostConfig",
      { CapAdd: ["NET_ADMIN"], Init: true },
    ],
    [
      "its soft limit, in bytes",
      { memoryReservation: 8 },
      "hostConfig",
      { MemoryReservation: 8 * 1024 * 1024 },
    ],
    [
      "where its output goes",
      { logConfiguration: { logDriver: "json-file", options: { "max-size": "1m" } } },
      "hostConfig",
      { LogConfig: { Type: "json-file", Config: { "max-size": "1m" } } },
    ],
  ])("in the engine's own words: %s", async (_, definition, member, expected) => {
    const { containers } = await sent(container(definition));
    expect(JSON.parse(containers[0]?.dockerConfig[member] ?? "")).toMatchObject(expected);
  });

  it("its mode of network, which that of the task does not set", async () => {
    const { containers } = await sent({ networkMode: "host" });
    expect(JSON.parse(containers[0]?.dockerConfig.hostConfig ?? "")).toMatchObject({
      NetworkMode: "host",
    });
  });

  it("no overrides: what they say is in the fields themselves", async () => {
    const definition = container({
      environment: [{ name: "A", value: "1" }],
      command: ["a"],
      memory: 16,
    });
    const { containers } = await sent(definition, {
      containerOverrides: [
        { name: "app", command: ["b"], environment: [{ name: "A", value: "2" }], memory: 32 },
      ],
    });
    expect(containers).toEqual([
      expect.objectContaining({ command: ["b"], environment: { A: "2" }, memory: 32 }),
    ]);
    expect(containers[0]).not.toHaveProperty("overrides");
  });
});
