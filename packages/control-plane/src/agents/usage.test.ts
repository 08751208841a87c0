import { taskArn } from "@berth/domain/arn";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { instanceId, taskId } from "@berth/testing/builders";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { beforeEach, describe, expect, test } from "vitest";
import { connectAgent } from "./connections.ts";
import { receiveFromAgent } from "./receive.ts";

const HOUR = 3_600_000;
const ACK = { type: "AckPublishMetric", message: { message: "ok" } };
const TASK = taskId("service:web", 1);
const set = (min: number, max: number, sum: number, sampleCount: number) => ({
  min,
  max,
  sum,
  sampleCount,
});
const counter = (latest: number) => set(0, latest, latest, 2);

const CONTAINER = {
  containerName: "main",
  cpuStatsSet: set(10, 30, 40, 2),
  memoryStatsSet: set(100, 110, 315, 3),
};
const NETWORK = {
  rxBytes: { ...counter(1_000), overflowMax: 0 },
  rxPackets: counter(10),
  rxErrors: counter(1),
  rxDropped: counter(2),
  txBytes: counter(2_000),
  txPackets: counter(20),
  txErrors: counter(3),
  txDropped: counter(4),
  rxBytesPerSecond: set(10, 20, 30, 2),
};

let controlPlane: TestControlPlane;
beforeEach(async () => {
  controlPlane = aControlPlane();
  await setUpCluster(controlPlane, {});
  const { region, account } = controlPlane.scope;
  const containerInstanceArn = `arn:aws:ecs:${region}:${account}:container-instance/default/${instanceId(1)}`;
  const handshake = { connectionId: "c1", kind: "tcs", containerInstanceArn } as const;
  await connectAgent(controlPlane, handshake, controlPlane);
});

const message = (containerMetrics: unknown, overrides: object = {}) => ({
  metadata: { cluster: "default", containerInstance: "i", messageId: "1", idle: false, fin: true },
  taskMetrics: [
    { taskArn: taskArn(controlPlane.scope, "default", TASK), containerMetrics },
  ] as unknown,
  timestamp: controlPlane.now() / 1_000,
  ...overrides,
});
const publish = (content: unknown) =>
  receiveFromAgent(controlPlane, "c1", { type: "PublishMetricsRequest", message: content });
const kept = () => controlPlane.store.usage.since({ cluster: "default", id: instanceId(1) }, 0);

test("figures of a container are kept: averages, maxima, and counters at their latest", async () => {
  const storageStatsSet = { readSizeBytes: counter(5), writeSizeBytes: counter(6) };
  const container = { ...CONTAINER, networkStatsSet: NETWORK, storageStatsSet };
  expect(await publish(message([container]))).toEqual(ACK);
  expect(await kept()).toEqual([
    {
      cluster: "default",
      containerInstanceId: instanceId(1),
      at: controlPlane.now(),
      containers: [
        {
          taskId: TASK,
          container: "main",
          cpuPercent: { average: 20, maximum: 30 },
          memoryMiB: { average: 105, maximum: 110 },
          received: { bytes: 1_000, packets: 10, errors: 1, dropped: 2, bytesPerSecond: 15 },
          sent: { bytes: 2_000, packets: 20, errors: 3, dropped: 4, bytesPerSecond: 0 },
          storage: { readBytes: 5, writtenBytes: 6 },
        },
      ],
    },
  ]);
});

test("one message is one write at most; one that comes twice is kept once", async () => {
  await publish(message([CONTAINER, { ...CONTAINER, containerName: "side" }]));
  await publish(message([CONTAINER, { ...CONTAINER, containerName: "side" }]));
  expect((await kept()).map(({ containers }) => containers.length)).toEqual([2]);
});

describe("is kept nothing of, and acknowledged:", () => {
  test.each<[string, () => unknown]>([
    ["an idle instance", () => message([], { taskMetrics: [] })],
    ["an idle instance of amazon-ecs-agent", () => message([], { taskMetrics: null })],
    ["a task that is not measured yet", () => message([])],
    ["nothing", () => null],
    ["a message without a head", () => message([CONTAINER], { metadata: {} })],
    ["a message without a time", () => message([CONTAINER], { timestamp: "now" })],
    ["a list that is none", () => message([], { taskMetrics: { length: 1 } })],
    [
      "more tasks than a message has",
      () => message([], { taskMetrics: Array.from({ length: 11 }, () => ({})) }),
    ],
    [
      "what is older than an hour",
      () => message([CONTAINER], { timestamp: (controlPlane.now() - HOUR) / 1_000 }),
    ],
    [
      "another cluster's task",
      () => taskIn("arn:aws:ecs:eu-central-1:123456789012:task/other/" + TASK),
    ],
    [
      "a task that is none",
      () => taskIn("arn:aws:ecs:eu-central-1:123456789012:task/default/__proto__"),
    ],
    ["a task without an ARN", () => taskIn(TASK)],
    ["a container without a name", () => message([{ ...CONTAINER, containerName: "" }])],
    ["a negative figure", () => message([{ ...CONTAINER, cpuStatsSet: set(-1, 1, 1, 1) }])],
    ["a figure of no samples", () => message([{ ...CONTAINER, cpuStatsSet: set(0, 0, 0, 0) }])],
    ["a figure that is none", () => message([{ ...CONTAINER, memoryStatsSet: "much" }])],
  ])("%s", async (_, content) => {
    expect(await publish(content())).toEqual(ACK);
    expect(await kept()).toEqual([]);
  });

  const taskIn = (arn: string) =>
    message([], { taskMetrics: [{ taskArn: arn, containerMetrics: [CONTAINER] }] });
});

test("a container with odd figures costs no other one its own", async () => {
  const odd = { ...CONTAINER, containerName: "odd", networkStatsSet: { rxBytes: 1 } };
  await publish(message([{ containerName: "none" }, odd, CONTAINER]));
  const [report] = await kept();
  expect(report?.containers.map(({ container }) => container)).toEqual(["odd", "main"]);
  expect(report?.containers[0]).not.toHaveProperty("received");
});

test("what an agent's clock has in the future is told now, what it held back at its time", async () => {
  const now = controlPlane.now();
  const at = (ms: number) => ({ timestamp: (now + ms) / 1_000, metadata: { messageId: `${ms}` } });
  await publish(message([CONTAINER], at(HOUR)));
  await publish(message([CONTAINER], at(-HOUR / 2)));
  expect((await kept()).map((report) => report.at - now)).toEqual([-HOUR / 2, 0]);
});
