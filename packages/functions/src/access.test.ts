import * as ecs from "@aws-sdk/client-ecs";
import { aTask, instanceId, taskId } from "@berth/testing/builders";
import { beforeEach, describe, expect, it } from "vitest";
import type { Key } from "@berth/testing/http-event";
import { allow, bodyOf, WholeApi } from "@berth/testing/whole-api";

/* What a key may do, over the wire. */

const MINUTE = 60_000;

let api: WholeApi;
beforeEach(async () => {
  api = await WholeApi.start();
});

describe("a key with a policy", () => {
  it("may do what that allows, and is told what it lacks in AWS's words", async () => {
    const key = await api.issue({
      kind: "policy",
      policy: allow("ecs:Describe*"),
      principal: "viewer",
    });
    await expect(api.client(key).send(new ecs.DescribeClustersCommand({}))).resolves.toBeDefined();
    const refused = api.client(key).send(new ecs.DeleteClusterCommand({ cluster: "default" }));
    await expect(refused).rejects.toMatchObject({
      name: "AccessDeniedException",
      message:
        "User: arn:aws:iam::123456789012:user/viewer is not authorized to perform: ecs:DeleteCluster on resource: arn:aws:ecs:eu-central-1:123456789012:cluster/default because no identity-based policy allows the ecs:DeleteCluster action",
      $metadata: { httpStatusCode: 400 },
    });
    expect(api.logged).toEqual([]);
  });

  it("hears of operations that Berth does not have, and of malformed requests, as anybody", async () => {
    const key = await api.issue({ kind: "policy", policy: allow("ecs:Describe*") });
    await expect(
      api.client(key).send(new ecs.ListDaemonTaskDefinitionsCommand({})),
    ).rejects.toMatchObject({
      name: "ClientException",
    });
    const stop = new ecs.StopTaskCommand({ task: undefined });
    await expect(api.client(key).send(stop)).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  it("plans and applies where it may, and what it may do by itself", async () => {
    const change = {
      createService: { serviceName: "planned", taskDefinition: "web", desiredCount: 0 },
    };
    const inOther = allow("berth:CreatePlan", { Resource: "arn:aws:ecs:*:*:cluster/other" });
    const elsewhere = await api.issue({ kind: "policy", policy: inOther });
    const refused = await api.rest("POST", "/v1/plans", { change }, {}, elsewhere);
    expect(bodyOf(refused)).toMatchObject({ title: "AccessDeniedException" });

    const planner = await api.issue({ kind: "policy", policy: allow("berth:*Plan") });
    const planned = await api.rest("POST", "/v1/plans", { change }, {}, planner);
    expect(planned.statusCode).toBe(200);
    const plan = bodyOf(planned);
    const denied = await api.rest("POST", "/v1/plans/apply", plan, {}, planner);
    expect(bodyOf(denied)).toMatchObject({
      title: "AccessDeniedException",
      detail: expect.stringContaining("ecs:CreateService") as string,
    });
    const applied = await api.rest("POST", "/v1/plans/apply", plan);
    expect(bodyOf(applied)).toMatchObject({ planId: plan["planId"] });
  });

  it("explains services where it may", async () => {
    const key = await api.issue({ kind: "policy", policy: allow("berth:ExplainService") });
    const path = "/v1/services/web/explain";
    expect(bodyOf(await api.rest("GET", path, undefined, {}, key))).toMatchObject({
      title: "ServiceNotFoundException",
    });
    const other = await api.issue({ kind: "policy", policy: allow("ecs:*") });
    expect(bodyOf(await api.rest("GET", path, undefined, {}, other))).toMatchObject({
      title: "AccessDeniedException",
      detail: expect.stringContaining("service/default/web because") as string,
    });
  });

  it("explains tasks where it may", async () => {
    const id = taskId("service:web", 1);
    const path = `/v1/tasks/${id}/explain`;
    const key = await api.issue({ kind: "policy", policy: allow("berth:ExplainTask") });
    expect(bodyOf(await api.rest("GET", path, undefined, {}, key))).toMatchObject({
      title: "ResourceNotFoundException",
    });
    const other = await api.issue({ kind: "policy", policy: allow("berth:ExplainService") });
    expect(bodyOf(await api.rest("GET", path, undefined, {}, other))).toMatchObject({
      title: "AccessDeniedException",
      detail: expect.stringContaining("berth:ExplainTask on resource: arn:aws:ecs") as string,
    });
  });
});

describe("a key that is", () => {
  const list = (key: Key) => api.client(key).send(new ecs.ListClustersCommand({}));

  it("switched off is refused within a minute, and switched on again is good", async () => {
    const key = await api.issue({ kind: "administrator" });
    await list(key);
    const path = `/v1/access-keys/${key.accessKeyId}`;
    await api.rest("PATCH", path, { status: "Inactive" });
    api.controlPlane.advance(MINUTE);
    await expect(list(key)).rejects.toMatchObject({
      name: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    });
    await api.rest("PATCH", path, { status: "Active" });
    api.controlPlane.advance(MINUTE);
    await expect(list(key)).resolves.toBeDefined();
  });

  it("deleted is refused within a minute", async () => {
    const key = await api.issue({ kind: "administrator" });
    await list(key);
    await api.rest("DELETE", `/v1/access-keys/${key.accessKeyId}`);
    api.controlPlane.advance(MINUTE);
    await expect(list(key)).rejects.toMatchObject({ name: "UnrecognizedClientException" });
  });

  it("over is refused at once", async () => {
    const expiresAt = new Date(api.controlPlane.now() + MINUTE).toISOString();
    const key = await api.issue({ kind: "administrator", expiresAt });
    await list(key);
    api.controlPlane.advance(MINUTE);
    await expect(list(key)).rejects.toMatchObject({ name: "ExpiredTokenException" });
  });

  it("somebody else's is refused without its secret", async () => {
    const { accessKeyId } = await api.issue({ kind: "administrator" });
    const { secretAccessKey } = await api.issue({ kind: "administrator" });
    await expect(list({ accessKeyId, secretAccessKey })).rejects.toMatchObject({
      name: "InvalidSignatureException",
    });
  });
});

describe("an agent's key", () => {
  it("creates no services, and reads nothing", async () => {
    const key = await api.issue({ kind: "agent", principal: "fleet" });
    const calls = [
      new ecs.CreateServiceCommand({ serviceName: "web", taskDefinition: "web", desiredCount: 1 }),
      new ecs.DescribeTasksCommand({ tasks: ["1".repeat(32)] }),
    ];
    for (const call of calls) {
      await expect(api.client(key).send(call as ecs.CreateServiceCommand)).rejects.toMatchObject({
        name: "AccessDeniedException",
      });
    }
    await expect(
      api.client(key).send(new ecs.DiscoverPollEndpointCommand({})),
    ).resolves.toBeDefined();
  });

  it("says nothing of another principal's tasks", async () => {
    const task = aTask({ id: "1".repeat(32), containerInstanceId: instanceId(1) });
    await api.controlPlane.store.tasks.create(task);
    const key = await api.issue({ kind: "agent", principal: "fleet" });
    const report = new ecs.SubmitTaskStateChangeCommand({ task: task.id, status: "STOPPED" });
    await expect(api.client(key).send(report)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("ecs:SubmitTaskStateChange on resource: ") as string,
    });
  });
});
