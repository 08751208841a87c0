import type { Envelope } from "@berth/contracts/agent/messages";
import type { StreamTicket } from "@berth/contracts/rest/streams";
import { STREAM_EXPIRED } from "@berth/contracts/stream/frames";
import {
  aLedger,
  aTask,
  anInstance,
  aSession,
  aTaskContainer,
  instanceId,
} from "@berth/testing/builders";
import {
  AGENT_CONNECTION,
  aStreamFrame,
  aStreamWorld,
  aStreamSession,
  type StreamWorld,
} from "@berth/testing/streams";
import { describe, expect, test } from "vitest";
import { StreamRelay } from "./stream-relay.ts";
import { sweep } from "../reconcile/sweep.ts";
import { askForExec, askForLogs, askForPort } from "./ask-stream.ts";
import { STREAM_DRAIN_MS, STREAM_LEASE_MS, STREAM_LIFETIME_MS } from "./stream-times.ts";

const TASK = { task: aTask().id };
const LS = { command: ["ls"], tty: false };
const HELLO = { type: "StreamHello", message: {} };
const PING = aStreamFrame({ seq: 0, kind: "ping" });
const CLOSED = aStreamFrame({ seq: 1, kind: "closed", exitCode: 3, bytesIn: 5, bytesOut: 7 });

const ask = (world: StreamWorld) => askForExec(world.controlPlane, TASK, LS);

/** A session with both of its ends. */
async function aSessionOf(world: StreamWorld): Promise<StreamTicket> {
  const ticket = await ask(world);
  await world.dialAsClient(ticket.sessionId, ticket.token);
  await world.relay.receive("client", HELLO);
  expect(await world.dialAsAgent(ticket.sessionId)).toBe("connected");
  world.pushed.length = 0;
  return ticket;
}

const sessionIn = (world: StreamWorld, { sessionId }: StreamTicket) =>
  world.controlPlane.store.streamSessions.find(sessionId);

describe("asking for a session", () => {
  test("gives a ticket for the agents' socket, and keeps only the hash of its token", async () => {
    const world = await aStreamWorld();
    const ticket = await ask(world);
    expect(ticket.streamUrl).toBe(`ws://127.0.0.1:4750/ws?streamSession=${ticket.sessionId}`);
    const session = await sessionIn(world, ticket);
    expect(session?.request).toEqual({ kind: "exec", container: "web", ...LS });
    expect(JSON.stringify(session)).not.toContain(ticket.token);
    expect(world.pushed).toEqual([]);
  });

  test.each([
    ["was run without", { enableExecuteCommand: false }],
    ["is STOPPED", { lastStatus: "STOPPED" }],
    ["is PENDING", { containers: [aTaskContainer({ name: "web", lastStatus: "PENDING" })] }],
  ] as const)("for exec is refused where the task %s", async (reason, task) => {
    const world = await aStreamWorld(task);
    await expect(ask(world)).rejects.toMatchObject({ code: "ConflictException" });
    await expect(ask(world)).rejects.toThrow(reason);
  });

  test("for logs is taken for a stopped task, and without exec being enabled", async () => {
    const world = await aStreamWorld({ lastStatus: "STOPPED", enableExecuteCommand: false });
    const ticket = await askForLogs(world.controlPlane, TASK, {
      follow: false,
      since: "1970-01-01T00:00:01Z",
    });
    const session = await sessionIn(world, ticket);
    expect(session?.request).toEqual({ kind: "logs", follow: false, since: 1_000 });
  });

  test("needs a container's name where there are several, but for one that publishes the port", async () => {
    const publishing = { networkBindings: [{ containerPort: 80 }] };
    const world = await aStreamWorld({
      containers: [
        aTaskContainer({ name: "web", lastStatus: "RUNNING", ...publishing }),
        aTaskContainer({ name: "side", lastStatus: "RUNNING" }),
      ],
    });
    await expect(ask(world)).rejects.toThrow("has several: web, side. Name one of them.");
    await expect(
      askForExec(world.controlPlane, TASK, { ...LS, container: "constructor" }),
    ).rejects.toMatchObject({ code: "InvalidParameterException" });
    const ticket = await askForPort(world.controlPlane, TASK, { port: 80 });
    expect((await sessionIn(world, ticket))?.request).toMatchObject({ container: "web", port: 80 });
    await expect(askForPort(world.controlPlane, TASK, { port: 81 })).rejects.toThrow("several");
  });

  test("is refused where the agent is away, and where it is not one that knows sessions", async () => {
    const world = await aStreamWorld();
    const { controlPlane } = world;
    const { instances } = controlPlane.store;
    const id = instanceId(2);
    await instances.create(anInstance({ id, attributes: [] }), aLedger({ id }));
    const elsewhere = { id: aTask().id.replace(/.$/, "f"), containerInstanceId: instanceId(2) };
    const running = [aTaskContainer({ name: "web", lastStatus: "RUNNING" })];
    await controlPlane.store.tasks.create(
      aTask({ ...elsewhere, lastStatus: "RUNNING", containers: running }),
    );
    const asked = () => askForLogs(controlPlane, { task: elsewhere.id }, { follow: true });
    await expect(asked()).rejects.toMatchObject({ code: "TargetNotConnectedException" });
    await controlPlane.store.sessions.create(
      aSession({ containerInstanceId: instanceId(2), connectionId: "real" }),
    );
    await expect(asked()).rejects.toMatchObject({ code: "UnsupportedFeatureException" });
  });

  test("is refused where the instance or the caller has too many", async () => {
    const world = await aStreamWorld();
    for (let count = 0; count < 50; count += 1) await ask(world);
    await expect(ask(world)).rejects.toThrow(`Container instance ${instanceId(1)} has 50 sessions`);
    await expect(ask(world)).rejects.toMatchObject({ code: "LimitExceededException" });

    const another = await aStreamWorld();
    const { store, principalArn } = another.controlPlane;
    const now = () => another.controlPlane.now();
    const fill = async (count: number, until: number) => {
      const id = `${instanceId(9)}-${count.toString(16).padStart(32, "0")}`;
      const at = { id, containerInstanceId: instanceId(9), until };
      await store.streamSessions.create(aStreamSession({ ...at, principalArn }));
    };
    for (let count = 0; count < 99; count += 1) await fill(count, now() + 1);
    await fill(99, now() - 1);
    await fill(100, now() + 1);
    await expect(ask(another)).rejects.toThrow(principalArn);
  });
});

