import type { RoleCredentials } from "@berth/contracts/agent/messages";
import { aPayloadContainer, aPayloadTask } from "@berth/testing/payloads";
import { expect, test } from "vitest";
import {
  isLogCredentialsId,
  ownCredentials,
  ownCredentialsPath,
  withoutCredentialsPath,
} from "./log-credentials.ts";
import { RoleKeeper } from "./role-keeper.ts";

const execution: RoleCredentials = {
  credentialsId: "execution-id",
  roleArn: "arn:aws:iam::123456789012:role/execution",
  accessKeyId: "ASIA1",
  secretAccessKey: "s3cret",
  sessionToken: "t0ken",
  expiration: "2030-01-01T00:00:00Z",
};

const hostConfig = JSON.stringify({
  Memory: 1,
  LogConfig: { Type: "awslogs", Config: { "awslogs-group": "g" } },
});
const logged = aPayloadContainer({
  name: "logged",
  logsAuthStrategy: "ExecutionRole",
  dockerConfig: { version: "1.25", hostConfig },
});
const plain = aPayloadContainer({ name: "plain", dockerConfig: { version: "1.25", hostConfig } });
const task = aPayloadTask({
  containers: [logged, plain],
  executionRoleCredentials: execution,
});

test("the engine is told to ask for the execution role's keys, and no container is", () => {
  const { task: kept } = new RoleKeeper({ isServing: true }).take(task);
  const configs = kept.containers.map(
    (container) => JSON.parse(container.dockerConfig?.hostConfig ?? "") as object,
  );
  const Config = {
    "awslogs-group": "g",
    "awslogs-credentials-endpoint": "/v2/credentials/execution-id",
  };
  expect(configs).toEqual([
    { Memory: 1, LogConfig: { Type: "awslogs", Config } },
    JSON.parse(hostConfig),
  ]);
  const environments = kept.containers.map(({ environment }) => JSON.stringify(environment));
  expect(environments.join(" ")).not.toContain("execution-id");
  expect(JSON.stringify(kept)).not.toMatch(/s3cret|t0ken/);
  expect(isLogCredentialsId(kept, "execution-id")).toBe(true);
  expect(isLogCredentialsId(kept, "another")).toBe(false);
  expect(withoutCredentialsPath(Config)).toEqual({ "awslogs-group": "g" });
});

test("a task that is to log so is refused without the keys, and where nobody can ask for them", () => {
  const { executionRoleCredentials: _, ...without } = task;
  expect(new RoleKeeper({ isServing: true }).problemOf(task)).toBeUndefined();
  expect(new RoleKeeper({ isServing: true }).problemOf(without)).toMatch(
    /no keys of the execution/,
  );
  expect(new RoleKeeper({ isServing: false }).problemOf(task)).toMatch(/logsAuthStrategy is not/);
});

test("the instance's own key is served, whatever its tasks, at a path that only its holder knows", () => {
  const key = { accessKeyId: "AKIA", secretAccessKey: "own" };
  const own = ownCredentials(key);
  const keeper = new RoleKeeper({ isServing: true, own });
  keeper.keepOnly(new Set());
  expect(keeper.find(own.credentialsId)).toMatchObject(key);
  expect(ownCredentialsPath(key)).toBe(`/v2/credentials/${own.credentialsId}`);
  expect(ownCredentialsPath({ ...key, secretAccessKey: "other" })).not.toContain(own.credentialsId);
});
