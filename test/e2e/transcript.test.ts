import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  RunTaskCommand,
  UpdateServiceCommand,
  waitUntilServicesInactive,
  waitUntilServicesStable,
  waitUntilTasksStopped,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, eventually, instanceAddress } from "./berth.ts";
import { addressOf, createService, describeService, page, registerDemo, tasksOf } from "./demo.ts";

const run = promisify(execFile);

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start();
});
afterAll(async () => berth.down());

const wait = () => ({ client: berth.ecs, maxWaitTime: 90, minDelay: 1, maxDelay: 1 });

describe("the whole life of a service through the SDK", () => {
  test("three instances in three zones have joined the cluster", async () => {
    await berth.ecs.send(new CreateClusterCommand({ clusterName: "default" }));
    const instances = await eventually("three connected instances", async () => {
      const { containerInstanceArns = [] } = await berth.ecs.send(
        new ListContainerInstancesCommand({}),
      );
      if (containerInstanceArns.length < 3) return false;
      const described = await berth.ecs.send(
        new DescribeContainerInstancesCommand({ containerInstances: containerInstanceArns }),
      );
      const all = described.containerInstances ?? [];
      return all.every((each) => each.agentConnected) && all;
    });
    const zones = instances.map(
      ({ attributes }) => attributes?.find(({ name }) => name === "ecs.availability-zone")?.value,
    );
    expect(new Set(zones).size).toBe(3);
  });

  test("a service spreads over the zones and answers on its published ports", async () => {
    await registerDemo(berth, "web", "1");
    await createService(berth, "web", "web:1", 3);
    await waitUntilServicesStable(wait(), { services: ["web"] });
    const tasks = await tasksOf(berth, "web");
    expect(new Set(tasks.map((task) => task.availabilityZone)).size).toBe(3);
    expect(new Set(tasks.map(addressOf)).size).toBe(3);
    const pages = await Promise.all(tasks.map(page));
    expect(pages.every((text) => text.startsWith("berth demo 1 on "))).toBe(true);
  });

  test("a killed container is replaced, and the events tell the story", async () => {
    const before = await tasksOf(berth, "web");
    const victim = before[0];
    await berth.docker.getContainer(victim?.containers?.[0]?.runtimeId ?? "").kill();
    await eventually("a replacement runs", async () => {
      const tasks = await tasksOf(berth, "web");
      const running = tasks.filter((task) => task.lastStatus === "RUNNING");
      return running.length === 3 && running.every((task) => task.taskArn !== victim?.taskArn);
    });
    const { tasks } = await berth.ecs.send(
      new DescribeTasksCommand({ tasks: [victim?.taskArn ?? ""] }),
    );
    expect(tasks?.[0]).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ exitCode: 137 }],
    });
    await waitUntilServicesStable(wait(), { services: ["web"] });
    const steady = async () => {
      const { events = [] } = await describeService(berth, "web");
      const told = events.map(({ message = "" }) => message).toReversed();
      return /has reached a steady state/.test(told.at(-1) ?? "") && told;
    };
    const told = await eventually("a steady state is told again", steady);
    const starts = told.filter((message) =>
      /^\(service web\) has started \d+ tasks?: /.test(message),
    );
    expect(starts.length).toBeGreaterThanOrEqual(2);
    expect(told.some((message) => message.endsWith(" deployment completed."))).toBe(true);
  });

  test("a rolling update never has fewer healthy tasks than desired", async () => {
    await registerDemo(berth, "web", "2");
    const watch = watchRunning();
    const { service } = await berth.ecs.send(
      new UpdateServiceCommand({ service: "web", taskDefinition: "web:2" }),
    );
    expect(service?.deployments?.map(({ status }) => status)).toEqual(["PRIMARY", "ACTIVE"]);
    await waitUntilServicesStable(wait(), { services: ["web"] });
    expect(await watch.fewest()).toBeGreaterThanOrEqual(3);
    const pages = await Promise.all((await tasksOf(berth, "web")).map(page));
    expect(pages.every((text) => text.startsWith("berth demo 2 on "))).toBe(true);
  });

  test("a one-off task leaves its exit code", async () => {
    await registerDemo(berth, "job", "1", { command: ["exit", "7"], portMappings: [] });
    const { tasks: started, failures } = await berth.ecs.send(
      new RunTaskCommand({ taskDefinition: "job" }),
    );
    expect(failures).toEqual([]);
    const arns = started?.map(({ taskArn = "" }) => taskArn) ?? [];
    await waitUntilTasksStopped(wait(), { tasks: arns });
    const { tasks } = await berth.ecs.send(new DescribeTasksCommand({ tasks: arns }));
    expect(tasks?.[0]?.containers?.[0]?.exitCode).toBe(7);
  });

  test("deleting leaves nothing behind", async () => {
    await berth.ecs.send(new DeleteServiceCommand({ service: "web", force: true }));
    await waitUntilServicesInactive(wait(), { services: ["web"] });
    await eventually(
      "no container runs",
      async () => (await berth.runningContainers()).length === 0,
    );
    const { status, desiredCount, runningCount } = await describeService(berth, "web");
    expect({ status, desiredCount, runningCount }).toEqual({
      status: "INACTIVE",
      desiredCount: 0,
      runningCount: 0,
    });
  });
});

