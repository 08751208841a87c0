import {
  ContainerInstanceStatus,
  ListContainerInstancesCommand,
  UpdateContainerInstancesStateCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, inject, test, vi } from "vitest";
import { Berth } from "../e2e/berth.ts";
import { describeRows } from "../e2e/task-definitions/describe-rows.ts";
import { LOGGING_DRIVERS, stopListening } from "../e2e/task-definitions/logs.ts";
import { offerGpus } from "../e2e/task-definitions/resources.ts";
import { cleanUpStorage } from "../e2e/task-definitions/storage.ts";
import { InstalledAgent } from "./installed-agent.ts";
import { Machine } from "./machine.ts";

/** It has two processors, and each is slow. */
vi.setConfig({ maxConcurrency: 4 });
const SLOWNESS = 4;

const doors = inject("machine");

if ("missing" in doors) test.skip(`SKIPPED: no machine without ${doors.missing}`);
else {
  const machine = new Machine(doors);
  let berth: Berth;
  let agent: InstalledAgent;

  beforeAll(async () => {
    berth = await Berth.start({ instances: 1 });
    await drainOthers();
    agent = await InstalledAgent.install(machine, berth, {
      ECS_AVAILABLE_LOGGING_DRIVERS: LOGGING_DRIVERS,
      ECS_CONTAINER_STOP_TIMEOUT: "10s",
      ECS_ENABLE_TASK_ENI: "true",
      BERTH_HOST_ADDRESS: machine.address,
      ...(await offerGpus(machine)),
    });
  });
  afterAll(async () => {
    stopListening();
    await agent?.remove();
    await berth?.down();
    await cleanUpStorage(machine);
  });

  /** Of this Berth, whose tasks are to go to the machine. */
  const drainOthers = async () => {
    const { containerInstanceArns: containerInstances } = await berth.ecs.send(
      new ListContainerInstancesCommand({}),
    );
    const status = ContainerInstanceStatus.DRAINING;
    await berth.ecs.send(new UpdateContainerInstancesStateCommand({ containerInstances, status }));
  };

  await describeRows(machine, () => ({ ecs: berth.ecs, host: machine, slowness: SLOWNESS }));
}
