import { describe, expect, test } from "vitest";
import type { Permissions } from "@berth/domain/access/access-key";
import { permissionsOf } from "@berth/domain/access/permissions";
import { aReservation, taskId } from "@berth/testing/builders";
import { aControlPlane, type TestControlPlane } from "@berth/testing/control-plane";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { callSigned } from "./rest-call.ts";
import { createRestAnswers } from "./rest-once.ts";
import { createRestRouter } from "./rest-routes.ts";
import { queuedRunRoutes } from "./queued-run-routes.ts";

const FULL = { [taskId("family:other", 1)]: aReservation({ memoryMiB: 1_000 }) };
const WAIT = { waitForCapacity: { deadlineSeconds: 60 } };

async function aFullCluster(): Promise<TestControlPlane> {
  const controlPlane = aControlPlane();
  await setUpCluster(controlPlane, { ledger: { reservations: FULL } });
  return controlPlane;
}

const find = createRestRouter(queuedRunRoutes);
let calls = 0;

/** A call whose caller is known, as the edge answers it. */
async function call(
  controlPlane: TestControlPlane,
  target: string,
  { body, permissions }: { body?: unknown; permissions?: Permissions } = {},
) {
  const [method = "", url = ""] = target.split(" ");
  const [path = "", query = ""] = url.split("?");
  const match = find(method, path, query);
  if (match?.route.kind !== "signed") throw new Error(`no route of ${target}`);
  const { route, ...parts } = match;
  const text = body === undefined ? "" : JSON.stringify(body);
  const context = { ...controlPlane, ...(permissions && { permissions }) };
  const answers = createRestAnswers(() => controlPlane.now());
  calls += 1;
  const signed = { ...parts, method, rawPath: path, headers: {}, body: text };
  const answer = await callSigned(route, signed, { context, signature: `${calls}`, answers });
  return {
    statusCode: answer.statusCode,
    body: JSON.parse(answer.body ?? "{}") as Record<string, unknown>,
  };
}

describe("POST /v1/tasks", () => {
  test("queues, and is then listed, read and cancelled by the id that it answered", async () => {
    const controlPlane = await aFullCluster();
    const queued = await call(controlPlane, "POST /v1/tasks", {
      body: { taskDefinition: "web", ...WAIT },
    });
    expect(queued).toMatchObject({ statusCode: 202, body: { status: "WAITING" } });
    const { id } = queued.body;
    expect(await call(controlPlane, "GET /v1/queued-runs?cluster=default")).toEqual({
      statusCode: 200,
      body: { queuedRuns: [queued.body] },
    });
    expect(await call(controlPlane, `GET /v1/queued-runs/${String(id)}`)).toMatchObject({
      statusCode: 200,
      body: { ...queued.body, placement: { fittingCount: 0 } },
    });
    expect(await call(controlPlane, `DELETE /v1/queued-runs/${String(id)}`)).toMatchObject({
      statusCode: 202,
      body: { id, status: "CANCELLING" },
    });
  });

  test.each<[unknown, string, string]>([
    [undefined, "SerializationException", "The request body should be a JSON object."],
    [[], "SerializationException", "The request body should be a JSON object."],
    [{ ...WAIT }, "InvalidParameterException", "taskDefinition should not be null."],
    [{ taskDefinition: "web" }, "InvalidParameterException", "waitForCapacity: "],
    [
      { taskDefinition: "web", waitForCapacity: {} },
      "InvalidParameterException",
      "waitForCapacity.deadlineSeconds: ",
    ],
    [
      { taskDefinition: "web", waitForCapacity: { deadlineSeconds: 0 } },
      "InvalidParameterException",
      "waitForCapacity.deadlineSeconds: Too small: expected number to be >=1",
    ],
    [
      { taskDefinition: "web", waitForCapacity: { deadlineSeconds: 86_401 } },
      "InvalidParameterException",
      "waitForCapacity.deadlineSeconds: Too big: expected number to be <=86400",
    ],
    [
      { taskDefinition: "web", waitForCapacity: { deadlineSeconds: 1.5 } },
      "InvalidParameterException",
      "waitForCapacity.deadlineSeconds: Invalid input: expected int",
    ],
    [
      { taskDefinition: "web", waitForCapacity: { deadlineSeconds: 1, until: 2 } },
      "InvalidParameterException",
      'waitForCapacity: Unrecognized key: "until"',
    ],
    [{ taskDefinition: "web", count: "2", ...WAIT }, "SerializationException", "count"],
    [
      { taskDefinition: "web", launchType: "MOON", ...WAIT },
      "InvalidParameterException",
      "launchType should be one of",
    ],
  ])("refuses %j", async (body, code, message) => {
    const controlPlane = await aFullCluster();
    const refused = call(controlPlane, "POST /v1/tasks", { body });
    await expect(refused).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
    expect(await call(controlPlane, "GET /v1/queued-runs")).toMatchObject({
      body: { queuedRuns: [] },
    });
  });
});

/** A policy of one statement. */
const may = (Action: string, Resource = "*"): Permissions =>
  permissionsOf({
    kind: "policy",
    document: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action, Resource }],
    }),
  });

const ARN = "arn:aws:ecs:eu-central-1:123456789012";

describe("a policy", () => {
  test.each([
    ["POST /v1/tasks", "ecs:RunTask", `${ARN}:task-definition/web:1`],
    ["GET /v1/queued-runs", "berth:ListQueuedRuns", `${ARN}:cluster/default`],
    ["GET /v1/queued-runs/ID", "berth:GetQueuedRun", `${ARN}:cluster/default`],
    ["DELETE /v1/queued-runs/ID", "berth:CancelQueuedRun", `${ARN}:cluster/default`],
  ])("lets %s by %s on %s, and by nothing less", async (target, action, resource) => {
    const controlPlane = await aFullCluster();
    const body = { taskDefinition: "web", ...WAIT };
    const { id } = (await call(controlPlane, "POST /v1/tasks", { body })).body;
    const ask = (permissions: Permissions) =>
      call(controlPlane, target.replace("ID", String(id)), {
        permissions,
        ...(target.startsWith("POST") && { body }),
      });
    await expect(ask(may(action, resource))).resolves.toMatchObject({
      statusCode: target.startsWith("GET") ? 200 : 202,
    });
    const refusal = { code: "AccessDeniedException" };
    await expect(ask(may("ecs:StartTask"))).rejects.toMatchObject(refusal);
    await expect(ask(may(action, `${resource}0`))).rejects.toMatchObject(refusal);
  });
});
