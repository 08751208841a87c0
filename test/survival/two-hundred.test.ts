import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { processorMs, residentMiB } from "../bench/process-usage.ts";
import { AgentUnderTest, aContainer, aTask } from "../e2e/agent-process.ts";
import { EngineProxy } from "../e2e/engine-proxy.ts";
import { sayWhatWasSurvived, survives } from "../e2e/survival-log.ts";

const COUNT = 200;
/** A packed machine of two cores takes minutes for as many containers. */
const PATIENCE_MS = 600_000;
const IDLE_MS = 60_000;

let proxy: EngineProxy;
let agent: AgentUnderTest;

beforeEach(async () => {
  proxy = await EngineProxy.start();
  agent = await AgentUnderTest.start({
    DOCKER_HOST: proxy.dockerHost,
    BERTH_INSTANCE_CPU: "4096",
    BERTH_INSTANCE_MEMORY: "8192",
  });
});
afterEach(async () => {
  await agent?.close();
  await proxy?.close();
});
afterAll(sayWhatWasSurvived);

const aSmallTask = () => aTask({ containers: [aContainer({ cpu: 8, memory: 16 })] });

test("two hundred containers on one host start, idle, are adopted and stop", async () => {
  const { controlPlane } = agent;
  const tasks = Array.from({ length: COUNT }, aSmallTask);
  const told = (status: string) =>
    new Set(
      controlPlane.submissions.filter((each) => each.status === status).map(({ task }) => task),
    ).size;
  await survives(`${COUNT} containers start`, async () => {
    for (let from = 0; from < COUNT; from += 10) {
      controlPlane.sendTasks(...tasks.slice(from, from + 10));
    }
    await controlPlane.until("all run", () => told("RUNNING") === COUNT, PATIENCE_MS);
  });
  await sayIdle();

  const ids = async () => (await agent.containers()).map(({ Id }) => Id).toSorted();
  const before = await ids();
  expect(before).toHaveLength(COUNT);
  const reports = controlPlane.submissions.length;
  await survives(`agent restart with ${COUNT} containers`, async () => {
    await agent.signal("SIGKILL");
    await agent.restart();
    await controlPlane.acked(controlPlane.sendManifest(tasks.map(({ arn }) => arn)));
  });
  expect(await ids()).toEqual(before);
  // None is told anew, but what was not on record when it was killed.
  expect(controlPlane.submissions.length - reports).toBeLessThanOrEqual(1);

  await survives(`${COUNT} containers stop`, async () => {
    for (const { arn } of tasks) controlPlane.stopTask(arn);
    await controlPlane.until("all are over", () => told("STOPPED") === COUNT, PATIENCE_MS);
  });
});

/** What an agent costs that has nothing to do. */
async function sayIdle(): Promise<void> {
  await sleep(15_000);
  const before = processorMs(agent.pid);
  proxy.calls.length = 0;
  await sleep(IDLE_MS);
  const percent = (100 * (processorMs(agent.pid) - before)) / IDLE_MS;
  const isReading = (call: string) => call.endsWith("/stats");
  const readings = proxy.calls.filter(isReading).length;
  console.log(
    `idle      ${COUNT} containers: ${percent.toFixed(1)} % of a core, ${residentMiB(agent.pid).toFixed(0)} MiB, ` +
      `${proxy.calls.length} calls a minute, of which ${readings} read counters`,
  );
}
