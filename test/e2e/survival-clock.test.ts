import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { AgentUnderTest, aContainer, aTask } from "./agent-process.ts";
import { eventually } from "./berth.ts";
import { sayWhatWasSurvived, survives } from "./survival-log.ts";

const HOUR_MS = 3_600_000;
const CLOCK = fileURLToPath(import.meta.resolve("./jumping-clock.ts"));

const directory = mkdtempSync(join(tmpdir(), "berth-clock-"));
const clockFile = join(directory, "ms");
let agent: AgentUnderTest;

beforeAll(() => {
  vi.stubEnv("NODE_OPTIONS", `--import=${CLOCK}`);
  vi.stubEnv("CLOCK_FILE", clockFile);
});
beforeEach(async () => {
  // What has ended is to be removed half an hour later, and not when a clock is set.
  agent = await AgentUnderTest.start({ ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: "30m" });
});
afterEach(() => agent?.close());
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
  sayWhatWasSurvived();
});

function setClock(byMs: number): void {
  writeFileSync(clockFile, String(byMs));
  process.kill(agent.pid, "SIGUSR2");
}

async function runs(task = aTask()) {
  agent.controlPlane.sendTasks(task);
  const { containers } = await agent.controlPlane.submitted(task.arn, "RUNNING");
  const handle = agent.docker.getContainer(containers[0]?.runtimeId ?? "");
  const look = async () => (await handle.inspect()).State;
  return { arn: task.arn, handle, look, before: await look() };
}

test.each([
  ["forward", HOUR_MS],
  ["back", -HOUR_MS],
])("a clock that is set %s by an hour hurries, delays and forgets nothing", async (way, byMs) => {
  const { controlPlane } = agent;
  const restartPolicy = { enabled: true, restartAttemptPeriod: 1 };
  const [lasting, stopped, ended, again] = [
    await runs(),
    await runs(),
    await runs(aTask({ containers: [aContainer({ command: ["sh", "-c", "sleep 1; exit 3"] })] })),
    await runs(aTask({ containers: [aContainer({ restartPolicy })] })),
  ];
  await controlPlane.submitted(ended.arn, "STOPPED");
  await survives(`clock set ${way} by an hour`, async () => {
    setClock(byMs);
    await runs();
    controlPlane.stopTask(stopped.arn);
    await controlPlane.submitted(stopped.arn, "STOPPED");
    // It has run for as long as its policy asks.
    await sleep(2_000);
    await again.handle.kill();
    await eventually("it runs again", async () => {
      const { Running, StartedAt } = await again.look();
      return Running && StartedAt !== again.before.StartedAt;
    });
    await controlPlane.acked(controlPlane.sendHeartbeat());
  });
  expect(agent.log).toContain("clock-set");
  expect(await lasting.look()).toEqual(lasting.before);
  expect(await ended.look()).toMatchObject({ ExitCode: 3 });
  const told = (arn: string) => controlPlane.submissionsOf(arn).map(({ status }) => status);
  expect([lasting, stopped, ended, again].map(({ arn }) => told(arn))).toEqual([
    ["RUNNING"],
    ["RUNNING", "STOPPED"],
    ["RUNNING", "STOPPED"],
    ["RUNNING"],
  ]);
});
