import { aControlPlane } from "@berth/testing/control-plane";
import { instanceId } from "@berth/testing/builders";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { describe, expect, test } from "vitest";
import { recordDisconnected } from "../reconcile/agent-presence.ts";
import { connectAgent, type Dialler, disconnectAgent } from "./connections.ts";
import { receiveFromAgent } from "./receive.ts";

const id = instanceId(1);
const ACK = { type: "HeartbeatAckRequest", message: { messageId: "1" } };

async function aConnectedAgent(dialler: Pick<Dialler, "accessKeyId"> = {}) {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, {});
  const { region, account } = controlPlane.scope;
  const containerInstanceArn = `arn:aws:ecs:${region}:${account}:container-instance/default/${id}`;
  const at = { cluster: "default", containerInstanceArn };
  const handshake = { connectionId: "c1", kind: "acs", ...at } as const;
  await connectAgent(controlPlane, handshake, { ...controlPlane, ...dialler });
  const session = async () => controlPlane.store.sessions.find("default", id);
  controlPlane.wakes.length = 0;
  return { controlPlane, session };
}

test.each(["constructor", "__proto__", "Unheard"])(
  "a frame of type %s is not answered",
  async (type) => {
    const { controlPlane } = await aConnectedAgent();
    const answer = await receiveFromAgent(controlPlane, "c1", { type, message: {} });
    expect(answer).toBeUndefined();
  },
);

test("a connection ends also where its session is written at that very moment", async () => {
  const { controlPlane, session } = await aConnectedAgent();
  const { sessions } = controlPlane.store;
  let others = 2;
  const contested: typeof sessions = {
    ...sessions,
    replace: async (next) => {
      const current = await sessions.find("default", id);
      others -= 1;
      if (current && others >= 0) await sessions.replace({ ...current, health: [] });
      return sessions.replace(next);
    },
  };
  const store = { ...controlPlane.store, sessions: contested };
  await disconnectAgent({ ...controlPlane, store }, "c1");
  expect(await session()).not.toHaveProperty("connectionId");
  const ledger = await controlPlane.store.instances.findLedger("default", id);
  expect(ledger).toMatchObject({ agentConnected: false });
});

describe("a sign of life", () => {
  test("renews a lease of which half is gone, and writes nothing before", async () => {
    const { controlPlane, session } = await aConnectedAgent();
    const { leaseMs } = controlPlane.settings;
    const before = await session();
    controlPlane.advance(leaseMs / 2 - 1);
    await receiveFromAgent(controlPlane, "c1", ACK);
    expect(await session()).toEqual(before);
    controlPlane.advance(1);
    await receiveFromAgent(controlPlane, "c1", ACK);
    expect((await session())?.leaseUntil).toBe(controlPlane.now() + leaseMs);
  });

  test("of an agent that was given up for its silence opens its session anew", async () => {
    const { controlPlane, session } = await aConnectedAgent();
    const given = await session();
    if (!given) throw new Error("there is no session");
    await recordDisconnected(controlPlane, given);
    controlPlane.wakes.length = 0;
    await receiveFromAgent(controlPlane, "c1", ACK);
    const reopened = await session();
    expect(reopened).toMatchObject({ connectionId: "c1", due: controlPlane.now() });
    expect(reopened).not.toHaveProperty("disconnectedAt");
    expect(controlPlane.wakes.map(({ message }) => message)).toEqual([
      { kind: "dispatch", cluster: "default", containerInstanceId: id, taskIds: [] },
    ]);
  });

  test("on a connection that a newer one has replaced changes nothing", async () => {
    const { controlPlane, session } = await aConnectedAgent();
    const given = await session();
    if (!given) throw new Error("there is no session");
    await controlPlane.store.sessions.replace({ ...given, connectionId: "c2" });
    const before = await session();
    controlPlane.advance(controlPlane.settings.leaseMs);
    await receiveFromAgent(controlPlane, "c1", ACK);
    expect(await session()).toEqual(before);
  });
});
