import { commands } from "@berth/control-plane/commands/registry";
import { startDynalite } from "@berth/testing/dynalite-server";
import {
  type Metered,
  meteredControlPlane,
  report,
  settle,
  setUp,
  type Units,
} from "./request-units.ts";
import { say } from "./statistics.ts";

const SERVICE_SIZE = 10;
const REPLACED = 40;

/**
 * Request units of replacing one task of a service that died, in clusters of several sizes whose
 * instances hold ten tasks each; and of a process's first look at the cluster, which it pays once.
 */
export async function benchReplacementUnits(sizes = [10, 100, 1_000, 10_000]): Promise<void> {
  const lines: string[] = [];
  let least: number | undefined;
  for (const size of sizes) {
    const { perTask, firstLook } = await unitsIn(size);
    least ??= perTask;
    lines.push(
      `${size} instances`.padEnd(18) +
        `${perTask.toFixed(1).padStart(6)} a replaced task, ${(perTask / least).toFixed(2)} x that of ${sizes[0]}; first look ${firstLook.toFixed(0)}`,
    );
  }
  say(`Request units of a replaced task (service of ${SERVICE_SIZE})`, ...lines);
}

async function unitsIn(size: number) {
  const dynalite = await startDynalite();
  const units: Units = { reads: 0, writes: 0 };
  const metered = await meteredControlPlane(dynalite.endpoint, units);
  try {
    await setUp(metered, size);
    Object.assign(units, { reads: 0, writes: 0 });
    await metered.context.views.of("default").readAll(metered.context);
    const firstLook = units.reads;
    await commands.CreateService(metered.context, {
      serviceName: "unit",
      taskDefinition: "unit",
      desiredCount: SERVICE_SIZE,
    });
    await settle(metered);
    Object.assign(units, { reads: 0, writes: 0 });
    let spent = 0;
    for (let turn = 0; turn < REPLACED; turn += 1) {
      const victim = await someTask(metered);
      Object.assign(units, { reads: 0, writes: 0 });
      await report(metered.context, victim, "STOPPED");
      await settle(metered);
      spent += units.reads + units.writes;
    }
    return { perTask: spent / REPLACED, firstLook };
  } finally {
    metered.client.destroy();
    await dynalite.close();
  }
}

async function someTask({ context }: Metered): Promise<string> {
  const { taskArns = [] } = await commands.ListTasks(context, { serviceName: "unit" });
  const [task] = taskArns;
  if (task === undefined) throw new Error("the service has no task");
  return task;
}