/** Counts the running containers over and over, by the engine's own word. */
function watchRunning() {
  const watch = { on: true, fewest: Number.POSITIVE_INFINITY };
  const watched = (async () => {
    while (watch.on) {
      const running = await berth.runningContainers();
      watch.fewest = Math.min(watch.fewest, running.length);
    }
  })();
  return {
    fewest: async () => {
      watch.on = false;
      await watched;
      return watch.fewest;
    },
  };
}

const hasAws = await run("aws", ["--version"]).then(
  () => true,
  () => false,
);
if (!hasAws) console.warn("SKIPPED: the AWS CLI is not installed, its transcript is not run");

describe.skipIf(!hasAws)("the same through the AWS CLI", () => {
  const aws = async (...words: readonly string[]): Promise<Record<string, unknown>> => {
    const { stdout } = await run("aws", ["ecs", ...words, "--output", "json"], {
      env: berth.environment,
    });
    return stdout.trim() === "" ? {} : (JSON.parse(stdout) as Record<string, unknown>);
  };
  const containers = (tag: string) =>
    JSON.stringify([
      {
        name: "web",
        image: `berth/demo:${tag}`,
        memory: 32,
        portMappings: [{ containerPort: 80, hostPort: 8080 }],
      },
    ]);

  test("from create-cluster to delete-cluster", async () => {
    await aws("create-cluster", "--cluster-name", "empty");
    await aws(
      "register-task-definition",
      "--family",
      "cli",
      "--container-definitions",
      containers("1"),
    );
    const spread = ["--placement-strategy", "type=spread,field=attribute:ecs.availability-zone"];
    const three = ["--task-definition", "cli", "--desired-count", "3"];
    await aws("create-service", "--service-name", "cli", ...three, ...spread);
    await aws("wait", "services-stable", "--services", "cli");
    const { taskArns } = await aws("list-tasks", "--service-name", "cli");
    const arns = taskArns as readonly string[];
    expect(arns).toHaveLength(3);
    for (const instance of [1, 2, 3]) {
      const response = await fetch(`http://${instanceAddress(instance)}:8080/`);
      expect(await response.text()).toMatch(/^berth demo 1 on /);
    }
    await aws("run-task", "--task-definition", "job", "--count", "1");
    await aws("delete-service", "--service", "cli", "--force");
    await aws("wait", "services-inactive", "--services", "cli");
    const deleted = await aws("delete-cluster", "--cluster", "empty");
    expect(deleted).toMatchObject({ cluster: { status: "INACTIVE" } });
    await expect(aws("describe-task-definition", "--task-definition", "none")).rejects.toThrow(
      /\(ClientException\).*Unable to describe task definition\./,
    );
  });
});

test("an empty cluster can be deleted, and down leaves nothing of Berth's in the engine", async () => {
  await berth.ecs.send(new CreateClusterCommand({ clusterName: "passing" }));
  const { cluster } = await berth.ecs.send(new DeleteClusterCommand({ cluster: "passing" }));
  expect(cluster?.status).toBe("INACTIVE");
  await berth.down();
  expect(await berth.leftovers()).toEqual([]);
});
