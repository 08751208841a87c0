import type { RoleCredentials } from "@berth/contracts/agent/messages";
import { aPayloadContainer, aPayloadTask } from "@berth/testing/payloads";
import { expect, test } from "vitest";
import { credentialsIdOf, endpointIdOf } from "./environment.ts";
import { RoleKeeper } from "./role-keeper.ts";

const credentials: RoleCredentials = {
  credentialsId: "id-1",
  roleArn: "arn:aws:iam::123456789012:role/app",
  accessKeyId: "ASIA1",
  secretAccessKey: "s3cret",
  sessionToken: "t0ken",
  expiration: "2030-01-01T00:00:00Z",
};
const task = aPayloadTask({
  roleCredentials: credentials,
  executionRoleCredentials: { ...credentials, credentialsId: "id-2" },
});

test("keeps the keys and leaves none of them in the task that is written down", () => {
  const keeper = new RoleKeeper({ isServing: true });
  const { task: kept, taken } = keeper.take(task);
  expect(taken.map(({ credentialsId }) => credentialsId)).toEqual(["id-1", "id-2"]);
  expect(JSON.stringify(kept)).not.toMatch(/s3cret|t0ken|id-2/);
  expect(credentialsIdOf(kept)).toBe("id-1");
  expect(keeper.find("id-2")).toMatchObject({ accessKeyId: "ASIA1" });
});

test("tells each container of an address of its own, whatever its definition says", () => {
  const [container] = task.containers;
  const stubborn = { ...container, environment: { AWS_EXECUTION_ENV: "mine", ECS_AGENT_URI: "x" } };
  const given = aPayloadTask({
    containers: [stubborn, stubborn].map((each, index) =>
      aPayloadContainer({ ...each, name: `c${index}` }),
    ),
  });
  const { containers } = new RoleKeeper({ isServing: true }).take(given).task;
  const ids = containers.map(endpointIdOf);
  expect(new Set(ids).size).toBe(2);
  expect(containers[0]?.environment).toEqual({
    AWS_EXECUTION_ENV: "mine",
    ECS_AGENT_URI: `http://169.254.170.2/api/${ids[0]}`,
    ECS_CONTAINER_METADATA_URI: `http://169.254.170.2/v3/${ids[0]}`,
    ECS_CONTAINER_METADATA_URI_V4: `http://169.254.170.2/v4/${ids[0]}`,
  });
});

test("promises no container an endpoint that it cannot reach", () => {
  const keeper = new RoleKeeper({ isServing: false });
  expect(keeper.problemOf(task)).toMatch(/cannot be reached here/);
  const plain = aPayloadTask();
  expect(keeper.problemOf(plain)).toBeUndefined();
  expect(keeper.take(plain).task).toEqual(plain);
});

test.each([[{ ...credentials, secretAccessKey: "" }], [{ credentialsId: "id-1" }], ["text"]])(
  "refuses keys that are not whole: %j",
  (roleCredentials) => {
    const given = { ...task, roleCredentials: roleCredentials as RoleCredentials };
    expect(new RoleKeeper({ isServing: true }).problemOf(given)).toMatch(/not whole/);
  },
);

test("forgets the keys of tasks that are no more", () => {
  const keeper = new RoleKeeper({ isServing: true });
  keeper.take(task);
  keeper.keepOnly(new Set([task.arn]));
  expect(keeper.find("id-1")).toBeDefined();
  keeper.keepOnly(new Set(["another"]));
  expect(keeper.find("id-1")).toBeUndefined();
});
