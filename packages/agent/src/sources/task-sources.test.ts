import type {
  PayloadContainer,
  PayloadSecret,
  RoleCredentials,
} from "@berth/contracts/agent/messages";
import { aPayloadContainer, aPayloadTask } from "@berth/testing/payloads";
import { expect, test } from "vitest";
import { RoleKeeper } from "../endpoints/role-keeper.ts";
import type { OpenReader } from "./source-reader.ts";
import { TaskSources } from "./task-sources.ts";

const SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf";
const executionRoleCredentials: RoleCredentials = {
  credentialsId: "id-1",
  roleArn: "arn:aws:iam::123456789012:role/execution",
  accessKeyId: "ASIA1",
  secretAccessKey: "s3cret",
  sessionToken: "t0ken",
  expiration: "2030-01-01T00:00:00Z",
};

const VALUES: Readonly<Record<string, string>> = {
  "arn:aws:s3:::b/first.env": "A=first\nB=first",
  "arn:aws:s3:::b/second.env": "A=second\nB=second\nC=second",
  [SECRET]: '{"username":"admin","password":"hunter2","port":5432}',
  "/token": "t",
  plain: "hunter2 is no JSON",
};

function valueOf(name: string): Promise<string> {
  const value = VALUES[name];
  return value === undefined ? Promise.reject(new Error("AccessDenied")) : Promise.resolve(value);
}

const open: OpenReader = () => ({
  file: valueOf,
  secret: ({ secretId }) => valueOf(secretId),
  parameter: valueOf,
  close: () => undefined,
});

/** A task of such a container, taken with its keys, once all that it needs was fetched. */
async function fetched(container: Partial<PayloadContainer>, parts: { open?: OpenReader } = {}) {
  const roles = new RoleKeeper({ isServing: false });
  const whole = aPayloadTask({
    executionRoleCredentials,
    containers: [aPayloadContainer(container)],
  });
  const { task } = roles.take(whole);
  const sources = new TaskSources({ roles, open, ...parts, timeoutMs: 2_000 });
  await sources.fetch(task);
  return { task, sources, made: sources.applied(task, task.containers[0] ?? aPayloadContainer()) };
}

const file = (name: string) => ({ type: "s3" as const, value: `arn:aws:s3:::b/${name}.env` });
const secret = (changes: Partial<PayloadSecret>): PayloadSecret => ({
  name: "S",
  valueFrom: SECRET,
  provider: "asm",
  region: "us-east-1",
  type: "ENVIRONMENT_VARIABLE",
  target: "CONTAINER",
  ...changes,
});

test("a file gives what the definition does not say, the earlier one first", async () => {
  const environmentFiles = [file("first"), file("second")];
  const { made } = await fetched({ environmentFiles, environment: { A: "own" } });
  expect(made.environment).toEqual({ A: "own", B: "first", C: "second" });
});

test.each([
  [secret({ valueFrom: `${SECRET}:password::` }), "hunter2"],
  [secret({ valueFrom: `${SECRET}:port::` }), "5432"],
  [secret({}), VALUES[SECRET]],
  [secret({ valueFrom: "/token", provider: "ssm" }), "t"],
])("a secret is a variable: %j", async (given, value) => {
  const { made } = await fetched({ secrets: [given], environment: { A: "1" } });
  expect(made.environment).toEqual({ A: "1", S: value });
});

test("a secret of the log is one of its options", async () => {
  const hostConfig = JSON.stringify({
    LogConfig: { Type: "splunk", Config: { url: "u" } },
    Dns: [],
  });
  const { made } = await fetched({
    secrets: [
      secret({ valueFrom: "/token", provider: "ssm", target: "LOG_DRIVER", type: "BOOTSTRAP" }),
    ],
    dockerConfig: { version: "1.25", hostConfig },
  });
  expect(JSON.parse(made.dockerConfig?.hostConfig ?? "")).toEqual({
    LogConfig: { Type: "splunk", Config: { url: "u", S: "t" } },
    Dns: [],
  });
  expect(made.environment).toEqual(aPayloadContainer().environment ?? {});
});

const asm = (credentialsParameter: string): Partial<PayloadContainer> => ({
  image: "registry.example:5000/web:1",
  registryAuthentication: {
    type: "asm",
    asmAuthData: { credentialsParameter, region: "us-east-1" },
  },
});

test("a login is for the image's registry, and in no container", async () => {
  const { task, sources, made } = await fetched(asm(SECRET));
  expect(sources.loginFor(task.arn, made.name)).toEqual({
    username: "admin",
    password: "hunter2",
    serveraddress: "registry.example:5000",
  });
  expect(JSON.stringify(made)).not.toContain("hunter2");
  sources.forget(task.arn);
  expect(sources.loginFor(task.arn, made.name)).toBeUndefined();
});

const PULL = "ResourceInitializationError: unable to pull secrets or registry auth:";

test.each<[Partial<PayloadContainer>, string]>([
  [
    { environmentFiles: [file("third")] },
    "ResourceInitializationError: failed to download env files: arn:aws:s3:::b/third.env: AccessDenied",
  ],
  [{ secrets: [secret({ valueFrom: "/x", provider: "ssm" })] }, `${PULL} /x: AccessDenied`],
  [
    { secrets: [secret({ valueFrom: `${SECRET}:host::` })] },
    `${PULL} ${SECRET}:host::: the secret has no JSON key host`,
  ],
  [asm("plain"), `${PULL} plain: the secret is no JSON object`],
])("what cannot be read is named, and no value: %j", async (container, reason) => {
  await expect(fetched(container)).rejects.toMatchObject({ reason });
});

test("a task without an execution role is told so", async () => {
  const roles = new RoleKeeper({ isServing: false });
  const { task } = roles.take(
    aPayloadTask({ containers: [aPayloadContainer({ environmentFiles: [file("first")] })] }),
  );
  await expect(new TaskSources({ roles, open }).fetch(task)).rejects.toMatchObject({
    reason: "ResourceInitializationError: unable to find execution role credentials",
  });
});

test("after a restart it waits for the keys", async () => {
  const roles = new RoleKeeper({ isServing: false });
  const container = aPayloadContainer({ environmentFiles: [file("first")] });
  const task = aPayloadTask({ containers: [container] });
  const sources = new TaskSources({ roles, open, keysWaitMs: 300 });
  expect(await sources.fetch(task)).toBe("awaited");
  const fetching = sources.fetch(task);
  roles.renew(task.arn, "TaskApplication", { ...executionRoleCredentials, credentialsId: "id-2" });
  expect(roles.executionKeysOf(task.arn)).toBe("awaited");
  roles.renew(task.arn, "TaskExecution", executionRoleCredentials);
  expect(await fetching).toBe("fetched");
  expect(sources.applied(task, container).environment).toMatchObject({ A: "first" });
});

test("what does not answer is given up", async () => {
  const stuck: OpenReader = (_, signal) => ({
    ...open(executionRoleCredentials, signal),
    file: () =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      }),
  });
  await expect(
    fetched({ environmentFiles: [file("first")] }, { open: stuck }),
  ).rejects.toMatchObject({
    reason: "ResourceInitializationError: secrets and environment files were not fetched within 2s",
  });
});

test("hands on the keys alone", async () => {
  let given: unknown;
  const seen: OpenReader = (keys, signal) => {
    given = keys;
    return open(keys, signal);
  };
  await fetched({ environmentFiles: [file("first")] }, { open: seen });
  expect(given).toEqual({ accessKeyId: "ASIA1", secretAccessKey: "s3cret", sessionToken: "t0ken" });
});
