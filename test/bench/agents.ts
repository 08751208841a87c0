import { DeleteServiceCommand } from "@aws-sdk/client-ecs";
import { setTimeout as sleep } from "node:timers/promises";
import { Berth } from "../e2e/berth.ts";
import { createService, registerDemo, stable } from "../e2e/demo.ts";
import { EngineProxy } from "../e2e/engine-proxy.ts";
import { processorMs, residentMiB } from "./process-usage.ts";
import { format, say, seconds } from "./statistics.ts";
import { timeStarts } from "./tasks.ts";

/** A third of a machine of two cores holds as many of these as are asked for. */
const SMALL = { cpu: 8, memory: 16, portMappings: [] };
const STARTED = 100;
const RUNS = Number(process.env["RUNS"] ?? 3);
/** The best of these is the reference. */
const CONCURRENCIES = [4, 8];
const IDLE = 50;
const IDLE_SECONDS = Number(process.env["IDLE_SECONDS"] ?? 120);
const START_TIMEOUT_MS = 300_000;

/** What agents cost: 100 containers on three instances, and fifty that do nothing on one. */
export async function benchAgents(): Promise<void> {
  await benchHundred();
  await benchIdle();
}

async function benchHundred(): Promise<void> {
  const berth = await Berth.start({ instances: 3 });
  try {
    await registerDemo(berth, "bench", "1", SMALL);
    const agents = ["agent-1", "agent-2", "agent-3"].map((name) => berth.pidOf(name));
    const before = agents.map(processorMs);
    const elapsed = performance.now();
    const { berth: ours, bare } = await timeStarts(berth, STARTED, RUNS, CONCURRENCIES);
    const perTask = agents.map(
      (pid, index) =>
        (processorMs(pid) - (before[index] ?? 0)) / ((STARTED / agents.length) * RUNS),
    );
    say(
      `${STARTED} containers on three instances`,
      `berth        ${format(ours, "s")}`,
      `bare engine  ${format(bare, "s")} (best of concurrency ${CONCURRENCIES.join(", ")})`,
      `ratio        ${(ours.median / bare.median).toFixed(2)}`,
      `agents       ${perTask.map((ms) => ms.toFixed(1)).join(", ")} ms of a core a task, start and stop`,
      `memory       ${agents.map((pid) => residentMiB(pid).toFixed(0)).join(", ")} MiB`,
      `             in ${((performance.now() - elapsed) / 1_000).toFixed(0)} s`,
    );
  } finally {
    await berth.down();
  }
}

async function benchIdle(): Promise<void> {
  const proxy = await EngineProxy.start();
  const berth = await Berth.start({ instances: 1, env: { DOCKER_HOST: proxy.dockerHost } });
  try {
    await registerDemo(berth, "bench", "1", SMALL);
    const pid = berth.pidOf("agent-1");
    const busyFrom = processorMs(pid);
    const busySeconds = await seconds(async () => {
      await createService(berth, "idle", "bench", IDLE);
      await stable(berth, "idle", START_TIMEOUT_MS);
    });
    const busy = (processorMs(pid) - busyFrom) / (busySeconds * 10);
    await sleep(10_000);
    proxy.calls.length = 0;
    const idleFrom = processorMs(pid);
    await sleep(IDLE_SECONDS * 1_000);
    const idle = (processorMs(pid) - idleFrom) / (IDLE_SECONDS * 10);
    say(
      `One agent with ${IDLE} containers, over ${IDLE_SECONDS} s`,
      `busy         ${busy.toFixed(1)} % of a core, while they start in ${busySeconds.toFixed(1)} s`,
      `idle         ${idle.toFixed(2)} % of a core`,
      `memory       ${residentMiB(pid).toFixed(0)} MiB`,
      ...perMinute(proxy.calls),
    );
    await berth.ecs.send(new DeleteServiceCommand({ service: "idle", force: true }));
  } finally {
    await berth.down();
    await proxy.close();
  }
}

/** What the engine was asked, a minute: without the containers' ids. */
function perMinute(calls: readonly string[]): readonly string[] {
  const kinds = Map.groupBy(calls, (call) => call.replace(/\/[0-9a-f]{64}\b/, "/ID"));
  return [...kinds].map(
    ([kind, same]) =>
      `calls        ${((same.length * 60) / IDLE_SECONDS).toFixed(1)} a minute: ${kind}`,
  );
}
