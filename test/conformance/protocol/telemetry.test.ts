import { describe, expect, it } from "vitest";
import { eventually } from "../api/eventually.ts";
import type { ScriptedAgent } from "./scripted-agent.ts";
import { ProtocolStage } from "./stage.ts";

/** Section 8: what agents publish, each frame behind a signed header block, and what they hear of it. */
const stage = new ProtocolStage();

const metadata = ({ cluster, arn: containerInstance }: ScriptedAgent, members: object = {}) => ({
  cluster,
  containerInstance,
  messageId: "m",
  fin: true,
  ...members,
});

const health = (agent: ScriptedAgent, taskArn: string, healthStatus: string) => ({
  metadata: metadata(agent),
  tasks: [
    {
      taskArn,
      clusterArn: agent.cluster,
      taskDefinitionFamily: "f",
      taskDefinitionVersion: "1",
      containers: [{ containerName: "app", healthStatus, statusSince: 1_700_000_000.5 }],
    },
  ],
  timestamp: 1_700_000_001.25,
});

/** Of a machine with these checks. */
const statuses = (agent: ScriptedAgent, ...checks: readonly object[]) => ({
  metadata: { cluster: agent.cluster, containerInstance: agent.arn, requestId: "r" },
  statuses: checks,
  timestamp: 1_700_000_001.25,
});

describe("what is published is acknowledged:", () => {
  it.each([
    ["PublishMetricsRequest", "AckPublishMetric", { idle: true }],
    ["PublishHealthRequest", "AckPublishHealth", {}],
    ["PublishInstanceStatusRequest", "AckPublishInstanceStatus", {}],
  ])("%s by %s", async (type, ack, members) => {
    const agent = await stage.agent();
    const socket = await agent.dial("tcs");
    await socket.say(type, { metadata: metadata(agent, members), timestamp: 1 });
    await socket.next(ack);
    expect(socket.heard).toHaveLength(1);
  });

  it("a message of ten tasks, and a long one", async () => {
    const agent = await stage.agent();
    const socket = await agent.dial("tcs");
    const taskMetrics = Array.from({ length: 10 }, () => ({ note: "x".repeat(10_000) }));
    await socket.say("PublishMetricsRequest", { metadata: metadata(agent), taskMetrics });
    expect(await socket.next("AckPublishMetric")).toHaveProperty("message");
  });

  it("without a header block as well", async () => {
    const agent = await stage.agent();
    const socket = await agent.dial("tcs");
    const frame = { type: "PublishMetricsRequest", message: { metadata: metadata(agent) } };
    socket.sayRaw(JSON.stringify(frame));
    expect(await socket.next("AckPublishMetric")).toHaveProperty("message");
  });

  it("as long as anybody listens: acks are all that a quiet agent hears", async () => {
    const agent = await stage.agent();
    const socket = await agent.dial("tcs");
    for (let rounds = 0; rounds < 5; rounds += 1) {
      await socket.say("PublishMetricsRequest", { metadata: metadata(agent, { idle: true }) });
      await socket.next("AckPublishMetric");
    }
    expect(socket.heard).toHaveLength(5);
  });
});

describe("the health of containers", () => {
  it("reaches the control plane in no other way, and moves both ways", async () => {
    const { agent, socket, task } = await aRunningTask();
    for (const status of ["UNHEALTHY", "HEALTHY"]) {
      await socket.say("PublishHealthRequest", health(agent, task, status));
      await socket.next("AckPublishHealth");
      const { containers } = await stage.task(agent.cluster, task);
      expect(containers?.map(({ healthStatus }) => healthStatus)).toEqual([status]);
    }
  });

  it("is an agent's to tell of its own tasks only", async () => {
    const { agent, task } = await aRunningTask();
    const other = await stage.agent({ cluster: agent.cluster });
    const his = await other.dial("tcs");
    await his.say("PublishHealthRequest", health(other, task, "UNHEALTHY"));
    await his.next("AckPublishHealth");
    const { containers } = await stage.task(agent.cluster, task);
    expect(containers?.map(({ healthStatus }) => healthStatus)).toEqual(["UNKNOWN"]);
  });

  it("of a task that nobody knows is acknowledged", async () => {
    const agent = await stage.agent();
    const socket = await agent.dial("tcs");
    for (const taskArn of [agent.arn, "web-1", ""]) {
      await socket.say("PublishHealthRequest", health(agent, taskArn, "HEALTHY"));
      await socket.next("AckPublishHealth");
    }
    expect(socket.heard).toHaveLength(3);
  });
});

