import { setTimeout as delay } from "node:timers/promises";
import { CreateClusterCommand, RegisterTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { Berth } from "../e2e/berth.ts";
import { FakeFleet } from "./fake-fleet.ts";
import { LeanClient } from "./lean-client.ts";
import { processorMs, residentMiB } from "./process-usage.ts";
import { benchReplacementUnits } from "./replacement-units.ts";
import { say, seconds } from "./statistics.ts";

const CLUSTER = "fleet";
const SERVERS = ["control-plane", "dynamodb", "sqs"] as const;

interface Load {
  readonly agents: number;
  readonly services: number;
  readonly tasksPerService: number;
  readonly runTasks: number;
}

/**
 * A fleet of agents without containers, and tasks by CreateService and RunTask until all of them are
 * RUNNING: through API, queues, table and agent protocol of one machine. Then what replacing a task
 * costs in clusters of several sizes.
 */
export async function benchScale(
  load: Load = { agents: 1_000, services: 180, tasksPerService: 100, runTasks: 2_000 },
): Promise<void> {
  const berth = await Berth.start({ instances: 1 });
  const fleet = new FakeFleet(berth, CLUSTER);
  try {
    await berth.ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
    await berth.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: "scale",
        containerDefinitions: [{ name: "main", image: "main", cpu: 32, memory: 32 }],
      }),
    );
    const arrival = await seconds(async () => fleet.join(load.agents));
    say(`${load.agents} agents register and connect`, rate(load.agents, arrival, "agents"));
    await benchServices(berth, fleet, load);
    await benchRunTasks(berth, fleet, load.runTasks);
    say("Resident memory", ...SERVERS.map((name) => memoryOf(berth, name)));
  } finally {
    fleet.leave();
    await berth.down();
  }
  await benchReplacementUnits();
}

async function benchServices(berth: Berth, fleet: FakeFleet, load: Load): Promise<void> {
  const client = new LeanClient(berth, 16);
  const count = load.services * load.tasksPerService;
  const create = async (index: number) => {
    const body = {
      cluster: CLUSTER,
      serviceName: `scale-${index}`,
      taskDefinition: "scale",
      desiredCount: load.tasksPerService,
    };
    const { status, body: answer } = await client.call("CreateService", JSON.stringify(body));
    if (status !== 200) throw new Error(`CreateService answered ${status}: ${answer}`);
  };
  await measure(berth, `${load.services} services of ${load.tasksPerService}`, count, async () => {
    const before = fleet.reported.RUNNING;
    for (let index = 0; index < load.services; index += 1) await create(index);
    await until(() => fleet.reported.RUNNING - before >= count);
  });
}

async function benchRunTasks(berth: Berth, fleet: FakeFleet, count: number): Promise<void> {
  const client = new LeanClient(berth, 16);
  const numbers = Array.from({ length: count / 10 }, (_, number) => number).values();
  const run = async () => {
    for (const number of numbers) {
      // An identical request within a second is taken for a repeated one.
      const clientToken = `scale-${number}`;
      const body = JSON.stringify({
        cluster: CLUSTER,
        taskDefinition: "scale",
        count: 10,
        clientToken,
      });
      const { status, body: answer } = await client.call("RunTask", body);
      if (status !== 200) throw new Error(`RunTask answered ${status}: ${answer}`);
    }
  };
  await measure(berth, "RunTask of ten, 8 at once", count, async () => {
    const before = fleet.reported.RUNNING;
    await Promise.all(Array.from({ length: 8 }, run));
    await until(() => fleet.reported.RUNNING - before >= count);
  });
}

async function measure(
  berth: Berth,
  name: string,
  count: number,
  work: () => Promise<void>,
): Promise<void> {
  const before = SERVERS.map((server) => processorMs(berth.pidOf(server)));
  const took = await seconds(work);
  const costs = SERVERS.map((server, index) => {
    const ms = processorMs(berth.pidOf(server)) - (before[index] ?? 0);
    return `${server} ${(ms / count).toFixed(2)}`;
  });
  say(
    `${name}: ${count} tasks until RUNNING`,
    rate(count, took, "tasks"),
    `ms of processor time a task: ${costs.join(", ")}`,
  );
}

const rate = (count: number, took: number, noun: string): string =>
  `${took.toFixed(1)} s, ${(count / took).toFixed(0)} ${noun} per second`;

const memoryOf = (berth: Berth, name: string): string =>
  `${name.padEnd(14)} ${residentMiB(berth.pidOf(name)).toFixed(0)} MiB`;

const PATIENCE_MS = 900_000;

async function until(isDone: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!isDone()) {
    if (Date.now() > deadline) throw new Error("the tasks do not all run");
    await delay(20);
  }
}
