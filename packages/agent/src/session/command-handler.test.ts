import type { AcsRequest, PayloadTask } from "@berth/contracts/agent/messages";
import { aPayloadTask, payloadTaskArn } from "@berth/testing/payloads";
import { expect, test } from "vitest";
import { RoleKeeper } from "../endpoints/role-keeper.ts";
import { lineLog } from "../log.ts";
import { newTask } from "../state.ts";
import { CommandHandler } from "./command-handler.ts";

const ADDRESS = { clusterArn: "c", containerInstanceArn: "i" };
const NO_DEMAND = { cpuUnits: 0, memoryMiB: 0, tcpPorts: [], udpPorts: [] };

/** A handler for an agent that runs the given tasks, and what it was made to do. */
function handling({
  running = [] as readonly PayloadTask[],
  timeline = -1,
  isServing = true,
} = {}) {
  const sent: AcsRequest[] = [];
  const done: string[] = [];
  const roles = new RoleKeeper({ isServing });
  const handler = new CommandHandler({
    target: {
      tasks: running.map((task) => newTask(task, NO_DEMAND)),
      accept: (tasks) => {
        done.push(
          ...tasks.map(({ arn, desiredStatus }) => `accept ${arn.slice(-1)} ${desiredStatus}`),
        );
        return Promise.resolve();
      },
      refuse: (arn) => done.push(`refuse ${arn.slice(-1)}`),
      stopTask: (arn) => done.push(`stop ${arn.slice(-1)}`),
    },
    roles,
    timeline,
    saveTimeline: (saved) => {
      done.push(`save ${saved}`);
      return Promise.resolve();
    },
    onHeartbeat: () => done.push("look after itself"),
    onOpenStream: ({ sessionId, request }) => done.push(`open ${sessionId} ${request.kind}`),
    log: lineLog("none", () => undefined),
  });
  const receive = async (type: string, message: object) => {
    const isKnown = handler.handle(JSON.stringify({ type, message }), (request) =>
      sent.push(request),
    );
    // Answers come once the task files are written.
    await new Promise((resolve) => setImmediate(resolve));
    return isKnown;
  };
  return { handler, receive, sent, done, roles };
}

const manifest = (timeline: number, taskArns: readonly string[]) => ({
  ...ADDRESS,
  messageId: `manifest-${timeline}`,
  timeline,
  tasks: taskArns.map((taskArn) => ({ taskArn, desiredStatus: "RUNNING" })),
});

const payload = (seqNum: number, tasks: readonly object[]) => ({
  ...ADDRESS,
  messageId: "p",
  seqNum,
  tasks,
});

test("acknowledges a heartbeat", async () => {
  const { receive, sent } = handling();
  expect(await receive("HeartbeatMessage", { messageId: "h", healthy: true })).toBe(true);
  expect(sent).toEqual([{ type: "HeartbeatAckRequest", message: { messageId: "h" } }]);
});

test("takes stops before starts, and acknowledges with the message's own address", async () => {
  const { receive, sent, done } = handling();
  const start = aPayloadTask({ arn: payloadTaskArn(1) });
  const stop = aPayloadTask({ arn: payloadTaskArn(2), desiredStatus: "STOPPED" });
  await receive("PayloadMessage", payload(1, [start, stop]));
  expect(done).toEqual(["accept 2 STOPPED", "accept 1 RUNNING"]);
  expect(sent).toEqual([
    { type: "AckRequest", message: { cluster: "c", containerInstance: "i", messageId: "p" } },
  ]);
});

test("does not acknowledge a payload with a task that it cannot read, but runs the others", async () => {
  const { receive, sent, done } = handling();
  const bad = { ...aPayloadTask({ arn: payloadTaskArn(2) }), containers: [] };
  await receive("PayloadMessage", payload(1, [bad, aPayloadTask()]));
  expect(done).toEqual(["refuse 2", "accept 1 RUNNING"]);
  expect(sent).toEqual([]);
});

test.each(["messageId", "clusterArn", "containerInstanceArn"])(
  "leaves a payload without %s alone",
  async (member) => {
    const { receive, sent, done } = handling();
    await receive("PayloadMessage", { ...payload(1, [aPayloadTask()]), [member]: undefined });
    expect([done, sent]).toEqual([[], []]);
  },
);

