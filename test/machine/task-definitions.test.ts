import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
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
const machine = "missing" in doors ? undefined : new Machine(doors);
let joined: JoinedBerth | undefined;

beforeAll(async () => {
  if (!machine) return;
  await machine.run(`mkdir -p ${machine.settings}`);
  const gpus = await offerGpus(machine);
  joined = await joinBerth(machine, () => ({
    ECS_AVAILABLE_LOGGING_DRIVERS: LOGGING_DRIVERS,
    ECS_APPARMOR_CAPABLE: "true",
    ECS_ENABLE_TASK_ENI: "true",
    BERTH_HOST_ADDRESS: machine.address,
    ...gpus,
  }));
});
afterAll(async () => {
  stopListening();
  await joined?.close();
  if (machine) await cleanUpStorage(machine);
});

function stage() {
  if (!machine || !joined) throw new Error("there is no machine");
  return { ecs: joined.berth.ecs, host: machine, slowness: SLOWNESS };
}

test.skipIf(machine === undefined)("the machine is one as users have it", async () => {
  const engine = { CgroupVersion: "2", CgroupDriver: "systemd" };
  expect(await machine?.docker.info()).toMatchObject(engine);
});

if (machine) await describeRows(machine, stage);
