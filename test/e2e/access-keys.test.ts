import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CreateServiceCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListContainerInstancesCommand,
  RunTaskCommand,
  StartTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import type { ContainerInstance } from "@aws-sdk/client-ecs";
import type { AccessKeyDescription, CreatedAccessKey } from "@berth/contracts/rest/access-keys";
import { checkAnswers } from "@berth/testing/check-answers";
import { anEc2Instance, startMetadataStandIn, startStsStandIn } from "@berth/testing/ec2-stand-ins";
import type { StandIn, StsStandIn } from "@berth/testing/ec2-stand-ins";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";
import { registerDemo } from "./demo.ts";

const machine = anEc2Instance();
const CLI = "packages/cli/bin/berth.js";

let sts: StsStandIn;
let metadata: StandIn;
let berth: Berth;
let directory: string;
/** What the agent said. */
let said: string;
async function start(functions: string): Promise<void> {
  said = "";
  directory = mkdtempSync(join(tmpdir(), "berth-keys-"));
  [sts, metadata] = await Promise.all([startStsStandIn([machine]), startMetadataStandIn(machine)]);
  berth = await Berth.start({
    instances: 1,
    env: {
      AWS_ENDPOINT_URL_STS: sts.endpoint,
      BERTH_INSTANCE_ROLES: `arn:aws:iam::${machine.account}:role/${machine.role}`,
      BERTH_FUNCTIONS: functions,
      BERTH_HEARTBEAT_INTERVAL_MS: "1000",
      BERTH_LEASE_MS: "5000",
    },
  });
}

async function stop(): Promise<void> {
  await berth.down();
  sts.close();
  metadata.close();
  rmSync(directory, { recursive: true, force: true });
}

