import { readPublishedMetrics } from "@berth/contracts/agent/container-metrics";
import { aPayloadContainer, aPayloadTask, payloadTaskArn } from "@berth/testing/payloads";
import { expect, test } from "vitest";
import { withPause } from "../pause.ts";
import { type ManagedTask, newTask } from "../state.ts";
import { ContainerUsage } from "../usage/container-usage.ts";
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

test("what is told can be read by the control plane", () => {
  const usage = new ContainerUsage(1_024);
  const network = {
    rxBytes: 1,
    rxPackets: 2,
    rxErrors: 0,
    rxDropped: 0,
    txBytes: 3,
    txPackets: 4,
    txErrors: 0,
    txDropped: 0,
  };
  const storage = { readSizeBytes: 5, writeSizeBytes: 6 };
  usage.add({ at: 0, cpuNs: 0, memoryBytes: 1_048_576, network, storage });
  usage.add({ at: 1_000, cpuNs: 5e8, memoryBytes: 1_048_576, network, storage });
  const container = { name: "web", phase: "RUNNING" as const, dockerId: "docker-1" };
  const task = { ...aRunningTask(1), containers: [container] };
  const [request] = metricsRequests(SOURCE, [task], () => usage.take(), 5_000);
  expect(readPublishedMetrics(JSON.parse(JSON.stringify(request?.message)))).toMatchObject({
    at: 5_000,
    tasks: [
      {
        taskArn: task.arn,
        containers: [
          {
            containerName: "web",
            cpuStatsSet: { max: 50, sampleCount: 1 },
            memoryStatsSet: { max: 1, sampleCount: 2 },
            networkStatsSet: { txBytes: { max: 3 }, rxBytesPerSecond: { max: 0 } },
            storageStatsSet: { writeSizeBytes: { max: 6 } },
          },
        ],
      },
    ],
  });
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

test("counts how often a container was started again, where that may happen", () => {
  const restartPolicy = { enabled: true };
  const containers = [aPayloadContainer({ restartPolicy }), aPayloadContainer({ name: "plain" })];
  const running = { phase: "RUNNING" as const, startedAt: 1 };
  const task: ManagedTask = {
    ...newTask(aPayloadTask({ containers }), NO_DEMAND),
    containers: [
      { name: "web", dockerId: "a", ...running, restarts: { count: 2, afterEndAt: 1 } },
      { name: "plain", dockerId: "b", ...running },
    ],
  };
  expect(metricsRequests(SOURCE, [task], () => USAGE, 0)[0]?.message.taskMetrics).toMatchObject([
    {
      containerMetrics: [
        { containerName: "web", ...USAGE, restartStatsSet: { restartCount: 2 } },
        { containerName: "plain", ...USAGE },
      ],
    },
  ]);
});

test("says nothing of a container that is the agent's own", () => {
  const task = newTask(withPause(aPayloadTask({ pidMode: "task" })), NO_DEMAND);
  const running: ManagedTask = {
    ...task,
    containers: task.containers.map(({ name }) => ({ name, phase: "RUNNING", dockerId: name })),
  };
  const [request] = metricsRequests(SOURCE, [running], () => USAGE, 0);
  expect(request?.message.taskMetrics).toMatchObject([
    { containerMetrics: [{ containerName: "web" }] },
  ]);
});
