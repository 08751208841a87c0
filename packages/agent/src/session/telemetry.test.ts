import { aPayloadContainer, aPayloadTask, payloadTaskArn } from "@berth/testing/payloads";
import { expect, test } from "vitest";
import { type ManagedTask, newTask } from "../state.ts";
import { healthRequests, metricsRequests } from "./telemetry.ts";

const SOURCE = { cluster: "default", containerInstanceArn: "i" };
const NO_DEMAND = { cpuUnits: 0, memoryMiB: 0, tcpPorts: [], udpPorts: [] };

function aRunningTask(number: number, healthCheckType?: "docker"): ManagedTask {
  const container = aPayloadContainer(healthCheckType ? { healthCheckType } : {});
  const task = newTask(
    aPayloadTask({ arn: payloadTaskArn(number), containers: [container] }),
    NO_DEMAND,
  );
  return { ...task, containers: [{ name: "web", phase: "RUNNING", startedAt: 2_000 }] };
}

test("says idle once where nothing runs", () => {
  expect(metricsRequests(SOURCE, [newTask(aPayloadTask(), NO_DEMAND)], 1_500)).toMatchObject([
    { message: { metadata: { idle: true, fin: true }, taskMetrics: [], timestamp: 1.5 } },
  ]);
});

test("puts ten tasks in a message and marks the last", () => {
  const tasks = Array.from({ length: 21 }, (_, index) => aRunningTask(index));
  const requests = metricsRequests(SOURCE, tasks, 0);
  expect(requests.map(({ message }) => message.taskMetrics.length)).toEqual([10, 10, 1]);
  expect(requests.map(({ message }) => message.metadata.fin)).toEqual([false, false, true]);
});

test("tells the health of containers with a check only, UNKNOWN until it is known", () => {
  const checked = aRunningTask(1, "docker");
  const healthy = {
    ...aRunningTask(2, "docker"),
    containers: [
      {
        name: "web",
        phase: "RUNNING" as const,
        health: { status: "HEALTHY" as const, since: 3_000 },
      },
    ],
  };
  const [request] = healthRequests(SOURCE, [aRunningTask(3), checked, healthy], 0);
  expect(request?.message.tasks.map(({ containers }) => containers)).toEqual([
    [{ containerName: "web", healthStatus: "UNKNOWN", statusSince: 2 }],
    [{ containerName: "web", healthStatus: "HEALTHY", statusSince: 3 }],
  ]);
});

test("says nothing of health where nothing is checked", () => {
  expect(healthRequests(SOURCE, [aRunningTask(1)], 0)).toEqual([]);
});

test("counts how often a container was started again, where that may happen", () => {
  const restartPolicy = { enabled: true };
  const containers = [aPayloadContainer({ restartPolicy }), aPayloadContainer({ name: "plain" })];
  const running = { phase: "RUNNING" as const, startedAt: 1 };
  const task: ManagedTask = {
    ...newTask(aPayloadTask({ containers }), NO_DEMAND),
    containers: [
      { name: "web", ...running, restarts: { count: 2, afterEndAt: 1 } },
      { name: "plain", ...running },
    ],
  };
  expect(metricsRequests(SOURCE, [task], 0)[0]?.message.taskMetrics).toMatchObject([
    { containerMetrics: [{ containerName: "web", restartStatsSet: { restartCount: 2 } }] },
  ]);
});
