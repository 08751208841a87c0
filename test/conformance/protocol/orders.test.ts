import { setTimeout as delay } from "node:timers/promises";
import { CreateServiceCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { eventually } from "../api/eventually.ts";
import type { ScriptedSocket } from "./scripted-socket.ts";
import { ProtocolStage } from "./stage.ts";

/** Sections 4.2, 4.4 and 5: what agents are told to start and to stop, and how often. */
const RESEND_FOR_MS = 4_000;
const stage = new ProtocolStage({
  BERTH_DISPATCH_RETRY_MS: "1000",
  BERTH_HEARTBEAT_INTERVAL_MS: "2000",
  BERTH_RESEND_FOR_MS: String(RESEND_FOR_MS),
  BERTH_SWEEP_INTERVAL_MS: "500",
});

const stop = (cluster: string, task: string) =>
  stage.machine.ecs.send(new StopTaskCommand({ cluster, task }));

describe("an order to start", () => {
  it("comes at once, in a message that names cluster and instance", async () => {
    const agent = await stage.agent();
    const socket = await agent.connect();
    const [task = ""] = await stage.run(agent.cluster);
    const account = "arn:aws:ecs:us-east-1:000000000000";
    expect(await socket.next("PayloadMessage")).toMatchObject({
      clusterArn: `${account}:cluster/${agent.cluster}`,
      containerInstanceArn: agent.arn,
      tasks: [{ arn: task, desiredStatus: "RUNNING", family: `f${agent.cluster}`, version: "1" }],
    });
  });

  it.each([
    ["AckRequest", (messageId: unknown) => ({ messageId, cluster: "c", containerInstance: "i" })],
    [
      "NackRequest",
      (messageId: unknown) => ({ messageId, cluster: "c", containerInstance: "i", reason: "no" }),
    ],
    ["IAMRoleCredentialsAckRequest", () => ({ messageId: "m", credentialsId: "x" })],
  ])("may be answered by a %s, which is answered by nothing", async (type, answerTo) => {
    const agent = await stage.agent();
    const socket = await agent.connect();
    const [task = ""] = await stage.run(agent.cluster);
    const { messageId } = await socket.next("PayloadMessage");
    await socket.say(type, answerTo(messageId));
    await agent.submit(task, { status: "RUNNING" });
    expect((await stage.task(agent.cluster, task)).lastStatus).toBe("RUNNING");
    expect(socket.isOpen).toBe(true);
  });

  it("comes in several messages where one could not carry it", async () => {
    const agent = await stage.agent();
    const socket = await agent.connect();
    const environment = [{ name: "LONG", value: "x".repeat(50_000) }];
    const tasks = await stage.run(agent.cluster, { environment }, 5);
    await eventually("all are told", async () =>
      tasks.every((task) => socket.told(task).length > 0),
    );
    // That none is longer than may be the stage has seen to.
    expect(socket.all("PayloadMessage").length).toBeGreaterThanOrEqual(3);
  });

  it("comes in tens, so that the agent gets on with them", async () => {
    const agent = await stage.agent();
    const socket = await agent.connect();
    const tasks = [
      ...(await stage.run(agent.cluster, {}, 10)),
      ...(await stage.run(agent.cluster)),
    ];
    await socket.close();
    const again = await agent.dial("acs");
    await eventually("all are told", async () =>
      tasks.every((task) => again.told(task).length > 0),
    );
    const sizes = again.all("PayloadMessage").map((message) => (message["tasks"] as []).length);
    expect(sizes).toEqual([10, 1]);
  });
});

describe("orders to stop", () => {
  it("come before orders to start", async () => {
    const agent = await stage.agent();
    const socket = await agent.connect();
    const tasks = await stage.run(agent.cluster, {}, 8);
    const stopped = tasks.slice(2, 5);
    for (const task of stopped) await stop(agent.cluster, task);
    await socket.close();
    const again = await agent.connect();
    await eventually("all are told", async () =>
      tasks.every((task) => again.told(task).length > 0),
    );
    const told = again
      .all("PayloadMessage")
      .flatMap((message) => message["tasks"] as readonly { desiredStatus: string }[])
      .map(({ desiredStatus }) => desiredStatus);
    expect(told.slice(0, 3)).toEqual(["STOPPED", "STOPPED", "STOPPED"]);
    expect(told.slice(3)).not.toContain("STOPPED");
  });
});

describe("an order that is not acknowledged", () => {
  it("is repeated for a while, then no more, and again on the next connection", async () => {
    const agent = await stage.agent();
    const socket = await agent.connect();
    socket.acknowledges = "heartbeats";
    const [standalone = "", toStop = ""] = await stage.run(agent.cluster, {}, 2);
    await agent.submit(toStop, { status: "RUNNING" });
    await stop(agent.cluster, toStop);
    const ofService = await serviceTask(agent.cluster, socket, [standalone, toStop]);

    const orders = [standalone, toStop, ofService];
    const count = () =>
      orders.map((task) => socket.told(task).filter((each) => isOrder(task, each)).length);
    const isOrder = (task: string, status: string) =>
      status === (task === toStop ? "STOPPED" : "RUNNING");
    await eventually("every order is repeated", async () => count().every((times) => times >= 2));
    await delay(RESEND_FOR_MS + 1_000);
    const before = count();
    // As long again as it took to repeat them.
    await delay(RESEND_FOR_MS);
    expect(count()).toEqual(before);
    expect(Math.max(...before)).toBeLessThanOrEqual(6);

    await socket.close();
    const again = await agent.connect();
    await eventually("all are told", async () =>
      orders.every((task) => again.told(task).length > 0),
    );
  }, 60_000);

  it("is not repeated once a report shows that it was carried out", async () => {
    const agent = await stage.agent();
    const socket = await agent.connect();
    socket.acknowledges = "heartbeats";
    const [task = ""] = await stage.run(agent.cluster);
    await socket.next("PayloadMessage");
    await agent.submit(task, { status: "RUNNING" });
    await delay(RESEND_FOR_MS);
    expect(socket.told(task)).toEqual(["RUNNING"]);
  });
});

/** The ARN of the task that a new service starts here. */
async function serviceTask(
  cluster: string,
  socket: ScriptedSocket,
  others: readonly string[],
): Promise<string> {
  await stage.machine.ecs.send(
    new CreateServiceCommand({
      cluster,
      serviceName: "web",
      taskDefinition: `f${cluster}`,
      desiredCount: 1,
    }),
  );
  return eventually("the service starts its task", async () =>
    socket
      .all("PayloadMessage")
      .flatMap((message) => message["tasks"] as readonly { readonly arn: string }[])
      .map(({ arn }) => arn)
      .find((arn) => !others.includes(arn)),
  );
}
