import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ContainerUsage } from "../usage/container-usage.ts";
import { connectDocker } from "./connection.ts";
import { statsReader } from "./stats.ts";

const MIB = 1_048_576;
const Labels = { "berth-test": "telemetry" };
/** Uses as much of a core as it gets, and writes 4 MiB to its disk first. */
const BUSY = "dd if=/dev/zero of=/file bs=1M count=4 conv=fsync; while :; do :; done";

const docker = connectDocker("unix:///var/run/docker.sock");
const read = statsReader(docker);
const patience = () => AbortSignal.timeout(10_000);

let id: string;
beforeAll(async () => {
  const container = await docker.createContainer({
    Image: "berth/demo:1",
    Cmd: ["sh", "-c", BUSY],
    Labels,
    HostConfig: { Memory: 64 * MIB, NanoCpus: 1e9 },
  });
  ({ id } = container);
  await container.start();
});
afterAll(async () => {
  await docker.getContainer(id).remove({ force: true });
});

/** Over half a second. */
async function used() {
  const usage = new ContainerUsage(1_024);
  const first = await read(id, patience());
  usage.add(first);
  await delay(500);
  usage.add(await read(id, patience()));
  return { first, usage: usage.take() };
}

/** In percent: what a machine with much else to do still gives somebody who wants a core. */
const A_TWENTIETH_OF_A_CORE = 5;

test("a container that burns a core is seen to, in figures of the engine", async () => {
  await expect
    .poll(async () => (await used()).usage?.cpuStatsSet.sum, { timeout: 60_000 })
    .toBeGreaterThan(A_TWENTIETH_OF_A_CORE);
  const { first, usage } = await used();
  expect(usage?.cpuStatsSet.sum).toBeLessThan(150);
  expect(first.memoryLimitBytes).toBe(64 * MIB);
  expect(first.memoryBytes).toBeGreaterThan(0);
  expect(first.memoryBytes).toBeLessThan(64 * MIB);
  expect(usage?.networkStatsSet?.rxBytes.sampleCount).toBe(2);
  expect(Math.abs(first.at - Date.now())).toBeLessThan(60_000);
});

test("what does not run has no reading", async () => {
  const stopped = await docker.createContainer({ Image: "berth/demo:1", Labels });
  try {
    await expect(read(stopped.id, patience())).rejects.toThrow("no statistics");
  } finally {
    await stopped.remove({ force: true });
  }
  await expect(read(stopped.id, patience())).rejects.toThrow("no such container");
});

test("an engine that does not answer is given up", async () => {
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const readSilent = statsReader(connectDocker(`tcp://127.0.0.1:${port}`));
  try {
    await expect(readSilent("a", AbortSignal.timeout(50))).rejects.toThrow(/abort/i);
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});
