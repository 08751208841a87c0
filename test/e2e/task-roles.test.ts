import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  type RegisterTaskDefinitionCommandInput,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { anEc2Instance, startMetadataStandIn } from "@berth/testing/ec2-stand-ins";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";

const LIFETIME_MS = 12_000;
const ROLE = "arn:aws:iam::000000000000:role/app";

let berth: Berth;

async function start(functions: string): Promise<void> {
  berth = await Berth.start({
    instances: 2,
    env: {
      BERTH_FUNCTIONS: functions,
      BERTH_HEARTBEAT_INTERVAL_MS: "1000",
      BERTH_LEASE_MS: "10000",
      BERTH_ROLE_KEY_LIFETIME_MS: String(LIFETIME_MS),
    },
  });
  mkdirSync(join(berth.dataDir, "roles"));
  const Statement = [{ Effect: "Allow", Action: "ecs:ListClusters", Resource: "*" }];
  writeFileSync(join(berth.dataDir, "roles", "app.json"), JSON.stringify({ Statement }));
}

/** Runs a task of the definition, and gives the engine's id of its container. */
async function run(
  definition: Omit<RegisterTaskDefinitionCommandInput, "family">,
): Promise<string> {
  const { taskDefinition } = await berth.ecs.send(
    new RegisterTaskDefinitionCommand({ family: "app", ...definition }),
  );
  const { tasks = [], failures } = await berth.ecs.send(
    new RunTaskCommand({ taskDefinition: taskDefinition?.taskDefinitionArn }),
  );
  expect(failures).toEqual([]);
  const named = tasks.map(({ taskArn = "" }) => taskArn);
  return eventually("the task to run", async () => {
    const described = await berth.ecs.send(new DescribeTasksCommand({ tasks: named }));
    const [task] = described.tasks ?? [];
    if (task?.lastStatus === "STOPPED") throw new Error(JSON.stringify(task));
    return task?.lastStatus === "RUNNING" && task.containers?.[0]?.runtimeId;
  });
}

const demo = {
  name: "web",
  image: "berth/demo:1",
  cpu: 16,
  memory: 16,
  // Ends when it is told to, so that nobody waits for it.
  command: ["sh", "-c", "trap exit TERM; sleep 600 & wait"],
};

async function inside(dockerId: string, script: string): Promise<string> {
  const { stdout } = await promisify(execFile)("docker", ["exec", dockerId, "sh", "-c", script]);
  return stdout;
}

interface ServedKeys {
  readonly RoleArn: string;
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
}

async function keysInside(dockerId: string): Promise<ServedKeys> {
  const url = "http://169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
  return JSON.parse(await inside(dockerId, `wget -qO- "${url}"`)) as ServedKeys;
}

/** This repository with Node and its libraries, as a container sees them. */
const mounted = [process.cwd(), "/usr", "/lib", "/lib64"].map((path, index) => ({
  volume: { name: `m${index}`, host: { sourcePath: path } },
  mount: { sourceVolume: `m${index}`, containerPath: path, readOnly: true },
}));

/** A container in which an AWS SDK calls Berth. Its API is on the machine's loopback address. */
const sdkDefinition = (environment: Readonly<Record<string, string>> = {}) => ({
  networkMode: "host" as const,
  volumes: mounted.map(({ volume }) => volume),
  containerDefinitions: [
    {
      ...demo,
      command: [join(process.cwd(), "test/e2e/task-role-program.ts")],
      memory: 256,
      entryPoint: [process.execPath],
      environment: Object.entries({
        AWS_ENDPOINT_URL_ECS: berth.endpoint.url,
        ...environment,
      }).map(([name, value]) => ({ name, value })),
      mountPoints: mounted.map(({ mount }) => mount),
    },
  ],
});

async function saidBy(dockerId: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)("docker", ["logs", dockerId]);
  return stdout.trim().split("\n");
}

describe.each(["in-process", "bundles"])("with functions as %s", (functions) => {
  beforeAll(() => start(functions));
  afterAll(() => berth?.down());

  test("an AWS SDK in a container calls with its task's role, and goes on when keys change", async () => {
    const dockerId = await run({ ...sdkDefinition(), taskRoleArn: ROLE });
    const lines = await eventually("calls with two keys", async () => {
      const said = await saidBy(dockerId);
      const keys = new Set(said.map((line) => line.split(" ")[0]));
      return keys.size > 2 && said;
    });
    for (const line of lines) expect(line).toMatch(/^ASIA[A-Z2-7]{16} ok AccessDeniedException$/);
  });

  test("keys are renewed before they end, and of no use after", async () => {
    const dockerId = await run({ taskRoleArn: ROLE, containerDefinitions: [demo] });
    const first = await keysInside(dockerId);
    expect(first.RoleArn).toBe(ROLE);
    const { url: endpoint, region } = berth.endpoint;
    const client = new ECSClient({
      endpoint,
      region,
      credentials: {
        accessKeyId: first.AccessKeyId,
        secretAccessKey: first.SecretAccessKey,
        sessionToken: first.Token,
      },
    });
    await client.send(new ListClustersCommand());
    await eventually("other keys", async () => {
      const now = await keysInside(dockerId);
      return now.AccessKeyId !== first.AccessKeyId;
    });
    // Still good: whoever has them may finish.
    await client.send(new ListClustersCommand());
    await eventually("the first keys to end", async () =>
      client.send(new ListClustersCommand()).then(
        () => false,
        (error: unknown) => (error as Error).name === "ExpiredTokenException",
      ),
    );
  });

  test("a task without a role is told of none, and has what it reaches of the machine's", async () => {
    const plain = await run({ containerDefinitions: [demo] });
    const environment = await inside(plain, "env");
    expect(environment).toContain("ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/");
    expect(environment).not.toContain("AWS_CONTAINER_CREDENTIALS");

    const machine = anEc2Instance();
    const metadata = await startMetadataStandIn(machine);
    const AWS_EC2_METADATA_SERVICE_ENDPOINT = metadata.endpoint;
    const dockerId = await run(sdkDefinition({ AWS_EC2_METADATA_SERVICE_ENDPOINT }));
    // Those keys are AWS's: Berth does not know them.
    await eventually("a call with the machine's keys", async () => {
      const [line] = await saidBy(dockerId);
      return line?.startsWith(`${machine.accessKeyId} UnrecognizedClientException`);
    });
    metadata.close();
  });
});