describe("dialling", () => {
  test("as its client takes the token, once, and within a minute", async () => {
    const world = await aStreamWorld();
    const { sessionId, token } = await ask(world);
    await expect(world.dialAsClient(sessionId, "guess")).rejects.toThrow("token is invalid");
    await expect(world.dialAsClient("none", token)).rejects.toThrow("token is invalid");
    await world.dialAsClient(sessionId, token);
    await expect(world.dialAsClient(sessionId, token, "second")).rejects.toThrow("token");
    const late = await ask(world);
    world.controlPlane.advance(60_000);
    await expect(world.dialAsClient(late.sessionId, late.token)).rejects.toThrow("too old");
  });

  test("has the agent told only once the client speaks", async () => {
    const world = await aStreamWorld();
    const { sessionId, token } = await ask(world);
    await world.dialAsClient(sessionId, token);
    expect(world.pushed).toEqual([]);
    await world.relay.receive("client", HELLO);
    expect(world.heardBy(AGENT_CONNECTION)).toMatchObject([
      { type: "OpenStreamMessage", message: { sessionId, request: { kind: "exec" } } },
    ]);
  });

  test("as its agent takes the instance's own agent, once, and a client that waits", async () => {
    const world = await aStreamWorld();
    const refused = { refused: "InvalidInstanceException" };
    const { sessionId, token } = await ask(world);
    expect(await world.dialAsAgent(sessionId)).toMatchObject(refused);
    await world.dialAsClient(sessionId, token);
    expect(await world.dialAsAgent(sessionId, instanceId(2))).not.toBe("connected");
    expect(await world.dialAsAgent(sessionId)).toBe("connected");
    expect(await world.dialAsAgent(sessionId, instanceId(1), "second")).toMatchObject(refused);
    expect(world.audited).toEqual(["A stream session began"]);
  });

  test("ends at once where the agent is not connected any more", async () => {
    const world = await aStreamWorld();
    const ticket = await ask(world);
    await world.dialAsClient(ticket.sessionId, ticket.token);
    world.controlPlane.gone.add(AGENT_CONNECTION);
    await world.relay.receive("client", HELLO);
    expect(world.heardBy("client")).toEqual([
      { type: "StreamEnded", message: { reason: "The agent is not connected." } },
    ]);
  });
});