describe("the health of an instance", () => {
  const RUNTIME = {
    type: "ContainerRuntime",
    lastUpdated: 1_700_000_030,
    lastStatusChange: 1_700_000_000.5,
  };
  const DAEMON = { type: "Daemon" };

  it("is not known before its agent has told, nor once that is away", async () => {
    const { agent, commands, socket } = await connected();
    expect(await healthOf(agent)).toEqual({ overallStatus: "INSUFFICIENT_DATA", details: [] });
    await socket.say("PublishInstanceStatusRequest", statuses(agent, { ...RUNTIME, status: "OK" }));
    await socket.next("AckPublishInstanceStatus");
    expect(await healthOf(agent)).toEqual({
      overallStatus: "OK",
      details: [
        {
          type: "CONTAINER_RUNTIME",
          status: "OK",
          lastUpdated: new Date(1_700_000_030_000),
          lastStatusChange: new Date(1_700_000_000_500),
        },
      ],
    });
    await commands.close();
    await stage.untilConnected(agent, false);
    expect((await healthOf(agent))?.overallStatus).toBe("INSUFFICIENT_DATA");
  });

  it.each<[string, readonly string[]]>([
    ["OK", ["OK", "OK"]],
    ["IMPAIRED", ["OK", "IMPAIRED"]],
    ["IMPAIRED", ["IMPAIRED", "INSUFFICIENT_DATA"]],
    ["INSUFFICIENT_DATA", ["OK", "INSUFFICIENT_DATA"]],
    ["INITIALIZING", ["INITIALIZING", "OK"]],
  ])("is %s of %j", async (overallStatus, [runtime, daemon]) => {
    const { agent, socket } = await connected();
    await socket.say(
      "PublishInstanceStatusRequest",
      statuses(
        agent,
        { ...RUNTIME, status: runtime },
        { ...DAEMON, status: daemon },
        { type: "Newer", status: "IMPAIRED" },
      ),
    );
    await socket.next("AckPublishInstanceStatus");
    expect((await healthOf(agent))?.overallStatus).toBe(overallStatus);
    expect((await healthOf(agent))?.details).toHaveLength(2);
  });

  it("outlives a connection that is replaced by the next", async () => {
    const { agent, socket } = await connected();
    await socket.say(
      "PublishInstanceStatusRequest",
      statuses(agent, { ...RUNTIME, status: "IMPAIRED" }),
    );
    await socket.next("AckPublishInstanceStatus");
    await agent.connect();
    expect((await healthOf(agent))?.overallStatus).toBe("IMPAIRED");
  });
});

const healthOf = async (agent: ScriptedAgent) => (await stage.instance(agent)).healthStatus;

async function connected() {
  const agent = await stage.agent();
  const [commands, socket] = [await agent.connect(), await agent.dial("tcs")];
  return { agent, commands, socket };
}

async function aRunningTask() {
  const { agent, commands, socket } = await connected();
  const healthCheck = { command: ["CMD", "true"] };
  const [task = ""] = await stage.run(agent.cluster, { healthCheck });
  await eventually("the task is told", async () => commands.told(task).length > 0);
  await agent.submit(task, {
    status: "RUNNING",
    containers: [{ containerName: "app", status: "RUNNING" }],
  });
  return { agent, socket, task };
}
