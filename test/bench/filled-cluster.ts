import type { CommandContext } from "@berth/control-plane/context";
import { groupHash } from "@berth/domain/group-hash";
import { instanceIdIn } from "@berth/store/keys";
import { MAX_SHARDS } from "@berth/store/repositories/ledger-shards";
import { LEDGERS_PER_SHARD } from "@berth/store/store";

const TASKS_HELD = 10;
/** At a time towards the database. */
const BATCH = 50;

/** Instances as they are once their agents are connected, each with tasks of other services. */
export async function fill(context: CommandContext, count: number): Promise<void> {
  const { store } = context;
  const now = context.now();
  const numbers = Array.from({ length: count }, (_, number) => number);
  for (let first = 0; first < count; first += BATCH) {
    await Promise.all(
      numbers.slice(first, first + BATCH).map(async (number) => {
        // As registrations choose them: five in each shard, then evenly over all of them.
        const shard = Math.floor(number / LEDGERS_PER_SHARD) % MAX_SHARDS;
        const id = instanceIdIn(shard, context.randomHex(32));
        await store.instances.create(
          {
            cluster: "default",
            id,
            registered: { cpuUnits: 8192, memoryMiB: 8192, usedTcpPorts: [], usedUdpPorts: [] },
            attributes: [{ name: "ecs.availability-zone", value: `us-east-1${"abc"[number % 3]}` }],
            versionInfo: {},
            tags: [],
            // Not lately: otherwise a view would read them as newcomers again and again.
            registeredAt: now - 3_600_000,
          },
          {
            cluster: "default",
            id,
            status: "ACTIVE",
            agentConnected: true,
            reservations: heldTasks(id, now),
            descriptionVersion: 1,
          },
        );
        await store.sessions.create({
          cluster: "default",
          containerInstanceId: id,
          connectionId: `c${number}`,
          greetedConnectionId: `c${number}`,
          connectedAt: now,
          leaseUntil: now + 3_600_000,
        });
      }),
    );
  }
}

const heldTasks = (instanceId: string, now: number) =>
  Object.fromEntries(
    Array.from({ length: TASKS_HELD }, (_, task) => [
      groupHash(`service:other-${task}`) + instanceId.slice(0, 24),
      { cpuUnits: 256, memoryMiB: 512, tcpPorts: [], udpPorts: [], reservedAt: now },
    ]),
  );
