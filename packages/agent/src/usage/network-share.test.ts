import { PAUSE_CONTAINER } from "@berth/contracts/agent/pause-container";
import { aPayloadContainer, aPayloadTask, anAwsvpcTask } from "@berth/testing/payloads";
import { expect, test } from "vitest";
import { withPause } from "../pause.ts";
import { type ManagedTask, newTask } from "../state.ts";
import { withNetworkShare } from "./network-share.ts";
import type { Reading } from "./reading.ts";

const NO_DEMAND = { cpuUnits: 0, memoryMiB: 0, tcpPorts: [], udpPorts: [] };
const two = { containers: [aPayloadContainer(), aPayloadContainer({ name: "side" })] };

/** Its containers have their names for ids. */
function running(task: ReturnType<typeof aPayloadTask>): ManagedTask {
  const managed = newTask(withPause(task), NO_DEMAND);
  const containers = managed.containers.map((each): ManagedTask["containers"][number] =>
    Object.assign({}, each, { phase: "RUNNING", dockerId: each.name }),
  );
  return { ...managed, containers };
}

const network = {
  rxBytes: 1_001,
  rxPackets: 10,
  rxErrors: 0,
  rxDropped: 2,
  txBytes: 500,
  txPackets: 4,
  txErrors: 0,
  txDropped: 0,
};
const own: Reading = {
  at: 1,
  cpuNs: 2,
  memoryBytes: 3,
  storage: { readSizeBytes: 4, writeSizeBytes: 5 },
};
const read = async (id: string): Promise<Reading> =>
  id === PAUSE_CONTAINER ? { ...own, cpuNs: 99, network } : own;
const signal = new AbortController().signal;

test("each container of a task with a network of its own has an equal share of it", async () => {
  const tasks = [running(anAwsvpcTask(two))];
  expect(await withNetworkShare(read, () => tasks)("web", signal)).toEqual({
    ...own,
    network: {
      rxBytes: 500,
      rxPackets: 5,
      rxErrors: 0,
      rxDropped: 1,
      txBytes: 250,
      txPackets: 2,
      txErrors: 0,
      txDropped: 0,
    },
  });
});

test.each([
  ["of a task of another mode", running(aPayloadTask({ ...two, pidMode: "task" }))],
  [
    "of no task that is known",
    running(anAwsvpcTask({ containers: [aPayloadContainer({ name: "x" })] })),
  ],
])("a container %s is read as it is", async (_, task) => {
  expect(await withNetworkShare(read, () => [task])("web", signal)).toEqual(own);
});

test("what the engine does not say of the network is not told", async () => {
  const tasks = [running(anAwsvpcTask(two))];
  expect(
    await withNetworkShare(
      async () => own,
      () => tasks,
    )("web", signal),
  ).toEqual(own);
});
