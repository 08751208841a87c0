import { beforeEach, expect, test } from "vitest";
import { instanceId } from "./builders.ts";
import { type StoreParts, StoreWorld, there } from "./store-contract-world.ts";
import { aStreamSession } from "./streams.ts";

const ALICE = "arn:aws:iam::123456789012:user/alice";

/** Part of the store's contract. */
export function describeStreamSessions(parts: StoreParts): void {
  let world: StoreWorld;
  beforeEach(async () => {
    world = await StoreWorld.make(parts);
  });

  const sessionUntil = (number: number, until: number) =>
    aStreamSession({
      id: `${instanceId(1)}-${number.toString(16).padStart(32, "0")}`,
      principalArn: ALICE,
      until: world.now + until,
    });

  test("a stream session is found as it was written, by its id alone", async () => {
    const { streamSessions } = world.store;
    const session = sessionUntil(1, 1_000);
    expect(await streamSessions.create({ ...session, due: 7 })).toBe("ok");
    expect(await streamSessions.create(session)).toBe("conflict");
    expect(await streamSessions.find(session.id)).toEqual({ ...session, version: 1, due: 7 });
    for (const id of ["", "constructor", session.id.slice(0, 40)]) {
      expect(await streamSessions.find(id)).toBeUndefined();
    }
  });

  test("a mark on it is found when it is due", async () => {
    const { id } = sessionUntil(1, 1_000);
    await world.store.streamSessions.create({ ...sessionUntil(1, 1_000), due: 7 });
    expect(await world.store.overdue(7, 10)).toEqual([{ kind: "streamSession", id, due: 7 }]);
  });

  test("an instance's and a principal's are counted, but for those that ended or are too old", async () => {
    const { streamSessions } = world.store;
    for (const number of [1, 2, 3]) await streamSessions.create(sessionUntil(number, 1_000));
    await streamSessions.create(sessionUntil(4, -1));
    await streamSessions.create({
      ...sessionUntil(5, 1_000),
      principalArn: `${ALICE}2`,
    });
    const ended = there(await streamSessions.find(sessionUntil(1, 0).id));
    await streamSessions.replace({ ...ended, end: { at: world.now } });
    expect(await streamSessions.countOf(ALICE, world.now, 10)).toBe(2);
    expect(await streamSessions.countOf(ALICE, world.now, 1)).toBe(1);
    expect(await streamSessions.onInstance(instanceId(1), 10)).toHaveLength(5);
    expect(await streamSessions.onInstance(instanceId(2), 10)).toEqual([]);
    await streamSessions.delete(there(await streamSessions.find(ended.id)));
    expect(await streamSessions.find(ended.id)).toBeUndefined();
  });

  test("a connection says which end of which session it is, until it is over", async () => {
    const { streamSessions } = world.store;
    const connection = {
      connectionId: "c1=",
      sessionId: "s",
      end: "agent",
      connectedAt: world.now,
    } as const;
    await streamSessions.createConnection(connection);
    expect(await streamSessions.findConnection("c1=")).toEqual(connection);
    expect(await world.store.sessions.findConnection("c1=")).toBeUndefined();
    await streamSessions.deleteConnection("c1=");
    expect(await streamSessions.findConnection("c1=")).toBeUndefined();
  });
}
