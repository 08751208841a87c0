import type { StreamSession } from "@berth/domain/stream-session";
import type { Store } from "@berth/store/store";
import { instanceId } from "./builders.ts";
import { there } from "./store-contract-world.ts";
import { aStreamSession } from "./streams.ts";

const NOW = Date.now();
const CONNECTION = {
  connectionId: "LYk2AdZkoAMCJfg=",
  sessionId: aStreamSession().id,
  end: "agent",
  connectedAt: NOW,
} as const;

const aTypicalStream = (number: number): StreamSession =>
  aStreamSession({
    id: `${instanceId(1)}-${number.toString(16).padStart(32, "0")}`,
    request: { kind: "exec", container: "checkout", command: ["/bin/sh"], tty: true },
    createdAt: NOW,
    until: NOW + 3_600_000,
  });
const { id: ID, principalArn: PRINCIPAL } = aTypicalStream(0);

async function open({ streamSessions }: Store, count = 1): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    await streamSessions.create({ ...aTypicalStream(number), due: NOW });
  }
}

/** As `CostScenario`. */
type Scenario = (store: Store) => Promise<() => Promise<unknown>>;

/** The part of the costs in docs/STORE.md that is about stream sessions. */
export const STREAM_COSTS: Readonly<Record<string, Scenario>> = {
  "streamSessions.create | any": async (store) => () => open(store),
  "streamSessions.find | found": async (store) => {
    await open(store);
    return () => store.streamSessions.find(ID);
  },
  "streamSessions.replace | lives on": async (store) => {
    await open(store);
    const session = there(await store.streamSessions.find(ID));
    return () => store.streamSessions.replace({ ...session, due: NOW + 1 });
  },
  "streamSessions.replace | ends": async (store) => {
    await open(store);
    const session = there(await store.streamSessions.find(ID));
    return () => store.streamSessions.replace({ ...session, end: { at: NOW }, due: NOW + 1 });
  },
  "streamSessions.delete | ended": async (store) => {
    await open(store);
    const session = there(await store.streamSessions.find(ID));
    await store.streamSessions.replace({ ...session, end: { at: NOW } });
    const ended = there(await store.streamSessions.find(ID));
    return () => store.streamSessions.delete(ended);
  },
  "streamSessions.onInstance | 10 are": async (store) => {
    await open(store, 10);
    return () => store.streamSessions.onInstance(instanceId(1), 50);
  },
  "streamSessions.countOf | 10 are": async (store) => {
    await open(store, 10);
    return () => store.streamSessions.countOf(PRINCIPAL, NOW, 50);
  },
  "streamSessions.createConnection | any": async (store) => () =>
    store.streamSessions.createConnection(CONNECTION),
  "streamSessions.findConnection | found": async (store) => {
    await store.streamSessions.createConnection(CONNECTION);
    return () => store.streamSessions.findConnection(CONNECTION.connectionId);
  },
  "streamSessions.deleteConnection | any": async (store) => {
    await store.streamSessions.createConnection(CONNECTION);
    return () => store.streamSessions.deleteConnection(CONNECTION.connectionId);
  },
};