test("asks before it stops what a manifest does not have, and stops only what it asked for", async () => {
  const wanted = aPayloadTask({ arn: payloadTaskArn(1) });
  const unwanted = aPayloadTask({ arn: payloadTaskArn(2) });
  const { receive, sent, done } = handling({ running: [wanted, unwanted] });
  await receive("TaskManifestMessage", manifest(3, [wanted.arn]));
  expect(sent.map(({ type }) => type)).toEqual(["AckRequest", "TaskStopVerificationMessage"]);
  expect(sent[1]?.message).toMatchObject({
    messageId: "manifest-3",
    stopCandidates: [{ taskArn: unwanted.arn, desiredStatus: "STOPPED" }],
  });
  const stopTasks = [{ taskArn: wanted.arn }, { taskArn: unwanted.arn }];
  await receive("TaskStopVerificationAck", { messageId: "another", stopTasks });
  expect(done).toEqual(["save 3"]);
  await receive("TaskStopVerificationAck", { messageId: "manifest-3", stopTasks });
  expect(done).toEqual(["save 3", "stop 2"]);
});

test("drops a manifest that is older than what it knows, without a word", async () => {
  const { receive, sent, done } = handling({ timeline: 5 });
  await receive("TaskManifestMessage", manifest(5, []));
  await receive("PayloadMessage", payload(9, []));
  await receive("TaskManifestMessage", manifest(8, []));
  expect(done).toEqual([]);
  expect(sent.filter(({ type }) => type !== "AckRequest")).toEqual([]);
  expect(sent).toHaveLength(1);
});

test("has nothing to ask where all is as the manifest has it", async () => {
  const { receive, sent } = handling({ running: [aPayloadTask()] });
  await receive("TaskManifestMessage", manifest(1, [payloadTaskArn(1)]));
  expect(sent.map(({ type }) => type)).toEqual(["AckRequest"]);
});

test.each(["", "{", "null", "[]", '{"type":5}', '{"type":"AttachTaskNetworkInterfacesMessage"}'])(
  "does not count %j as a sign of life",
  (text) => {
    expect(handling().handler.handle(text, () => undefined)).toBe(false);
  },
);

const roleCredentials = {
  credentialsId: "id-1",
  roleArn: "arn:aws:iam::123456789012:role/app",
  accessKeyId: "ASIA1",
  secretAccessKey: "secret",
  sessionToken: "token",
  expiration: "2030-01-01T00:00:00Z",
};

test("acknowledges a payload, and each set of keys in it", async () => {
  const { receive, sent, roles } = handling({ running: [aPayloadTask()] });
  await receive("PayloadMessage", payload(1, [{ ...aPayloadTask(), roleCredentials }]));
  expect(sent.map(({ type }) => type)).toEqual(["AckRequest", "IAMRoleCredentialsAckRequest"]);
  expect(sent[1]?.message).toEqual({
    messageId: "p",
    credentialsId: "id-1",
    expiration: roleCredentials.expiration,
  });
  expect(roles.find("id-1")).toEqual(roleCredentials);
});

test("takes new keys for a task that it has, and says nothing of another's", async () => {
  const { receive, sent, roles } = handling({ running: [aPayloadTask()] });
  const message = { messageId: "m", roleType: "TaskApplication", roleCredentials };
  await receive("IAMRoleCredentialsMessage", { ...message, taskArn: payloadTaskArn(15) });
  await receive("IAMRoleCredentialsMessage", {
    ...message,
    taskArn: aPayloadTask().arn,
    roleCredentials: {},
  });
  expect(sent).toEqual([]);
  await receive("IAMRoleCredentialsMessage", { ...message, taskArn: aPayloadTask().arn });
  expect(sent).toEqual([
    {
      type: "IAMRoleCredentialsAckRequest",
      message: { messageId: "m", credentialsId: "id-1", expiration: roleCredentials.expiration },
    },
  ]);
  expect(roles.find("id-1")).toEqual(roleCredentials);
});

test("refuses a task with a role where containers do not reach their keys", async () => {
  const { receive, sent, done } = handling({ isServing: false });
  await receive("PayloadMessage", payload(1, [{ ...aPayloadTask(), roleCredentials }]));
  expect(done).toEqual([`refuse ${aPayloadTask().arn.slice(-1)}`]);
  expect(sent).toEqual([]);
});

test("dials for a session that says which, and for no other", async () => {
  const { receive, done } = handling();
  const request = { kind: "portForward", container: "web", port: 80 };
  const session = { sessionId: "s1", taskArn: payloadTaskArn(1), request };
  expect(await receive("OpenStreamMessage", session)).toBe(true);
  expect(await receive("OpenStreamMessage", { sessionId: "s2" })).toBe(true);
  expect(done).toEqual(["open s1 portForward"]);
});
