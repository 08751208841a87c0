import { StopTaskCommand } from "@aws-sdk/client-ecs";
import { HandshakeRefused } from "@berth/agent/session/socket";
import { describe, expect, it } from "vitest";
import { eventually } from "../api/eventually.ts";
import type { ScriptedSocket } from "./scripted-socket.ts";
import { ProtocolStage } from "./stage.ts";

/** Sections 4.1 and 4.4: connections that come, go, replace one another, and come too often. */
const stage = new ProtocolStage();

describe("a greeting", () => {
  it("is a heartbeat and a manifest without tasks where there are none", async () => {
    const agent = await stage.agent();
    const socket = await agent.dial("acs");
    const manifest = await socket.next("TaskManifestMessage");
    expect(manifest).toMatchObject({ tasks: [], containerInstanceArn: agent.arn });
    await socket.next("HeartbeatMessage");
    expect(socket.all("PayloadMessage")).toEqual([]);
  });

  it("names every task that is not over, and tells again of those that are not as they should be", async () => {
    const agent = await stage.agent();
    const first = await agent.connect();
    const [started = "", stopped = "", over = ""] = await stage.run(agent.cluster, {}, 3);
    await first.next("PayloadMessage", ({ tasks }) => (tasks as unknown[]).length === 3);
    await agent.submit(started, { status: "RUNNING" });
    await agent.submit(stopped, { status: "RUNNING" });
    await agent.submit(over, { status: "STOPPED" });
    await first.close();
    await stage.untilConnected(agent, false);
    await stage.machine.ecs.send(new StopTaskCommand({ cluster: agent.cluster, task: stopped }));

    const again = await agent.dial("acs");
    const { tasks } = await again.next("TaskManifestMessage");
    expect(tasks).toHaveLength(2);
    expect(tasks).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ taskArn: started, desiredStatus: "RUNNING" }),
        expect.objectContaining({ taskArn: stopped, desiredStatus: "STOPPED" }),
      ]),
    );
    await again.next("PayloadMessage");
    expect([started, stopped, over].map((arn) => again.told(arn))).toEqual([[], ["STOPPED"], []]);
  });

  it("numbers all messages upwards over connections: who keeps the highest is never behind", async () => {
    const agent = await stage.agent();
    for (let connections = 0; connections < 3; connections += 1) {
      const socket = await agent.connect();
      await stage.run(agent.cluster);
      await socket.next("PayloadMessage");
      await socket.close();
    }
    // The stage looks at every number that the agent was sent.
    expect(agent.faults).toEqual([]);
  });
});

describe("a connection", () => {
  it("is that of a connected agent until it ends", async () => {
    const agent = await stage.agent();
    expect((await stage.instance(agent)).agentConnected).toBe(false);
    const socket = await agent.connect();
    await stage.untilConnected(agent, true);
    await socket.close();
    await stage.untilConnected(agent, false);
  });

  it("that breaks without a word is one that ended", async () => {
    const agent = await stage.agent();
    const socket = await agent.connect();
    await stage.untilConnected(agent, true);
    socket.terminate();
    await stage.untilConnected(agent, false);
    expect(agent.sockets.map(({ isOpen }) => isOpen)).toEqual([false]);
  });

  it("of telemetry makes no connected agent", async () => {
    const agent = await stage.agent();
    await agent.dial("tcs");
    expect((await stage.instance(agent)).agentConnected).toBe(false);
  });

  it("is replaced by a second one: that is told all, and the first is ended", async () => {
    const agent = await stage.agent();
    const first = await agent.connect();
    const second = await agent.connect();
    // Private codes API Gateway cannot send: what keeps two from chasing each other is below.
    expect(await first.closed).toEqual({ code: 1000, reason: "" });
    const [task = ""] = await stage.run(agent.cluster);
    await second.next("PayloadMessage");
    expect([first.told(task), second.told(task)]).toEqual([[], ["RUNNING"]]);
    await stage.untilConnected(agent, true);
  });

  it("of telemetry stays when a second one of commands comes", async () => {
    const agent = await stage.agent();
    const telemetry = await agent.dial("tcs");
    await agent.connect();
    await agent.connect();
    expect(telemetry.isOpen).toBe(true);
  });

  it("ends, and is told no more, once the key that opened it is revoked", async () => {
    const key = await stage.key({ kind: "agent", principal: "leaver" });
    const agent = await stage.agent({ keyed: key });
    const socket = await agent.connect();
    await key.revoke();
    await socket.say("HeartbeatAckRequest", { messageId: "1" });
    expect((await socket.closed).code).toBe(1000);
    await stage.untilConnected(agent, false);
  });
});

describe("an agent that dials on and on", () => {
  it("is let in ten times within a minute, and then refused in words that have it wait", async () => {
    const agent = await stage.agent();
    const sockets: ScriptedSocket[] = [];
    for (let dials = 0; dials < 10; dials += 1) sockets.push(await agent.dial("acs"));
    const refusal = await agent.dial("acs").catch((error: unknown) => error);
    // A handshake that fails has agents wait ever longer, as a private close code would (ADR 0036).
    expect(refusal).toBeInstanceOf(HandshakeRefused);
    expect(refusal).toMatchObject({ code: "ServerException" });
    // Who is in stays in.
    const last = sockets.at(-1);
    await last?.next("TaskManifestMessage");
    expect(last?.isOpen).toBe(true);
    const closed = await eventually("the others end", async () => {
      const open = sockets.filter(({ isOpen }) => isOpen);
      return open.length === 1 && open;
    });
    expect(closed).toEqual([last]);
  });

  it("keeps no other out", async () => {
    const cluster = await stage.cluster();
    const [storm, other] = [await stage.agent({ cluster }), await stage.agent({ cluster })];
    for (let dials = 0; dials < 10; dials += 1) await storm.dial("acs");
    expect((await other.connect()).isOpen).toBe(true);
  });
});