/** The command line on this Berth, asked for JSON. */
async function keys(...args: readonly string[]): Promise<unknown> {
  const flags = ["--data-dir", berth.dataDir, "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, "keys", ...args, ...flags]);
  return JSON.parse(stdout);
}

function clientOf({ accessKeyId, secretAccessKey }: CreatedAccessKey): ECSClient {
  const { url: endpoint, region } = berth.endpoint;
  const credentials = { accessKeyId, secretAccessKey };
  return checkAnswers(new ECSClient({ endpoint, region, credentials }));
}

describe.each(["in-process", "bundles"])("with functions as %s", (functions) => {
  beforeAll(() => start(functions));
  afterAll(stop);

  describe("a key with a policy", () => {
    let key: CreatedAccessKey;
    beforeAll(async () => {
      const policy = join(directory, "policy.json");
      const { region } = berth.endpoint;
      const definition = `arn:aws:ecs:${region}:*:task-definition/allowed:*`;
      writeFileSync(
        policy,
        JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Action: ["ecs:RunTask", "ecs:RegisterTask*"], Resource: definition },
            { Effect: "Allow", Action: ["ecs:DescribeTasks", "ecs:StopTask"], Resource: "*" },
          ],
        }),
      );
      key = (await keys("create", "--principal", "ci", "--policy", policy)) as CreatedAccessKey;
    });

    test("runs a task of the family that it may, and none of another", async () => {
      const client = clientOf(key);
      const [allowed, other] = [
        await registerDemo(berth, "allowed", "1"),
        await registerDemo(berth, "other", "1"),
      ];
      const { tasks = [] } = await client.send(new RunTaskCommand({ taskDefinition: allowed }));
      const [task = ""] = tasks.map(({ taskArn }) => taskArn ?? "");
      await eventually("the task to run", async () => {
        const described = await client.send(new DescribeTasksCommand({ tasks: [task] }));
        return described.tasks?.[0]?.lastStatus === "RUNNING";
      });
      await client.send(new StopTaskCommand({ task }));

      await expect(
        client.send(new RunTaskCommand({ taskDefinition: other })),
      ).rejects.toMatchObject({
        name: "AccessDeniedException",
        message: `User: arn:aws:iam::000000000000:user/ci is not authorized to perform: ecs:RunTask on resource: arn:aws:ecs:us-east-1:000000000000:task-definition/${other} because no identity-based policy allows the ecs:RunTask action`,
      });
      const service = { serviceName: "web", taskDefinition: allowed, desiredCount: 1 };
      await expect(client.send(new CreateServiceCommand(service))).rejects.toMatchObject({
        name: "AccessDeniedException",
      });
    });

    test("is listed without its secret, and refused once it is deleted and forgotten", async () => {
      const listed = (await keys("list")) as readonly AccessKeyDescription[];
      expect(listed).toMatchObject([{ accessKeyId: key.accessKeyId, principal: "ci" }]);
      expect(JSON.stringify(listed)).not.toContain(key.secretAccessKey);
      await keys("delete", key.accessKeyId);
      // The process that knows it forgets it within a minute; a new one never knew it.
      process.kill(berth.pidOf("control-plane"), "SIGKILL");
      const client = clientOf(key);
      await eventually("the key to be refused", async () => {
        const failure = client.send(new DescribeTasksCommand({ tasks: ["1".repeat(32)] }));
        return failure.then(
          () => false,
          (error: Error) => error.name === "UnrecognizedClientException",
        );
      });
    });
  });

  describe("an agent on an EC2 instance", () => {
    let agent: ChildProcess;
    beforeAll(async () => {
      const config = join(directory, "ecs.config");
      const settings = {
        ECS_CLUSTER: "default",
        ECS_BACKEND_HOST: berth.endpoint.url,
        ECS_DATADIR: join(directory, "agent"),
        ECS_IMAGE_PULL_BEHAVIOR: "prefer-cached",
        ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION: "1s",
        AWS_DEFAULT_REGION: berth.endpoint.region,
        AWS_ENDPOINT_URL_STS: sts.endpoint,
        BERTH_JOIN: "ec2-identity",
        BERTH_HOST_ADDRESS: "127.0.7.9",
        BERTH_INSTANCE_CPU: 1_024,
        BERTH_INSTANCE_MEMORY: 512,
      };
      writeFileSync(
        config,
        Object.entries(settings)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(""),
      );
      agent = spawn(process.execPath, [CLI, "agent", "--config", config], {
        env: { PATH: process.env["PATH"], AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.endpoint },
        stdio: ["ignore", "pipe", "inherit"],
      });
      agent.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    });
    afterAll(async () => {
      agent.kill("SIGTERM");
      if (agent.exitCode === null) await once(agent, "exit");
    });

    async function joined(): Promise<ContainerInstance | undefined> {
      const { containerInstanceArns = [] } = await berth.ecs.send(
        new ListContainerInstancesCommand({}),
      );
      const { containerInstances = [] } = await berth.ecs.send(
        new DescribeContainerInstancesCommand({ containerInstances: containerInstanceArns }),
      );
      return containerInstances.find(({ ec2InstanceId }) => ec2InstanceId === machine.instanceId);
    }
    const connected = async () => (await joined())?.agentConnected ?? false;

    test("joins without any key, as the machine that it is", async () => {
      await eventually("the agent to join", connected).catch((error: unknown) => {
        throw new Error(`The agent said:\n${said}`, { cause: error });
      });
      expect(new Set(sts.installations)).toEqual(new Set([new URL(berth.endpoint.url).host]));
      const [key] = (await keys("list", "--temporary")) as readonly AccessKeyDescription[];
      expect(key).toMatchObject({
        kind: "agent",
        principal: machine.instanceId,
        ec2InstanceId: machine.instanceId,
      });
    });

    test("runs tasks, and says what becomes of them", async () => {
      const taskDefinition = await registerDemo(berth, "joined", "1");
      const containerInstances = [(await joined())?.containerInstanceArn ?? ""];
      const { tasks = [] } = await berth.ecs.send(
        new StartTaskCommand({ taskDefinition, containerInstances }),
      );
      const [task = ""] = tasks.map(({ taskArn }) => taskArn ?? "");
      const told = (status: string) =>
        eventually(`the task to be ${status}`, async () => {
          const described = await berth.ecs.send(new DescribeTasksCommand({ tasks: [task] }));
          return described.tasks?.find(({ lastStatus }) => lastStatus === status);
        });
      expect((await told("RUNNING")).containerInstanceArn).toBe(containerInstances[0]);
      await berth.ecs.send(new StopTaskCommand({ task }));
      expect((await told("STOPPED")).containers?.[0]?.exitCode).toBeDefined();
    });

    test("is heard no more once its key is switched off", async () => {
      const [key] = (await keys("list", "--temporary")) as readonly AccessKeyDescription[];
      await keys("disable", key?.accessKeyId ?? "");
      await eventually("the agent to be cut off", async () => !(await connected()));
      expect((await joined())?.status).toBe("ACTIVE");
    });
  });
});
