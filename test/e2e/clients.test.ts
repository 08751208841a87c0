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
const READ_ONLY: ReadonlySet<string> = new Set([
  "compatibilities",
  "deregisteredAt",
  "registeredAt",
  "registeredBy",
  "requiresAttributes",
  "revision",
  "status",
  "taskDefinitionArn",
]);

/** The definition with another image, as tools make it from what they read. */
function withImage(definition: TaskDefinition | undefined, image: string) {
  const entries = Object.entries(definition ?? {}).filter(([name]) => !READ_ONLY.has(name));
  const { family, ...others } = Object.fromEntries(entries) as TaskDefinition;
  const containerDefinitions = others.containerDefinitions?.map((each) => ({ ...each, image }));
  return { ...others, family, containerDefinitions };
}

describe("tools that deploy", () => {
  const wait = () => ({ client: berth.ecs, maxWaitTime: 90, minDelay: 1, maxDelay: 1 });

  test("read a service and its definition, register the next, update, and wait", async () => {
    await createService(berth, "web", await registerDemo(berth, "web", "1"), 2);
    await waitUntilServicesStable(wait(), { services: ["web"] });

    const { services = [] } = await berth.ecs.send(
      new DescribeServicesCommand({ services: ["web"] }),
    );
    const [before] = services;
    const next = await registerNext(before?.taskDefinition);
    const { service } = await berth.ecs.send(
      new UpdateServiceCommand({
        cluster: before?.clusterArn,
        service: before?.serviceArn,
        taskDefinition: next,
        forceNewDeployment: true,
      }),
    );
    // They find the deployment that they wait for by its status and its definition.
    const [deployment] = service?.deployments ?? [];
    expect(deployment).toMatchObject({ status: "PRIMARY", taskDefinition: next });
    await waitUntilServicesStable(wait(), {
      cluster: before?.clusterArn,
      services: [before?.serviceArn ?? ""],
    });
    expect(await definitionsThatRun()).toEqual([next, next]);
    const { taskDefinition: old } = await berth.ecs.send(
      new DeregisterTaskDefinitionCommand({ taskDefinition: before?.taskDefinition }),
    );
    expect(old).toMatchObject({ revision: 1, status: "INACTIVE" });
  });

  /** The ARN of the next revision, made of what is described. */
  async function registerNext(taskDefinition: string | undefined): Promise<string | undefined> {
    const described = await berth.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition, include: ["TAGS"] }),
    );
    expect(described.tags).toEqual([]);
    const { taskDefinition: next } = await berth.ecs.send(
      new RegisterTaskDefinitionCommand(withImage(described.taskDefinition, "berth/demo:2")),
    );
    expect(next).toMatchObject({ revision: 2 });
    return next?.taskDefinitionArn;
  }

  async function definitionsThatRun() {
    const { taskArns } = await berth.ecs.send(
      new ListTasksCommand({ serviceName: "web", desiredStatus: "RUNNING" }),
    );
    const { tasks = [] } = await berth.ecs.send(new DescribeTasksCommand({ tasks: taskArns }));
    return tasks.map(({ taskDefinitionArn }) => taskDefinitionArn);
  }

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
  const aws = async (command: string, ...values: readonly string[]): Promise<string> => {
    const words = ["ecs", ...command.split(" "), ...values];
    const { stdout } = await run("aws", words, { env: berth.environment });
    return stdout.trim();
  };
  /** What a query finds, as text. */
  const ask = (query: string, command: string, ...values: readonly string[]) =>
    aws(`${command} --output text`, ...values, "--query", query);

  test("create, register, list, run, describe, stop, deregister, delete", async () => {
    await aws("create-cluster --cluster-name fresh");
    const cluster = await ask(
      "clusters[0].[clusterName,status,runningTasksCount]",
      "describe-clusters --clusters fresh --include STATISTICS",
    );
    expect(cluster.split("\t")).toEqual(["fresh", "ACTIVE", "0"]);

    const definition = await register();
    const listed = "list-task-definitions --family-prefix sleeper";
    expect(await ask("taskDefinitionArns[]", listed)).toBe(definition);
    const instance = await ask("containerInstanceArns[0]", "list-container-instances");
    const described = await ask(
      "containerInstances[0].[status,agentConnected]",
      `describe-container-instances --container-instances ${instance}`,
    );
    expect(described.split("\t")).toEqual(["ACTIVE", "True"]);

    const run = "run-task --task-definition sleeper:1 --count 1";
    const task = await ask("tasks[0].taskArn", run);
    await aws(`wait tasks-running --tasks ${task}`);
    expect(await ask("taskArns", "list-tasks --family sleeper")).toBe(task);
    await aws(`stop-task --task ${task} --reason`, "the tutorial is over");
    await aws(`wait tasks-stopped --tasks ${task}`);
    const why = "tasks[0].[lastStatus,stopCode,stoppedReason]";
    const stopped = await ask(why, `describe-tasks --tasks ${task}`);
    expect(stopped.split("\t")).toEqual(["STOPPED", "UserInitiated", "the tutorial is over"]);
    expect(await ask("taskArns", "list-tasks --desired-status STOPPED")).toContain(task);

    const deregister = `deregister-task-definition --task-definition ${definition}`;
    expect(await ask("taskDefinition.status", deregister)).toBe("INACTIVE");
    expect(await ask("cluster.status", "delete-cluster --cluster fresh")).toBe("INACTIVE");
  });

  const register = () =>
    ask(
      "taskDefinition.taskDefinitionArn",
      "register-task-definition --family sleeper --container-definitions",
      JSON.stringify([
        { name: "main", image: "berth/demo:1", memory: 32, command: ["sleep", "600"] },
      ]),
    );

  test("a service from create to delete, with its waiters", async () => {
    await aws("create-service --service-name cli --task-definition web:2 --desired-count 1");
    await aws("wait services-stable --services cli");
    const running = await ask(
      "[services[0].runningCount,failures[0].reason]",
      "describe-services --services cli absent",
    );
    expect(running.split("\t")).toEqual(["1", "MISSING"]);
    await aws("update-service --service cli --desired-count 0");
    await aws("delete-service --service cli");
    await aws("wait services-inactive --services cli");
  });
});
