import { beforeAll, describe, expect, it } from "vitest";
import type { SocketKind } from "./frame-rules.ts";
import type { ScriptedAgent } from "./scripted-agent.ts";
import type { ScriptedSocket } from "./scripted-socket.ts";
import { ProtocolStage } from "./stage.ts";

/** Section 4: what is no message, or none that is known, is dropped, and the line goes on. */
const stage = new ProtocolStage();

let agent: ScriptedAgent;
let sockets: Readonly<Record<SocketKind, ScriptedSocket>>;
beforeAll(async () => {
  agent = await stage.agent();
  sockets = { acs: await agent.connect(), tcs: await agent.dial("tcs") };
});

const frame = (type: unknown, message: unknown) => JSON.stringify({ type, message });

const answersOn = (kind: SocketKind): number =>
  sockets[kind].heard.filter(({ frame: { type } }) => type.includes("Ack")).length;

/** Whether the socket still answers what it is asked. */
async function stillAnswers(kind: SocketKind): Promise<void> {
  const socket = sockets[kind];
  if (kind === "tcs") {
    await socket.say("PublishMetricsRequest", { metadata: { idle: true, fin: true } });
    await socket.next("AckPublishMetric");
  } else {
    const messageId = `m${Math.random()}`;
    await socket.say("TaskStopVerificationMessage", { messageId, stopCandidates: [] });
    await socket.next("TaskStopVerificationAck", (it) => it["messageId"] === messageId);
  }
  expect(socket.isOpen).toBe(true);
}

describe.each<SocketKind>(["acs", "tcs"])("on the %s socket", (kind) => {
  it.each<[string, string]>([
    ["nothing", ""],
    ["no JSON", "{"],
    ["text", "hello"],
    ["a list", "[]"],
    ["null", "null"],
    ["a number", "7"],
    ["no type", '{"message":{}}'],
    ["a type that is no text", frame(1, {})],
    ["a type that nobody knows", frame("PublishDreamsRequest", { a: 1 })],
    ["the name of what every object has", frame("constructor", {})],
    ["its prototype", '{"type":"__proto__","message":{"__proto__":{"messageId":"m"}}}'],
    ["a message of the other way", frame("PayloadMessage", { tasks: [] })],
    ["a message that is no object", frame("HeartbeatAckRequest", 7)],
    ["a message that is null", frame("AckRequest", null)],
    ["no message", '{"type":"HeartbeatAckRequest"}'],
    ["an id that is no text", frame("AckRequest", { messageId: {} })],
    [
      "candidates that are no list",
      frame("TaskStopVerificationMessage", { messageId: "m", stopCandidates: 7 }),
    ],
    ["health of no tasks", frame("PublishHealthRequest", { tasks: 7 })],
    [
      "health that is none",
      frame("PublishHealthRequest", {
        tasks: [{ taskArn: "a", containers: [{ containerName: "b", healthStatus: "FINE" }] }],
      }),
    ],
    ["metrics that are none", frame("PublishMetricsRequest", 7)],
    ["a status that is none", frame("PublishInstanceStatusRequest", { statuses: [{ type: 1 }] })],
    ["a header block alone", "Authorization: x\r\nHost: y\r\n\r\n"],
    ["a header block without an end", "Authorization: x\r\nHost: y"],
    ["half a character", '{"type":"\\ud800","message":{}}'],
    ["deep nesting", `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`],
    ["100 KB of nothing known", frame("Long", "x".repeat(100_000))],
  ])("%s is dropped", async (_, text) => {
    const heard = answersOn(kind);
    await sockets[kind].sayText(text);
    await stillAnswers(kind);
    expect(answersOn(kind) - heard).toBeLessThanOrEqual(1);
  });

  // As API Gateway does: the one closes with 1009, the other with 1003 (its developer guide, quotas).
  it.each<[string, number, string | Buffer]>([
    ["more than 128 KB", 1009, "x".repeat(128 * 1024 + 1)],
    ["a binary frame", 1003, Buffer.from("{}")],
  ])("%s ends the connection with %i, and the next one is good", async (_, code, data) => {
    const other = await stage.agent();
    const socket = await other.dial(kind);
    socket.sayRaw(data);
    expect((await socket.closed).code).toBe(code);
    expect((await other.dial(kind)).isOpen).toBe(true);
  });
});
