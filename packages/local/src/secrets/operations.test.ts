import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TaskSourceServer } from "../testing/task-source-server.ts";

let server: TaskSourceServer;
let client: SecretsManagerClient;
beforeEach(async () => {
  server = new TaskSourceServer();
  await server.start();
  client = new SecretsManagerClient(server.client());
});
afterEach(() => {
  client.destroy();
  server.stop();
});

const create = (Name: string, SecretString: string) =>
  client.send(new CreateSecretCommand({ Name, SecretString }));
const get = (SecretId: string, which: { VersionStage?: string; VersionId?: string } = {}) =>
  client.send(new GetSecretValueCommand({ SecretId, ...which }));

test("a secret is found by its name and its ARN, after a start as well", async () => {
  const { ARN = "" } = await create("app/db", "hunter2");
  expect(ARN).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:app\/db-\w{6}$/);
  await server.start();
  client = new SecretsManagerClient(server.client());
  for (const id of ["app/db", ARN]) {
    expect(await get(id)).toMatchObject({ ARN, Name: "app/db", SecretString: "hunter2" });
  }
  const { SecretList = [] } = await client.send(new ListSecretsCommand());
  expect(SecretList).toMatchObject([{ ARN, Name: "app/db" }]);
});

test("the value before the last one is kept", async () => {
  const first = await create("db", "one");
  const second = await client.send(
    new PutSecretValueCommand({ SecretId: "db", SecretString: "two" }),
  );
  expect(second.VersionStages).toEqual(["AWSCURRENT"]);
  expect((await get("db")).SecretString).toBe("two");
  expect((await get("db", { VersionStage: "AWSPREVIOUS" })).SecretString).toBe("one");
  expect((await get("db", { VersionId: first.VersionId ?? "" })).SecretString).toBe("one");
  const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: "db" }));
  expect(VersionIdsToStages).toEqual({
    [second.VersionId ?? ""]: ["AWSCURRENT"],
    [first.VersionId ?? ""]: ["AWSPREVIOUS"],
  });
  const pending = get("db", { VersionStage: "AWSPENDING" });
  await expect(pending).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("no value is on disk as it is", async () => {
  await create("db", "hunter2-hunter2");
  expect(readFileSync(join(server.directory, "secrets.json"), "utf8")).not.toContain("hunter2");
});

test("a key may read the secrets that its policy names", async () => {
  await create("db", "one");
  await create("other", "two");
  server.guestMay = {
    Action: "secretsmanager:GetSecretValue",
    Resource: "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-??????",
  };
  const guest = new SecretsManagerClient(server.client("guest"));
  const read = (SecretId: string) => guest.send(new GetSecretValueCommand({ SecretId }));
  expect((await read("db")).SecretString).toBe("one");
  for (const id of ["other", "none"]) {
    await expect(read(id)).rejects.toMatchObject({ name: "AccessDeniedException" });
  }
  guest.destroy();
});

test.each<[string, () => Promise<unknown>, string, RegExp]>([
  ["a name that is taken", () => create("db", "two"), "ResourceExistsException", /already exists/],
  ["a secret that is not there", () => get("x"), "ResourceNotFoundException", /can't find/],
  [
    "to keep what is deleted",
    () => client.send(new DeleteSecretCommand({ SecretId: "db" })),
    "InvalidParameterException",
    /ForceDeleteWithoutRecovery/,
  ],
  [
    "a member that it would not obey",
    () => client.send(new CreateSecretCommand({ Name: "k", KmsKeyId: "k" })),
    "ValidationException",
    /does not have the member KmsKeyId/,
  ],
  [
    "an operation that it does not have",
    () => client.send(new RotateSecretCommand({ SecretId: "db" })),
    "UnknownOperationException",
    /Secrets Manager of one machine does not have the operation RotateSecret/,
  ],
  [
    "a value that is too long, and does not repeat it",
    () => create("long", "hunter2".repeat(10_000)),
    "ValidationException",
    /^1 validation error detected: Value '\*\*\*' at 'secretString'/,
  ],
])("refuses %s", async (_, call, name, message) => {
  await create("db", "one");
  await expect(call()).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message) as string,
  });
});

test("a deleted secret is gone, and its name free", async () => {
  const first = await create("db", "one");
  await client.send(new DeleteSecretCommand({ SecretId: "db", ForceDeleteWithoutRecovery: true }));
  await expect(get("db")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  expect((await create("db", "two")).ARN).not.toBe(first.ARN);
});
