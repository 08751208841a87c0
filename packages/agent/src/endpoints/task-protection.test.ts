import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { json as readJson } from "node:stream/consumers";
import { ECSClient } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { answerTaskProtection } from "./task-protection.ts";

const TASK = "arn:aws:ecs:us-east-1:123456789012:task/default/1";

/** The ECS API: what it was asked, and what it answers. */
let server: Server;
let endpoint: string;
let asked: unknown[];
let reply: { readonly status: number; readonly body: object } | undefined;

beforeEach(async () => {
  asked = [];
  reply = {
    status: 200,
    body: {
      protectedTasks: [{ taskArn: TASK, protectionEnabled: true, expirationDate: 1_700_000_000 }],
    },
  };
  server = createServer((request, response) => {
    void readJson(request).then((body) => {
      const operation = String(request.headers["x-amz-target"]).split(".")[1];
      asked.push({ operation, ...(body as object) });
      if (!reply) return response.destroy();
      response.writeHead(reply.status, { "content-type": "application/x-amz-json-1.1" });
      return response.end(JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function ask(method: string, body = "") {
  const api = new ECSClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "AKIA", secretAccessKey: "x" },
    maxAttempts: 1,
  });
  const path = "/api/x/task-protection/v1/state";
  const request = { method, path, query: new URLSearchParams(), body };
  const answer = await answerTaskProtection({ api, cluster: "default", taskArn: TASK }, request);
  return {
    status: answer.status,
    body: answer.body === "" ? "" : (JSON.parse(answer.body) as unknown),
  };
}

const PROTECTION = {
  ProtectionEnabled: true,
  ExpirationDate: "2023-11-14T22:13:20.000Z",
  TaskArn: TASK,
};

test("a task asks for its own protection, and for no other task's", async () => {
  expect(await ask("GET")).toEqual({ status: 200, body: { protection: PROTECTION } });
  expect(asked).toEqual([{ operation: "GetTaskProtection", cluster: "default", tasks: [TASK] }]);
});

test("it changes it, for as long as it says", async () => {
  const answer = await ask("PUT", '{"ProtectionEnabled":true,"ExpiresInMinutes":60}');
  expect(answer).toEqual({ status: 200, body: { protection: PROTECTION } });
  expect(asked).toEqual([
    {
      operation: "UpdateTaskProtection",
      cluster: "default",
      tasks: [TASK],
      protectionEnabled: true,
      expiresInMinutes: 60,
    },
  ]);
});

test.each([
  ["", "UpdateTaskProtection: failed to decode request"],
  ["[]", "UpdateTaskProtection: failed to decode request"],
  ['{"ProtectionEnabled":"yes"}', "UpdateTaskProtection: failed to decode request"],
  [
    '{"ProtectionEnabled":true,"Tasks":["another"]}',
    "UpdateTaskProtection: failed to decode request",
  ],
  ["{}", "Invalid request: does not contain 'ProtectionEnabled' field"],
])("PUT of %j is refused in the ECS agent's words, and asks nobody", async (body, Message) => {
  expect(await ask("PUT", body)).toEqual({
    status: 400,
    body: { error: { Arn: TASK, Code: "InvalidParameterException", Message } },
  });
  expect(asked).toEqual([]);
});

test("a failure is told as one, with 200", async () => {
  reply = { status: 200, body: { failures: [{ arn: TASK, reason: "TASK_NOT_VALID" }] } };
  expect(await ask("GET")).toEqual({
    status: 200,
    body: { failure: { Arn: TASK, Reason: "TASK_NOT_VALID" } },
  });
});

test("a refusal of the API comes with its code", async () => {
  reply = { status: 400, body: { __type: "AccessDeniedException", message: "no" } };
  expect(await ask("GET")).toMatchObject({
    status: 400,
    body: { error: { Arn: TASK, Code: "AccessDeniedException", Message: "no" } },
  });
});

test("an API that breaks off, or is not there, is no fault of the task's", async () => {
  reply = undefined;
  expect(await ask("GET")).toMatchObject({
    status: 504,
    body: { error: { Code: "RequestCanceled" } },
  });
  server.close();
  server.closeAllConnections();
  expect(await ask("GET")).toMatchObject({
    status: 500,
    body: { error: { Code: "ServerException" } },
  });
});

test("other methods are none", async () => {
  expect(await ask("POST", "{}")).toEqual({ status: 405, body: "" });
});
