import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ContainerOverride,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Berth, eventually } from "./berth.ts";
import { Registry } from "./registry.ts";

/** What must be seen nowhere but in containers. */
const SECRETS = ["s3cret-of-file", "s3cret-of-manager", "s3cret-of-store", "s3cret-of-registry"];
const [IN_FILE = "", IN_MANAGER = "", IN_STORE = "", IN_REGISTRY = ""] = SECRETS;
const ROLE = "arn:aws:iam::000000000000:role/execution";
const file = (name: string) => ({ type: "s3" as const, value: `arn:aws:s3:::config/${name}.env` });

let berth: Berth;
let registry: Registry;
let secretArn: string;
let loginArn: string;
let privateImage: string;

beforeAll(async () => {
  [berth, registry] = await Promise.all([Berth.start({ instances: 1 }), Registry.start()]);
  allow(["s3:GetObject", "secretsmanager:GetSecretValue", "ssm:GetParameters"]);
  privateImage = (await registry.offer(berth.docker, { image: "berth/demo:1", as: "private:1" }))
    .name;
  registry.login = `admin:${IN_REGISTRY}`;
  await Promise.all([putFiles(), putSecrets(), putParameter()]);
});
afterAll(async () => {
  await berth?.down();
  await registry?.close();
  await berth?.docker
    .getImage(privateImage)
    .remove({ force: true })
    .catch(() => undefined);
});

function allow(actions: readonly string[]): void {
  mkdirSync(join(berth.dataDir, "roles"), { recursive: true });
  const Statement = [{ Effect: "Allow", Action: actions, Resource: "*" }];
  writeFileSync(join(berth.dataDir, "roles", "execution.json"), JSON.stringify({ Statement }));
}

const clientConfig = () => ({
  endpoint: berth.endpoint.url,
  region: berth.endpoint.region,
  credentials: berth.endpoint,
});

async function putFiles(): Promise<void> {
  const s3 = new S3Client(clientConfig());
  await s3.send(new CreateBucketCommand({ Bucket: "config" }));
  const files = {
    first: `# which one wins\nA=first\nB=first\nTOKEN=${IN_FILE}\n`,
    second: "B=second\nC=second one\n",
  };
  for (const [name, Body] of Object.entries(files)) {
    await s3.send(new PutObjectCommand({ Bucket: "config", Key: `${name}.env`, Body }));
  }
  s3.destroy();
}

async function putSecrets(): Promise<void> {
  const client = new SecretsManagerClient(clientConfig());
  const create = async (Name: string, secret: object) =>
    (await client.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(secret) })))
      .ARN ?? "";
  secretArn = await create("db", { password: IN_MANAGER });
  loginArn = await create("login", { username: "admin", password: IN_REGISTRY });
  client.destroy();
}

async function putParameter(): Promise<void> {
  const client = new SSMClient(clientConfig());
  const parameter = { Name: "/app/key", Value: IN_STORE, Type: "SecureString" as const };
  await client.send(new PutParameterCommand(parameter));
  client.destroy();
}

type Container = NonNullable<RegisterTaskDefinitionCommandInput["containerDefinitions"]>[number];

/** Runs a task of one such container, and describes it once it is RUNNING or STOPPED. */
async function run(
  container: Container,
  { override = {}, hasRole = true }: { override?: ContainerOverride; hasRole?: boolean } = {},
): Promise<Task> {
  const main = { name: "main", image: "berth/demo:1", memory: 16, command: COMMAND, ...container };
  const { taskDefinition } = await berth.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: "sources",
      containerDefinitions: [main],
      ...(hasRole && { executionRoleArn: ROLE }),
    }),
  );
  const { tasks = [], failures } = await berth.ecs.send(
    new RunTaskCommand({
      taskDefinition: taskDefinition?.taskDefinitionArn,
      overrides: { containerOverrides: [{ ...override, name: "main" }] },
    }),
  );
  expect(failures).toEqual([]);
  const named = tasks.map(({ taskArn = "" }) => taskArn);
  return eventually("the task to run or to end", async () => {
    const [task] = (await berth.ecs.send(new DescribeTasksCommand({ tasks: named }))).tasks ?? [];
    return /RUNNING|STOPPED/.test(task?.lastStatus ?? "") && task;
  });
}

