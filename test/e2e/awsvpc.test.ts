import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  CreateServiceCommand,
  DescribeContainerInstancesCommand,
  DescribeServiceRevisionsCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  RegisterTaskDefinitionCommand,
  StartTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import type { NetworkConfiguration, Task } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";
import { describeService, runtimeIds, stable, tasksOf } from "./demo.ts";

let berth: Berth;
/** Two on the first instance and one on the second: all serve on port 80. */
let tasks: readonly Task[];

beforeAll(async () => {
  berth = await Berth.start({ instances: 2 });
  await register("web");
  const { containerInstanceArns = [] } = await berth.ecs.send(
    new ListContainerInstancesCommand({}),
  );
  const [first = "", second = ""] = containerInstanceArns;
  const started = [await start(first), await start(first), await start(second)];
  tasks = await Promise.all(started.map((arn) => reached(arn, "RUNNING")));
});
afterAll(async () => berth?.down());

const inSubnets = (...subnets: string[]): NetworkConfiguration => ({
  awsvpcConfiguration: { subnets, securityGroups: ["sg-1"] },
});

/** A server on port 80, and beside it one on another. */
async function register(family: string): Promise<void> {
  const image = "berth/demo:1";
  await berth.ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode: "awsvpc",
      containerDefinitions: [
        { name: "web", image, cpu: 16, memory: 16, portMappings: [{ containerPort: 80 }] },
        { name: "side", image, cpu: 16, memory: 16, environment: [{ name: "PORT", value: "81" }] },
      ],
    }),
  );
}

async function start(containerInstance: string): Promise<string> {
  const { tasks: started = [], failures } = await berth.ecs.send(
    new StartTaskCommand({
      taskDefinition: "web",
      containerInstances: [containerInstance],
      networkConfiguration: inSubnets("subnet-1"),
    }),
  );
  expect(failures).toEqual([]);
  const [task] = started;
  expect(task?.attachments).toEqual([
    {
      id: expect.any(String),
      type: "ElasticNetworkInterface",
      status: "PRECREATED",
      details: [{ name: "subnetId", value: "subnet-1" }],
    },
  ]);
  return task?.taskArn ?? "";
}

async function describeTask(taskArn: string): Promise<Task> {
  const { tasks: [task] = [] } = await berth.ecs.send(
    new DescribeTasksCommand({ tasks: [taskArn] }),
  );
  if (!task) throw new Error(`${taskArn} is gone`);
  return task;
}

const reached = (taskArn: string, status: string): Promise<Task> =>
  eventually(`${taskArn} is ${status}`, async () => {
    const task = await describeTask(taskArn);
    if (task.lastStatus === "STOPPED" && status !== "STOPPED") {
      throw new Error(`it stopped: ${JSON.stringify([task.stoppedReason, task.containers])}`);
    }
    return task.lastStatus === status && task;
  });

const detail = (task: Task | undefined, name: string): string =>
  task?.attachments?.[0]?.details?.find((each) => each.name === name)?.value ?? "";
const addressOf = (task: Task | undefined): string => detail(task, "privateIPv4Address");

/** It may take a moment after the start of its container until a server listens. */
const pageOf = (task: Task | undefined): Promise<string> =>
  eventually(`${addressOf(task)} answers`, async () => {
    const request = { signal: AbortSignal.timeout(5_000) };
    return fetch(`http://${addressOf(task)}/`, request)
      .then((answer) => answer.text())
      .catch(() => undefined);
  });

/** What a shell in the container `side` of the task prints. */
async function beside(task: Task | undefined, script: string): Promise<string> {
  const id = task?.containers?.find(({ name }) => name === "side")?.runtimeId ?? "";
  const { stdout } = await promisify(execFile)("docker", ["exec", id, "/bin/sh", "-c", script]);
  return stdout.trim();
}

/** Until the process is there again, and its instance connected. */
async function killAndAwait(name: string): Promise<void> {
  const before = berth.pidOf(name);
  process.kill(before, "SIGKILL");
  await eventually(`${name} runs again`, async () => isAnother(name, before));
  await eventually("all agents are connected", async () => {
    const { containerInstanceArns: containerInstances } = await berth.ecs.send(
      new ListContainerInstancesCommand({}),
    );
    const { containerInstances: described = [] } = await berth.ecs.send(
      new DescribeContainerInstancesCommand({ containerInstances }),
    );
    return described.every(({ agentConnected }) => agentConnected);
  });
}

function isAnother(name: string, pid: number): boolean {
  try {
    return berth.pidOf(name) !== pid;
  } catch {
    return false;
  }
}

