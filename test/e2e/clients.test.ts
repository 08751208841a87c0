import { execFile } from "node:child_process";
import { promisify } from "node:util";
import {
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type TaskDefinition,
  UpdateServiceCommand,
  waitUntilServicesStable,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth } from "./berth.ts";
import { createService, registerDemo } from "./demo.ts";

const run = promisify(execFile);

let berth: Berth;
beforeAll(async () => {
  berth = await Berth.start({ instances: 1 });
});
afterAll(async () => berth.down());

/** What tools take out of a definition that they register again. */
const READ_ONLY = [
  "compatibilities",
  "deregisteredAt",
  "registeredAt",
  "registeredBy",
  "requiresAttributes",
  "revision",
  "status",
  "taskDefinitionArn",
];

/** The definition with another image, as tools make it from what they read. */
function withImage(definition: TaskDefinition | undefined, image: string) {
  const entries = Object.entries(definition ?? {}).filter(([name]) => !READ_ONLY.includes(name));
  const { family, ...others } = Object.fromEntries(entries) as TaskDefinition;
  const containerDefinitions = others.containerDefinitions?.map((each) => ({ ...each, image }));
  return { ...others, family, containerDefinitions };
}

describe("tools that deploy", () => {
  const wait = () => ({ client: berth.ecs, maxWaitTime: 90, minDelay: 1, maxDelay: 1 });

  test("read a service and its definition, register the next, update, and wait", async () => {
    await createService(berth, "web", await registerDemo(berth, "web", "1"), 2);
    await waitUntilServicesStable(wait(), { services: ["web"] });

    const { services } = await berth.ecs.send(new DescribeServicesCommand({ services: ["web"] }));
    const before = services?.[0];
    const { taskDefinition, tags } = await berth.ecs.send(
      new DescribeTaskDefinitionCommand({
        taskDefinition: before?.taskDefinition,
        include: ["TAGS"],
      }),
    );
    expect(tags).toEqual([]);
    const { taskDefinition: next } = await berth.ecs.send(
      new RegisterTaskDefinitionCommand(withImage(taskDefinition, "berth/demo:2")),
    );
    expect(next?.revision).toBe(2);
    const { service } = await berth.ecs.send(
      new UpdateServiceCommand({
        cluster: before?.clusterArn,
        service: before?.serviceArn,
        taskDefinition: next?.taskDefinitionArn,
        forceNewDeployment: true,
      }),
    );
    // They find the deployment that they wait for by its status and its definition.
    expect(service?.deployments?.[0]).toMatchObject({
      status: "PRIMARY",
      taskDefinition: next?.taskDefinitionArn,
    });
    await waitUntilServicesStable(wait(), {
      cluster: before?.clusterArn,
      services: [before?.serviceArn ?? ""],
    });

    // And look whether what runs is what they deployed.
    const { taskArns } = await berth.ecs.send(
      new ListTasksCommand({ serviceName: "web", desiredStatus: "RUNNING" }),
    );
    const { tasks = [] } = await berth.ecs.send(new DescribeTasksCommand({ tasks: taskArns }));
    expect(tasks.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([
      next?.taskDefinitionArn,
      next?.taskDefinitionArn,
    ]);
    const { taskDefinition: old } = await berth.ecs.send(
      new DeregisterTaskDefinitionCommand({ taskDefinition: before?.taskDefinition }),
    );
    expect(old?.status).toBe("INACTIVE");
  });

  test("find out that what they name is not there, in answers and not in errors", async () => {
    const { clusters, failures } = await berth.ecs.send(
      new DescribeClustersCommand({ clusters: ["default", "absent"] }),
    );
    expect(clusters?.map(({ status }) => status)).toEqual(["ACTIVE"]);
    expect(failures).toMatchObject([{ reason: "MISSING" }]);
    const absent = await berth.ecs.send(new DescribeServicesCommand({ services: ["absent"] }));
    expect(absent).toMatchObject({ services: [], failures: [{ reason: "MISSING" }] });
  });
});

const hasAws = await run("aws", ["--version"]).then(
  () => true,
  () => false,
);
if (!hasAws) console.warn("SKIPPED: the AWS CLI is not installed, its tutorial is not played");

describe.skipIf(!hasAws)("the AWS CLI's tutorial", () => {
  const aws = async (...words: readonly string[]): Promise<string> => {
    const { stdout } = await run("aws", ["ecs", ...words], { env: berth.environment });
    return stdout.trim();
  };
  const text = ["--output", "text"] as const;

  test("create, register, list, run, describe, stop, deregister, delete", async () => {
    await aws("create-cluster", "--cluster-name", "fresh");
    const cluster = await aws(
      ...["describe-clusters", "--clusters", "fresh", "--include", "STATISTICS"],
      ...["--query", "clusters[0].[clusterName,status,runningTasksCount]", ...text],
    );
    expect(cluster.split("\t")).toEqual(["fresh", "ACTIVE", "0"]);

    const containers = [
      { name: "main", image: "berth/demo:1", memory: 32, command: ["sleep", "600"] },
    ];
    const definition = await aws(
      ...["register-task-definition", "--family", "sleeper"],
      ...["--container-definitions", JSON.stringify(containers)],
      ...["--query", "taskDefinition.taskDefinitionArn", ...text],
    );
    const listed = await aws(
      ...["list-task-definitions", "--family-prefix", "sleeper"],
      ...["--query", "taskDefinitionArns[]", ...text],
    );
    expect(listed).toBe(definition);

    const instance = await aws("list-container-instances", "--query", "containerInstanceArns[0]");
    const described = await aws(
      ...["describe-container-instances", "--container-instances", JSON.parse(instance) as string],
      ...["--query", "containerInstances[0].[status,agentConnected]", ...text],
    );
    expect(described.split("\t")).toEqual(["ACTIVE", "True"]);

    const task = await aws(
      ...["run-task", "--task-definition", "sleeper:1", "--count", "1"],
      ...["--query", "tasks[0].taskArn", ...text],
    );
    await aws("wait", "tasks-running", "--tasks", task);
    expect(await aws("list-tasks", "--family", "sleeper", "--query", "taskArns", ...text)).toBe(
      task,
    );
    await aws("stop-task", "--task", task, "--reason", "the tutorial is over");
    await aws("wait", "tasks-stopped", "--tasks", task);
    const why = ["lastStatus", "stopCode", "stoppedReason"].join(",");
    const stopped = await aws(
      ...["describe-tasks", "--tasks", task, "--query", `tasks[0].[${why}]`, ...text],
    );
    expect(stopped.split("\t")).toEqual(["STOPPED", "UserInitiated", "the tutorial is over"]);
    expect(await aws("list-tasks", "--desired-status", "STOPPED", ...text)).toContain(task);

    const status = ["--query", "taskDefinition.status", ...text] as const;
    expect(
      await aws("deregister-task-definition", "--task-definition", definition, ...status),
    ).toBe("INACTIVE");
    const left = await aws(
      "delete-cluster",
      "--cluster",
      "fresh",
      "--query",
      "cluster.status",
      ...text,
    );
    expect(left).toBe("INACTIVE");
  });

  test("a service from create to delete, with its waiters", async () => {
    await aws(
      ...["create-service", "--service-name", "cli", "--task-definition", "web:2"],
      ...["--desired-count", "1"],
    );
    await aws("wait", "services-stable", "--services", "cli");
    const running = await aws(
      ...["describe-services", "--services", "cli", "absent"],
      ...["--query", "[services[0].runningCount,failures[0].reason]", ...text],
    );
    expect(running.split("\t")).toEqual(["1", "MISSING"]);
    await aws("update-service", "--service", "cli", "--desired-count", "0");
    await aws("delete-service", "--service", "cli");
    await aws("wait", "services-inactive", "--services", "cli");
  });
});
