import { StopTaskCommand } from "@aws-sdk/client-ecs";
import { beforeAll, describe, expect, it } from "vitest";
import type { ScriptedAgent } from "./scripted-agent.ts";
import type { ScriptedSocket } from "./scripted-socket.ts";
import { ProtocolStage } from "./stage.ts";

/** Section 4.2: an agent that has tasks beyond its manifest asks which of them to stop. */
const stage = new ProtocolStage();

let agent: ScriptedAgent;
let socket: ScriptedSocket;
/** By what they are. */
let tasks: Readonly<Record<string, string>>;

beforeAll(async () => {
  const cluster = await stage.cluster();
  const other = await stage.agent({ cluster });
  const his = await other.connect();
  const [elsewhere = ""] = await stage.run(cluster);
  await other.submit(elsewhere, { status: "RUNNING" });
  await his.close();
  await stage.untilConnected(other, false);

  agent = await stage.agent({ cluster });
  socket = await agent.connect();
  const [running = "", pending = "", stopping = "", stopped = ""] = await stage.run(cluster, {}, 4);
  for (const task of [running, stopping, stopped]) await agent.submit(task, { status: "RUNNING" });
  await stage.machine.ecs.send(new StopTaskCommand({ cluster, task: stopping }));
  await agent.submit(stopped, { status: "STOPPED" });
  const unknown = running.replace(/[0-9a-f]{32}$/, "0".repeat(32));
  const noArn = "web-1";
  tasks = { running, pending, stopping, stopped, elsewhere, unknown, noArn };
});

async function ask(names: readonly string[]) {
  const messageId = `m-${names.join("-")}-${Math.random()}`;
  const stopCandidates = names.map((name) => ({
    taskArn: tasks[name],
    taskClusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/c1",
    desiredStatus: "STOPPED",
  }));
  await socket.say("TaskStopVerificationMessage", { messageId, stopCandidates });
  const answer = await socket.next(
    "TaskStopVerificationAck",
    (it) => it["messageId"] === messageId,
  );
  return (answer["stopTasks"] as readonly { readonly taskArn: string }[]).map(
    ({ taskArn }) => Object.entries(tasks).find(([, arn]) => arn === taskArn)?.[0],
  );
}

describe("of tasks that the agent has beyond its manifest", () => {
  it.each([
    ["runs, and is to run", "running", false],
    ["was placed after the manifest", "pending", false],
    ["is to stop", "stopping", true],
    ["has been reported STOPPED", "stopped", true],
    ["is another instance's", "elsewhere", true],
    ["nobody knows", "unknown", true],
    ["has no ARN", "noArn", true],
  ])("one that %s is to be stopped: %s, %s", async (_, name, isToStop) => {
    expect(await ask([name])).toEqual(isToStop ? [name] : []);
  });

  it("each is judged by itself", async () => {
    expect(await ask(Object.keys(tasks))).toEqual([
      "stopping",
      "stopped",
      "elsewhere",
      "unknown",
      "noArn",
    ]);
  });

  it("none is to be stopped where none was named", async () => {
    expect(await ask([])).toEqual([]);
    await socket.say("TaskStopVerificationMessage", { messageId: "bare" });
    const answer = await socket.next("TaskStopVerificationAck", (it) => it["messageId"] === "bare");
    expect(answer["stopTasks"]).toEqual([]);
  });

  it("two hundred can be asked of at once", async () => {
    const stopCandidates = Array.from({ length: 200 }, (_, index) => ({
      taskArn: tasks["unknown"]?.replace(/0{4}$/, String(index).padStart(4, "0")),
      desiredStatus: "STOPPED",
    }));
    await socket.say("TaskStopVerificationMessage", { messageId: "many", stopCandidates });
    const answer = await socket.next("TaskStopVerificationAck", (it) => it["messageId"] === "many");
    expect(answer["stopTasks"]).toHaveLength(200);
  });

  it("nothing that the agent put in beside comes back", async () => {
    const stopCandidates = [{ taskArn: tasks["unknown"], desiredStatus: "STOPPED", extra: "x" }];
    await socket.say("TaskStopVerificationMessage", { messageId: "extra", stopCandidates });
    const answer = await socket.next(
      "TaskStopVerificationAck",
      (it) => it["messageId"] === "extra",
    );
    expect(answer["stopTasks"]).toEqual([{ taskArn: tasks["unknown"], desiredStatus: "STOPPED" }]);
  });
});

it("is answered on the command socket only", async () => {
  const telemetry = await agent.dial("tcs");
  await telemetry.say("TaskStopVerificationMessage", { messageId: "t", stopCandidates: [] });
  await telemetry.say("PublishMetricsRequest", { metadata: { idle: true, fin: true } });
  await telemetry.next("AckPublishMetric");
  expect(telemetry.heard).toHaveLength(1);
});
