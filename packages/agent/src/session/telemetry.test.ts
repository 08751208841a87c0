import { aPayloadContainer, aPayloadTask, payloadTaskArn } from "@berth/testing/payloads";
import { expect, test } from "vitest";
import { type ManagedTask, newTask } from "../state.ts";
import { healthRequests, metricsRequests } from "./telemetry.ts";

const SOURCE = { cluster: "default", containerInstanceArn: "i" };
const NO_DEMAND = { cpuUnits: 0, memoryMiB: 0, tcpPorts: [], udpPorts: [] };

const nothing = () => undefined;
const SET = { min: 1, max: 3, sum: 4, sampleCount: 2 };
const USAGE = { cpuStatsSet: SET, memoryStatsSet: SET };

function aRunningTask(number: number, healthCheckType?: "docker"): ManagedTask {
  const container = aPayloadContainer(healthCheckType ? { healthCheckType } : {});
  const task = newTask(
    aPayloadTask({ arn: payloadTaskArn(number), containers: [container] }),
    NO_DEMAND,
  );
  return { ...task, containers: [{ name: "web", phase: "RUNNING", startedAt: 2_000 }] };
}

test("says idle once where nothing runs", () => {
  expect(
    metricsRequests(SOURCE, [newTask(aPayloadTask(), NO_DEMAND)], nothing, 1_500),
  ).toMatchObject([
    { message: { metadata: { idle: true, fin: true }, taskMetrics: [], timestamp: 1.5 } },
  ]);
});

test("puts ten tasks in a message and marks the last", () => {
  const tasks = Array.from({ length: 21 }, (_, index) => aRunningTask(index));
  const requests = metricsRequests(SOURCE, tasks, nothing, 0);
  expect(requests.map(({ message }) => message.taskMetrics.length)).toEqual([10, 10, 1]);
  expect(requests.map(({ message }) => message.metadata.fin)).toEqual([false, false, true]);
});

test("tells what each running container has used, once", () => {
  const used = new Map([
    ["docker-1", USAGE],
    ["docker-2", USAGE],
  ]);
  const take = (dockerId: string) => {
    const usage = used.get(dockerId);
    used.delete(dockerId);
    return usage;
  };
  const task: ManagedTask = {
    ...aRunningTask(1),
    containers: [
      { name: "web", phase: "RUNNING", dockerId: "docker-1" },
      { name: "init", phase: "STOPPED", dockerId: "docker-2" },
      { name: "late", phase: "RUNNING", dockerId: "docker-3" },
    ],
  };
  const metricsOf = () =>
    metricsRequests(SOURCE, [task], take, 0).map(({ message }) => message.taskMetrics);
  const told = { taskArn: payloadTaskArn(1), taskDefinitionFamily: task.payload.family };
  expect(metricsOf()).toMatchObject([
    [{ ...told, containerMetrics: [{ containerName: "web", ...USAGE }] }],
  ]);
  expect(metricsOf()).toMatchObject([[{ ...told, containerMetrics: [] }]]);
});

test("makes no message too large for a frame, and loses no task by it", () => {
  const name = "c".repeat(200);
  const containers = Array.from({ length: 30 }, (_, index) => ({
    name,
    phase: "RUNNING" as const,
    dockerId: `docker-${index}`,
  }));
  const tasks = Array.from({ length: 9 }, (_, index) => ({ ...aRunningTask(index), containers }));
  const requests = metricsRequests(SOURCE, tasks, () => USAGE, 0);
  const told = requests.flatMap(({ message }) => message.taskMetrics.map(({ taskArn }) => taskArn));
  expect(told).toEqual(tasks.map(({ arn }) => arn));
  const sizes = requests.map((request) => JSON.stringify(request).length);
  expect(Math.max(...sizes)).toBeLessThan(30 * 1_024);
  expect(requests.filter(({ message }) => message.metadata.fin)).toHaveLength(1);
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
