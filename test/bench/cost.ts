import { commands } from "@berth/control-plane/commands/registry";
import { ARCHITECTURE } from "@berth/functions/function-limits";
import { startDynalite } from "@berth/testing/dynalite-server";
import { MeteredWorld, type Usage } from "./metered-world.ts";
import { say } from "./statistics.ts";

/** US dollars per unit, us-east-1, from AWS's price lists of 2026; free tiers left out. */
const PRICES = {
  readUnits: 0.125e-6,
  writeUnits: 0.625e-6,
  httpRequests: 1e-6,
  frames: 1e-6,
  connectionMinutes: 0.25e-6,
  fifoRequests: 0.5e-6,
  standardRequests: 0.4e-6,
  invocations: 0.2e-6,
  events: 1e-6,
  gigabyteSeconds: { arm64: 13.3334e-6, x86_64: 16.6667e-6 }[ARCHITECTURE],
} as const;

/** Lambda reads each queue with five long polls of 20 s. Source: Lambda developer guide, SQS. */
const POLLERS = 5;
const POLL_SECONDS = 20;
const QUEUES = { fifo: 4, standard: 1 };
/** One for commands and one for telemetry. */
const CONNECTIONS_PER_INSTANCE = 2;

interface Bill {
  readonly usage: Usage;
  readonly minutes: number;
  readonly instances: number;
}

/** Dollars for a day of nothing but polling and waiting come on top of what was counted. */
function dollars({ usage, minutes, instances }: Bill): number {
  const counted = Object.entries(usage).reduce(
    (sum, [unit, count]) => sum + count * PRICES[unit as keyof Usage],
    0,
  );
  const polls = (minutes * 60 * POLLERS) / POLL_SECONDS;
  return (
    counted +
    polls * (QUEUES.fifo * PRICES.fifoRequests + QUEUES.standard * PRICES.standardRequests) +
    minutes * instances * CONNECTIONS_PER_INSTANCE * PRICES.connectionMinutes
  );
}

const HOUR_MS = 3_600_000;

/** What AWS would bill, from what was counted. */
export async function benchCost(): Promise<void> {
  const idle: Bill[] = [];
  for (const instances of [0, 10]) {
    idle.push(
      await counted(instances, async (world) => {
        world.forget();
        await world.pass(HOUR_MS);
        return { usage: { ...world.usage }, minutes: 60, instances };
      }),
    );
  }
  const deploy = await counted(10, async (world) => {
    world.forget();
    await world.call((context) =>
      commands.CreateService(context, {
        serviceName: "unit",
        taskDefinition: "unit",
        desiredCount: 50,
      }),
    );
    await world.pass(10_000);
    return { usage: { ...world.usage }, minutes: 0, instances: 0 };
  });
  sayBill("A service of 50 tasks started on 10 instances", deploy, 1);
  for (const bill of idle) sayBill(`A day idle with ${bill.instances} instances`, bill, 24);
  const [empty, ten] = idle.map((bill) => dollars(bill) * 24 * 30);
  if (empty === undefined || ten === undefined) return;
  say(
    "A month idle, in US dollars",
    ...[0, 10, 100, 1000].map((instances) => {
      const sum = empty + ((ten - empty) / 10) * instances;
      return `${String(instances).padStart(5)} instances  ${sum.toFixed(2)}`;
    }),
  );
}

async function counted(
  instances: number,
  scenario: (world: MeteredWorld) => Promise<Bill>,
): Promise<Bill> {
  const dynalite = await startDynalite();
  const world = new MeteredWorld(dynalite.endpoint);
  await world.open(instances);
  const bill = await scenario(world);
  world.close();
  await dynalite.close();
  return bill;
}

function sayBill(title: string, bill: Bill, times: number): void {
  const lines = Object.entries(bill.usage).map(
    ([unit, count]) => `${unit.padEnd(17)} ${Math.round(count * times).toLocaleString("en")}`,
  );
  say(title, ...lines, `US dollars        ${(dollars(bill) * times).toFixed(4)}`);
}