/** Ends when it is told to, so that nobody waits for it. */
const COMMAND = ["sh", "-c", "trap exit TERM; sleep 600 & wait"];

async function environmentOf(task: Task): Promise<Readonly<Record<string, string>>> {
  if (task.lastStatus !== "RUNNING") throw new Error(`${task.stoppedReason}`);
  const { Config } = await berth.docker
    .getContainer(task.containers?.[0]?.runtimeId ?? "")
    .inspect();
  return Object.fromEntries(
    Config.Env.map((pair) => [pair.split("=")[0], pair.replace(/^\w+=/, "")]),
  );
}

test("a container has the variables of its files and secrets, and its own before them", async () => {
  const task = await run({
    environmentFiles: [file("first"), file("second")],
    environment: [{ name: "A", value: "own" }],
    secrets: [
      { name: "PASSWORD", valueFrom: `${secretArn}:password::` },
      { name: "KEY", valueFrom: "/app/key" },
    ],
  });
  expect(await environmentOf(task)).toMatchObject({
    A: "own",
    B: "first",
    C: "second one",
    TOKEN: IN_FILE,
    PASSWORD: IN_MANAGER,
    KEY: IN_STORE,
  });
});

test("files of an override take the place of the definition's", async () => {
  const override = { environmentFiles: [file("second")] };
  const task = await run({ environmentFiles: [file("first")] }, { override });
  expect(task.overrides?.containerOverrides).toMatchObject([override]);
  const environment = await environmentOf(task);
  expect(environment).toMatchObject({ B: "second" });
  expect(environment).not.toHaveProperty("TOKEN");
});

test("an image comes from a registry that wants the secret's login", async () => {
  const credentialsParameter = loginArn;
  const task = await run({ image: privateImage, repositoryCredentials: { credentialsParameter } });
  expect(task.lastStatus).toBe("RUNNING");
});

const INITIALIZATION = "ResourceInitializationError:";

test.each<[string, () => Promise<Task>, string]>([
  [
    "a file that is not there",
    () => run({ environmentFiles: [file("none")] }),
    `${INITIALIZATION} failed to download env files: arn:aws:s3:::config/none.env: NoSuchKey`,
  ],
  [
    "a JSON key that is not there",
    () => run({ secrets: [{ name: "P", valueFrom: `${secretArn}:user::` }] }),
    "the secret has no JSON key user",
  ],
  [
    "no execution role",
    () => run({ environmentFiles: [file("first")] }, { hasRole: false }),
    `${INITIALIZATION} unable to find execution role credentials`,
  ],
])("a task with %s stops, and says so", async (_, start, reason) => {
  const { lastStatus, stopCode, stoppedReason } = await start();
  expect([lastStatus, stopCode]).toEqual(["STOPPED", "TaskFailedToStart"]);
  expect(stoppedReason).toContain(reason);
});

test("a role that may not read leaves its task without a start", async () => {
  allow(["ssm:GetParameters"]);
  const task = await run({ environmentFiles: [file("first")] });
  expect(task.stoppedReason).toMatch(
    /^ResourceInitializationError: failed to download env files: .*: AccessDenied: .*assumed-role\/execution\/.* s3:GetObject/,
  );
});

test("definitions require instances that fetch, and those have said that they do", async () => {
  const { taskDefinition } = await berth.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: "sources:1" }),
  );
  expect(taskDefinition?.requiresAttributes?.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "ecs.capability.env-files.s3",
      "ecs.capability.secrets.asm.environment-variables",
      "ecs.capability.secrets.ssm.environment-variables",
    ]),
  );
});

test("no secret is in a log, or in a file but those where people have put it", () => {
  const texts = filesBelow(berth.dataDir).map(
    (path) => [path, readFileSync(path, "latin1")] as const,
  );
  expect(texts.length).toBeGreaterThan(10);
  const telling = texts.filter(([, text]) => SECRETS.some((secret) => text.includes(secret)));
  expect(telling.map(([path]) => path)).toEqual([]);
});

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}
