import { setTimeout as delay } from "node:timers/promises";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import { expect, it } from "vitest";
import { eventually } from "../api/eventually.ts";
import { ProtocolStage } from "./stage.ts";

/** Section 4.1: an agent that hears nothing for 60 seconds hangs up, and one that says nothing is missed. */
const INTERVAL_MS = 2_000;
const LEASE_MS = 5_000;
const stage = new ProtocolStage({
  BERTH_HEARTBEAT_INTERVAL_MS: String(INTERVAL_MS),
  BERTH_LEASE_MS: String(LEASE_MS),
  BERTH_SWEEP_INTERVAL_MS: "500",
});

it("come every 20 to 45 seconds unless an operator has it otherwise", () => {
  const { heartbeatIntervalMs, leaseMs } = DEFAULT_SETTINGS;
  expect(heartbeatIntervalMs).toBeGreaterThanOrEqual(20_000);
  expect(heartbeatIntervalMs).toBeLessThanOrEqual(45_000);
  // One that is lost is no agent that is lost.
  expect(leaseMs).toBeGreaterThan(2 * heartbeatIntervalMs);
});

it.concurrent("come at that interval, each with an id of its own, as long as the agent answers", async () => {
  const agent = await stage.agent();
  const socket = await agent.connect();
  const beats = await eventually("four heartbeats", async () => {
    const heard = socket.heard.filter(({ frame }) => frame.type === "HeartbeatMessage");
    return heard.length >= 4 && heard;
  });
  const gaps = beats.slice(1).map(({ at }, index) => at - (beats[index]?.at ?? 0));
  for (const gap of gaps) {
    expect(gap).toBeGreaterThan(INTERVAL_MS / 2);
    // A message that is to come later is timed in whole seconds, and goes through two queues.
    expect(gap).toBeLessThan(INTERVAL_MS + 2_500);
  }
  const ids = beats.map(({ frame }) => frame.message["messageId"]);
  expect(new Set(ids).size).toBe(ids.length);
  expect(beats.every(({ frame }) => frame.message["healthy"] === true)).toBe(true);
  expect((await stage.instance(agent)).agentConnected).toBe(true);
});

it.concurrent("that are not answered make a disconnected agent, which is greeted anew when it speaks", async () => {
  const agent = await stage.agent();
  const socket = await agent.connect();
  await stage.untilConnected(agent, true);
  socket.acknowledges = "nothing";
  await stage.untilConnected(agent, false);
  const beats = socket.all("HeartbeatMessage").length;
  await delay(INTERVAL_MS + 1_000);
  expect(socket.all("HeartbeatMessage")).toHaveLength(beats);
  // The line itself may be good: a host that slept comes back on it.
  expect(socket.isOpen).toBe(true);

  socket.acknowledges = "all";
  await socket.say("HeartbeatAckRequest", { messageId: "late" });
  await socket.next("TaskManifestMessage");
  await stage.untilConnected(agent, true);
});

it.concurrent("may be answered by any other message", async () => {
  const agent = await stage.agent();
  const socket = await agent.connect();
  socket.acknowledges = "nothing";
  const end = Date.now() + LEASE_MS + 2_000;
  while (Date.now() < end) {
    await socket.say("Unheard", {});
    await delay(1_000);
  }
  expect((await stage.instance(agent)).agentConnected).toBe(true);
});

it.concurrent("are not answered by telemetry: a task is told over the other socket", async () => {
  const agent = await stage.agent();
  const socket = await agent.connect();
  const telemetry = await agent.dial("tcs");
  socket.acknowledges = "nothing";
  await stage.untilConnected(agent, true);
  const publishing = setInterval(() => {
    void telemetry.say("PublishMetricsRequest", { metadata: { idle: true, fin: true } });
  }, 500);
  try {
    await stage.untilConnected(agent, false);
    expect(telemetry.all("AckPublishMetric").length).toBeGreaterThan(1);
  } finally {
    clearInterval(publishing);
  }
});
