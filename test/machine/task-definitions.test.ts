import { afterAll, beforeAll, inject, test, vi } from "vitest";
import { describeRows } from "../e2e/task-definitions/describe-rows.ts";
import { LOGGING_DRIVERS, stopListening } from "../e2e/task-definitions/logs.ts";
import { offerGpus } from "../e2e/task-definitions/resources.ts";
import { cleanUpStorage } from "../e2e/task-definitions/storage.ts";
import { type JoinedBerth, joinBerth } from "./joined-berth.ts";
import { Machine } from "./machine.ts";

/** It has two processors, and each is slow. */
vi.setConfig({ maxConcurrency: 3 });
const SLOWNESS = 4;

const doors = inject("machine");

if ("missing" in doors) test.skip(`SKIPPED: no machine without ${doors.missing}`);
else {
  const machine = new Machine(doors);
  let joined: JoinedBerth;

  beforeAll(async () => {
    await machine.run(`mkdir -p ${machine.settings}`);
    const gpus = await offerGpus(machine);
    joined = await joinBerth(machine, () => ({
      ECS_AVAILABLE_LOGGING_DRIVERS: LOGGING_DRIVERS,
      ECS_ENABLE_TASK_ENI: "true",
      BERTH_HOST_ADDRESS: machine.address,
      ...gpus,
    }));
  });
  afterAll(async () => {
    stopListening();
    await joined?.close();
    await cleanUpStorage(machine);
  });

  await describeRows(machine, () => ({ ecs: joined.berth.ecs, host: machine, slowness: SLOWNESS }));
}
