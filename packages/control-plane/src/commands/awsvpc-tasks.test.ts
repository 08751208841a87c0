import {
  aPlaneWithNetworks,
  inSubnets,
  networkIn,
  vpcDefinition,
} from "@berth/testing/awsvpc-set-up";
import { instanceId } from "@berth/testing/builders";
import { liveTasksOf, runWeb } from "@berth/testing/command-set-up";
import type { TestControlPlane } from "@berth/testing/control-plane";
import { expect, test } from "vitest";
import { payloadTask } from "../agents/payload.ts";
import { queueRun } from "../rest/queue-run.ts";
import { describeTasks } from "./describe-tasks.ts";
import { startTask } from "./start-task.ts";
import { submitTaskStateChange } from "./submit-task-state-change.ts";

const IN_VPC = { taskDefinition: "vpc:1", networkConfiguration: inSubnets("subnet-1", "subnet-2") };
const ADDRESS = "172.18.0.5";

async function run(controlPlane: TestControlPlane) {
  const { tasks: [task] = [], failures } = await runWeb(controlPlane, IN_VPC);
  expect(failures).toEqual([]);
  return task;
}

const describeTask = async (controlPlane: TestControlPlane, taskArn: string | undefined) =>
  (await describeTasks(controlPlane, { tasks: [taskArn ?? ""] })).tasks?.[0];

/** What the agent says once all runs. */
const runningAt = (attachmentId: string | undefined, bindIP = ADDRESS) => ({
  status: "RUNNING",
  containers: [
    { containerName: "main", status: "RUNNING" },
    { containerName: "~internal~ecs~pause", status: "RUNNING", networkBindings: [{ bindIP }] },
  ],
  attachments: [
    { attachmentArn: `arn:aws:ecs:eu-central-1:1:attachment/${attachmentId}`, status: "ATTACHED" },
  ],
});

test("a task begins with an attachment in the first subnet, and two fit with one port", async () => {
  const controlPlane = await aPlaneWithNetworks();
  for (const task of [await run(controlPlane), await run(controlPlane)]) {
    expect(task).toMatchObject({
      lastStatus: "PENDING",
      attachments: [
        {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          type: "ElasticNetworkInterface",
          status: "PRECREATED",
          details: [{ name: "subnetId", value: "subnet-1" }],
        },
      ],
      containers: [{ networkInterfaces: [] }],
    });
  }
});

test("StartTask gives one as well", async () => {
  const controlPlane = await aPlaneWithNetworks();
  const { tasks } = await startTask(controlPlane, {
    ...IN_VPC,
    containerInstances: [instanceId(1)],
  });
  expect(tasks).toMatchObject([{ attachments: [{ status: "PRECREATED" }] }]);
});

test("its agent is told the names of the interface that it is to make", async () => {
  const controlPlane = await aPlaneWithNetworks();
  await run(controlPlane);
  const [task] = await liveTasksOf(controlPlane);
  if (!task?.attachment) throw new Error("it has no attachment");
  const { id } = task.attachment;
  const eni = `eni-${id.replaceAll("-", "").slice(0, 17)}`;
  expect(payloadTask(controlPlane.scope, task, vpcDefinition)).toMatchObject({
    networkMode: "awsvpc",
    elasticNetworkInterfaces: [
      {
        attachmentArn: `arn:aws:ecs:eu-central-1:123456789012:attachment/${id}`,
        ec2Id: eni,
        index: 0,
        macAddress: expect.stringMatching(/^02(:[0-9a-f]{2}){5}$/),
        privateDnsName: `${eni}.berth.internal`,
      },
    ],
  });
});

test("what the agent reports is its address, until it stopped", async () => {
  const controlPlane = await aPlaneWithNetworks();
  const { taskArn: task, attachments } = (await run(controlPlane)) ?? {};
  const id = attachments?.[0]?.id;
  await submitTaskStateChange(controlPlane, { task, ...runningAt(id) });
  expect(await describeTask(controlPlane, task)).toMatchObject({
    lastStatus: "RUNNING",
    attachments: [
      {
        status: "ATTACHED",
        details: [
          { name: "subnetId", value: "subnet-1" },
          { name: "networkInterfaceId" },
          { name: "macAddress" },
          { name: "privateDnsName" },
          { name: "privateIPv4Address", value: ADDRESS },
        ],
      },
    ],
    containers: [{ networkInterfaces: [{ attachmentId: id, privateIpv4Address: ADDRESS }] }],
  });

  await submitTaskStateChange(controlPlane, { task, status: "STOPPED" });
  expect(await describeTask(controlPlane, task)).toMatchObject({
    lastStatus: "STOPPED",
    attachments: [{ status: "DELETED" }],
  });
});

test.each<[string, (id: string | undefined) => Partial<ReturnType<typeof runningAt>>]>([
  ["another attachment's", (id) => runningAt(`${id}x`)],
  ["what is no address", (id) => runningAt(id, "somewhere")],
  ["none", (id) => ({ ...runningAt(id), containers: [] })],
  ["one that is not attached", (id) => ({ ...runningAt(id), attachments: [] })],
])("%s is not its address", async (_, reportOf) => {
  const controlPlane = await aPlaneWithNetworks();
  const { taskArn: task, attachments } = (await run(controlPlane)) ?? {};
  await submitTaskStateChange(controlPlane, { task, ...reportOf(attachments?.[0]?.id) });
  expect(await describeTask(controlPlane, task)).toMatchObject({
    lastStatus: "RUNNING",
    attachments: [{ status: "PRECREATED" }],
  });
});

test("a queued run keeps the network for tasks that are placed later", async () => {
  const controlPlane = await aPlaneWithNetworks();
  const queued = await queueRun(controlPlane, { run: IN_VPC, deadlineSeconds: 60 });
  expect(await controlPlane.store.queuedRuns.find("default", queued.id)).toMatchObject({
    networkConfiguration: networkIn("subnet-1", "subnet-2"),
  });
  expect(await liveTasksOf(controlPlane)).toMatchObject([{ attachment: { subnetId: "subnet-1" } }]);
});