describe("a task with networkMode awsvpc", () => {
  test("is described with an interface, which all its containers share", () => {
    for (const task of tasks) {
      const [attachment] = task.attachments ?? [];
      expect(attachment).toMatchObject({ type: "ElasticNetworkInterface", status: "ATTACHED" });
      expect(Object.fromEntries((attachment?.details ?? []).map((d) => [d.name, d.value]))).toEqual(
        {
          subnetId: "subnet-1",
          networkInterfaceId: expect.stringMatching(/^eni-[0-9a-f]{17}$/),
          macAddress: expect.stringMatching(/^02(:[0-9a-f]{2}){5}$/),
          privateDnsName: expect.stringMatching(/^eni-[0-9a-f]{17}\.berth\.internal$/),
          privateIPv4Address: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/),
        },
      );
      const shared = [{ attachmentId: attachment?.id, privateIpv4Address: addressOf(task) }];
      expect(task.containers).toMatchObject([
        { networkInterfaces: shared, networkBindings: [] },
        { networkInterfaces: shared, networkBindings: [] },
      ]);
    }
  });

  test("answers at its own address, two on one instance with the same port", async () => {
    expect(new Set(tasks.map(addressOf)).size).toBe(3);
    expect(await Promise.all(tasks.map(pageOf))).toEqual(
      tasks.map((task) => `berth demo 1 on ${detail(task, "privateDnsName")}\n`),
    );
  });

  test("has the interface that it is said to have", async () => {
    const [task] = tasks;
    expect(await beside(task, "ip addr show eth0")).toContain(detail(task, "macAddress"));
    expect(await beside(task, "ip addr show eth0")).toContain(`inet ${addressOf(task)}/`);
  });

  test("is one machine to its containers: they meet on localhost", async () => {
    const [task] = tasks;
    expect(await beside(task, "wget -qO- http://localhost/")).toBe((await pageOf(task)).trim());
  });

  test("reaches others by address and by name, on its instance and on another", async () => {
    const [one, ...others] = tasks;
    for (const other of others) {
      const said = (await pageOf(other)).trim();
      expect(await beside(one, `wget -qO- http://${addressOf(other)}/`)).toBe(said);
      const name = detail(other, "privateDnsName");
      expect(await beside(one, `wget -qO- http://${name}/`)).toBe(said);
    }
  });

  test("is told of its network at the address of the agent", async () => {
    const [task] = tasks;
    const metadata = await eventually("the agent answers", () =>
      beside(task, "wget -qO- $ECS_CONTAINER_METADATA_URI_V4").catch(() => undefined),
    );
    expect(JSON.parse(metadata)).toMatchObject({
      Networks: [
        {
          NetworkMode: "awsvpc",
          IPv4Addresses: [addressOf(task)],
          AttachmentIndex: 0,
          MACAddress: detail(task, "macAddress"),
          PrivateDNSName: detail(task, "privateDnsName"),
          IPv4SubnetCIDRBlock: expect.stringMatching(/\.0\/\d+$/),
          SubnetGatewayIpv4Address: expect.stringMatching(/\.1\/\d+$/),
        },
      ],
    });
  });

  test("keeps its address while its agent is killed and comes back", async () => {
    await Promise.all(["agent-1", "agent-2"].map(killAndAwait));
    const after = await Promise.all(tasks.map((task) => describeTask(task.taskArn ?? "")));
    expect(after.map(addressOf)).toEqual(tasks.map(addressOf));
    expect(runtimeIds(after)).toEqual(runtimeIds(tasks));
    await Promise.all(after.map(pageOf));
  });

  test("stops and leaves no interface", async () => {
    const [task] = tasks;
    await berth.ecs.send(new StopTaskCommand({ task: task?.taskArn }));
    const stopped = await reached(task?.taskArn ?? "", "STOPPED");
    expect(stopped.attachments).toMatchObject([{ status: "DELETED" }]);
    // What the engine lists lags behind what it tells of ends.
    await eventually("its containers are gone", async () => {
      const running = await berth.runningContainers();
      return running.every(({ Labels }) => Labels["com.amazonaws.ecs.task-arn"] !== task?.taskArn);
    });
  });
});

describe("a service with networkMode awsvpc", () => {
  test("rolls over to other subnets", async () => {
    await berth.ecs.send(
      new CreateServiceCommand({
        serviceName: "shop",
        taskDefinition: "web",
        desiredCount: 1,
        networkConfiguration: inSubnets("subnet-1"),
        availabilityZoneRebalancing: "DISABLED",
      }),
    );
    const first = await stable(berth, "shop");
    await berth.ecs.send(
      new UpdateServiceCommand({
        service: "shop",
        networkConfiguration: inSubnets("subnet-2", "subnet-3"),
      }),
    );
    const second = await stable(berth, "shop");
    expect(second.deployments?.[0]?.id).not.toBe(first.deployments?.[0]?.id);
    const network = {
      awsvpcConfiguration: {
        subnets: ["subnet-2", "subnet-3"],
        securityGroups: ["sg-1"],
        assignPublicIp: "DISABLED",
      },
    };
    expect(second).toMatchObject({
      networkConfiguration: network,
      deployments: [{ networkConfiguration: network }],
    });
    const serviceRevisionArns = second.currentServiceRevisions?.flatMap(({ arn }) => arn ?? []);
    const { serviceRevisions } = await berth.ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns }),
    );
    expect(serviceRevisions).toMatchObject([{ networkConfiguration: network }]);
    const [task] = await tasksOf(berth, "shop");
    expect(detail(task, "subnetId")).toBe("subnet-2");
    expect(await pageOf(task)).toContain("berth demo 1");
  });

  test("does not roll for the same subnets in another order", async () => {
    const before = await describeService(berth, "shop");
    const networkConfiguration = inSubnets("subnet-3", "subnet-2");
    const { service } = await berth.ecs.send(
      new UpdateServiceCommand({ service: "shop", networkConfiguration }),
    );
    expect(service?.deployments?.map(({ id }) => id)).toEqual(
      before.deployments?.map(({ id }) => id),
    );
  });
});