describe("a session", () => {
  test("leads frames from end to end, whichever process takes them", async () => {
    const world = await aStreamWorld();
    await aSessionOf(world);
    await world.relay.receive("client", PING);
    await world.anotherRelay().receive("agent", PING);
    expect(world.heardBy("agent")).toEqual([PING]);
    expect(world.heardBy("client")).toEqual([PING]);
  });

  test("that its agent closed is ended once, and still leads what was sent before", async () => {
    const world = await aStreamWorld();
    const ticket = await aSessionOf(world);
    await world.relay.receive("agent", CLOSED);
    await world.relay.receive("agent", CLOSED);
    await world.anotherRelay().receive("agent", PING);
    expect(world.heardBy("client")).toEqual([CLOSED, CLOSED, PING]);
    expect((await sessionIn(world, ticket))?.end).toMatchObject({
      exitCode: 3,
      bytesIn: 5,
      bytesOut: 7,
    });
    expect(world.audited).toEqual(["A stream session began", "A stream session ended"]);
    await world.relay.disconnect("client");
    expect(await sessionIn(world, ticket)).toBeUndefined();
    expect(world.controlPlane.closed).toContain("agent");
  });

  test("is ended as its agent says though its client goes at that very word", async () => {
    const world = await aStreamWorld();
    const ticket = await aSessionOf(world);
    const ends: unknown[] = [];
    const { connections } = world.streams;
    const push = async (connectionId: string, message: Envelope) => {
      ends.push((await sessionIn(world, ticket))?.end?.exitCode);
      await world.relay.disconnect("client");
      return connections.push(connectionId, message);
    };
    const relay = new StreamRelay({ ...world.streams, connections: { push } });
    await relay.receive("agent", CLOSED);
    expect(ends).toEqual([3]);
  });

  test("ends with its client, and hangs up on its agent", async () => {
    const world = await aStreamWorld();
    const ticket = await aSessionOf(world);
    expect(await world.relay.disconnect("client")).toBe(true);
    expect(world.controlPlane.closed).toEqual(["agent"]);
    expect(await sessionIn(world, ticket)).toBeUndefined();
    await world.relay.receive("agent", PING);
    expect(world.controlPlane.closed).toEqual(["agent", "agent"]);
    expect(await world.relay.disconnect("agent")).toBe(true);
    expect(await world.relay.disconnect("somebody's")).toBe(false);
  });

  test("ends with its agent, and tells its client", async () => {
    const world = await aStreamWorld();
    const ticket = await aSessionOf(world);
    await world.relay.disconnect("agent");
    const reason = "The agent went away.";
    expect(world.heardBy("client")).toEqual([{ type: "StreamEnded", message: { reason } }]);
    expect((await sessionIn(world, ticket))?.end?.reason).toBe(reason);
  });

  test("lives on while its ends are heard, at a write a minute, and no longer than one may", async () => {
    const world = await aStreamWorld();
    const ticket = await aSessionOf(world);
    const { controlPlane } = world;
    const versions: (number | undefined)[] = [];
    for (let half = 0; half < 8; half += 1) {
      controlPlane.advance(STREAM_LEASE_MS / 4);
      await world.relay.receive("client", PING);
      await sweep(controlPlane);
      versions.push((await sessionIn(world, ticket))?.version);
    }
    expect(new Set(versions).size).toBeLessThanOrEqual(5);
    expect((await sessionIn(world, ticket))?.end).toBeUndefined();
    controlPlane.advance(STREAM_LIFETIME_MS);
    await world.relay.receive("client", PING);
    expect(world.heardBy("client").at(-1)).toEqual({
      type: "StreamEnded",
      message: { reason: STREAM_EXPIRED },
    });
  });

  test.each([
    ["nobody dialled for", "The client did not dial in time.", ask],
    ["is heard no more", "Nothing was heard of its ends for too long.", aSessionOf],
  ] as const)("that %s is ended by the sweep, and forgotten", async (_, reason, begin) => {
    const world = await aStreamWorld();
    const ticket = await begin(world);
    const ends: (string | undefined)[] = [];
    const { streamSessions } = world.controlPlane.store;
    const watched = {
      ...streamSessions,
      replace: (next: Parameters<typeof streamSessions.replace>[0]) => {
        ends.push(next.end?.reason);
        return streamSessions.replace(next);
      },
    };
    world.controlPlane.advance(STREAM_LEASE_MS + STREAM_DRAIN_MS);
    const store = { ...world.controlPlane.store, streamSessions: watched };
    await sweep({ ...world.controlPlane, store });
    expect(ends).toEqual([reason]);
    expect(await sessionIn(world, ticket)).toBeUndefined();
  });
});
