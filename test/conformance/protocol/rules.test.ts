import { describe, expect, it } from "vitest";
import { readFrame, SequenceMark } from "./frame-rules.ts";

/** The rules themselves: a good frame passes, and each fault planted in it is noticed. */
const ACCOUNT = "arn:aws:ecs:us-east-1:000000000000";
const TASK = `${ACCOUNT}:task/default/${"0a".repeat(16)}`;

type Message = Readonly<Record<string, unknown>>;

const ADDRESS = {
  clusterArn: `${ACCOUNT}:cluster/default`,
  containerInstanceArn: `${ACCOUNT}:container-instance/default/1`,
  messageId: "m",
};
const CONTAINER = {
  name: "app",
  image: "busybox",
  essential: true,
  environment: { A: "1" },
  dockerConfig: { version: "1.25", config: '{"User":"1"}', hostConfig: "{}" },
};
const INTERFACE = {
  attachmentArn: `${ACCOUNT}:attachment/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d`,
  ec2Id: "eni-0a1b2c3d4e5f4a6b8",
  index: 0,
  macAddress: "02:0a:1b:2c:3d:4e",
  privateDnsName: "eni-0a1b2c3d4e5f4a6b8.berth.internal",
};
const payload = (task: Message, container: Message = {}): Message => ({
  ...ADDRESS,
  seqNum: 1,
  generatedAt: 1,
  tasks: [
    {
      arn: TASK,
      desiredStatus: "RUNNING",
      family: "f",
      version: "1",
      cpu: 0.25,
      volumes: [{ name: "v", type: "host", host: {} }],
      containers: [{ ...CONTAINER, ...container }],
      ...task,
    },
  ],
});
const manifest = (members: Message = {}): Message => ({
  ...ADDRESS,
  generatedAt: 1,
  timeline: 2,
  tasks: [{ taskArn: TASK, desiredStatus: "RUNNING" }],
  ...members,
});

const faultsOf = (type: string, message: unknown) =>
  readFrame("acs", JSON.stringify({ type, message })).faults;

it("find nothing in frames as they should be", () => {
  const frames: readonly (readonly [string, Message])[] = [
    ["HeartbeatMessage", { messageId: "m", healthy: true }],
    ["TaskManifestMessage", manifest()],
    ["PayloadMessage", payload({})],
    ["PayloadMessage", payload({ networkMode: "awsvpc", elasticNetworkInterfaces: [INTERFACE] })],
    ["TaskStopVerificationAck", { messageId: "m", generatedAt: 1, stopTasks: [{ taskArn: "t" }] }],
  ];
  expect(frames.flatMap(([type, message]) => faultsOf(type, message))).toEqual([]);
});

describe("notice", () => {
  it.each<[string, string, unknown]>([
    ["an unknown type", "NewMessage", {}],
    ["a heartbeat without an id", "HeartbeatMessage", { healthy: true }],
    ["a manifest without a timeline", "TaskManifestMessage", manifest({ timeline: undefined })],
    [
      "an entry without a task",
      "TaskManifestMessage",
      manifest({ tasks: [{ desiredStatus: "RUNNING" }] }),
    ],
    ["an entry without a status", "TaskManifestMessage", manifest({ tasks: [{ taskArn: TASK }] })],
    [
      "a payload without an instance",
      "PayloadMessage",
      { ...payload({}), containerInstanceArn: undefined },
    ],
    ["a payload without tasks", "PayloadMessage", { ...payload({}), tasks: [] }],
    ["an ARN without a cluster", "PayloadMessage", payload({ arn: `${ACCOUNT}:task/1` })],
    ["a revision that is a number", "PayloadMessage", payload({ version: 1 })],
    ["cpu in units", "PayloadMessage", payload({ cpu: 256 })],
    ["a network without an interface", "PayloadMessage", payload({ networkMode: "awsvpc" })],
    [
      "an interface of another network",
      "PayloadMessage",
      payload({ elasticNetworkInterfaces: [INTERFACE] }),
    ],
    [
      "an interface without a hardware address",
      "PayloadMessage",
      payload({
        networkMode: "awsvpc",
        elasticNetworkInterfaces: [{ ...INTERFACE, macAddress: undefined }],
      }),
    ],
    ["a task without containers", "PayloadMessage", payload({ containers: [] })],
    ["an environment that is a list", "PayloadMessage", payload({}, { environment: [] })],
    [
      "overrides of more than the command",
      "PayloadMessage",
      payload({}, { overrides: '{"cpu":1}' }),
    ],
    [
      "settings that are no text",
      "PayloadMessage",
      payload({}, { dockerConfig: { version: "1.25", config: {} } }),
    ],
    [
      "settings without a version",
      "PayloadMessage",
      payload({}, { dockerConfig: { config: "{}" } }),
    ],
    [
      "binds of our own",
      "PayloadMessage",
      payload({}, { dockerConfig: { version: "1.25", hostConfig: '{"Binds":[]}' } }),
    ],
    [
      "an environment in the settings",
      "PayloadMessage",
      payload({}, { dockerConfig: { version: "1.25", config: '{"Env":[]}' } }),
    ],
    ["a check that is missing", "PayloadMessage", payload({}, { healthCheckType: "docker" })],
    ["what agents ignore", "PayloadMessage", payload({}, { privileged: true })],
    [
      "a volume without its block",
      "PayloadMessage",
      payload({ volumes: [{ name: "v", type: "docker" }] }),
    ],
    ["a frame that is too long", "CloseMessage", { message: "x".repeat(128 * 1024) }],
  ])("%s", (_, type, message) => {
    expect(faultsOf(type, message)).not.toEqual([]);
  });

  it("what is no envelope, and what belongs on the other socket", () => {
    const texts = [
      "{",
      "[]",
      '{"type":"CloseMessage"}',
      '{"type":"CloseMessage","message":{"message":""},"x":1}',
    ];
    for (const text of texts) expect(readFrame("acs", text).faults).not.toEqual([]);
    const ack = JSON.stringify({ type: "AckPublishMetric", message: { message: "" } });
    expect(readFrame("tcs", ack).faults).toEqual([]);
    expect(readFrame("acs", ack).faults).not.toEqual([]);
  });

  it("a number that does not rise, whichever message it is of", () => {
    const mark = new SequenceMark();
    const raise = (type: string, message: Message) => mark.raise({ type, message }).length;
    expect(raise("TaskManifestMessage", { timeline: 5 })).toBe(0);
    expect(raise("PayloadMessage", { seqNum: 6 })).toBe(0);
    expect(raise("HeartbeatMessage", { seqNum: 1 })).toBe(0);
    expect(raise("TaskManifestMessage", { timeline: 6 })).toBe(1);
    expect(raise("PayloadMessage", { seqNum: 4 })).toBe(1);
    expect(raise("TaskManifestMessage", { timeline: 7 })).toBe(0);
  });
});
