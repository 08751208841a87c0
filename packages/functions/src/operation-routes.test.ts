import { findOperation } from "@berth/contracts/ecs-api/operation-names";
import { OPERATION_ROUTES } from "@berth/contracts/rest/operation-routes";
import { routeMembers } from "@berth/contracts/rest/route-members";
import { commands } from "@berth/control-plane/commands/registry";
import { instanceId } from "@berth/testing/builders";
import { allow, WholeApi } from "@berth/testing/whole-api";
import type { RestResult } from "@berth/testing/whole-api";
import { beforeEach, describe, expect, it } from "vitest";

let api: WholeApi;
beforeEach(async () => {
  api = await WholeApi.start();
});

const CLUSTER = "/v1/clusters/default";
const WEB = `${CLUSTER}/services/web`;

const get = (path: string, query: Record<string, string> = {}) =>
  api.send({ method: "GET", path, query });
const post = (path: string, body: unknown) => api.send({ method: "POST", path, body });
const createWeb = (members: object = {}) =>
  post(`${CLUSTER}/services`, {
    serviceName: "web",
    taskDefinition: "web",
    desiredCount: 2,
    ...members,
  });
const firstOf = ({ members }: RestResult, name: string) =>
  String((members[name] as readonly string[])[0])
    .split("/")
    .at(-1);

describe("the table of routes", () => {
  it.each(Object.entries(OPERATION_ROUTES))("%s names what its operation has", (name, route) => {
    expect(findOperation(`AmazonEC2ContainerServiceV20141113.${route.operation}`)).toBeDefined();
    const { input, path, query, body } = routeMembers(name as never, route);
    const own = new Set(Array.from(input.structIterator(), ([member]) => member));
    const taken = [...path.values()].flatMap((to) => to?.member ?? []);
    expect(taken.filter((member) => !own.has(member))).toEqual([]);
    expect(path.size + query.size + body.size).toBeGreaterThan(0);
    // What names nothing of the request must be needed for the ARN of something that does.
    const lost = [...path].filter(([, to]) => to === undefined).map(([parameter]) => parameter);
    const needed = [...path.values()].some((to) => to?.idOf !== undefined);
    expect(needed ? [] : lost).toEqual([]);
  });

  it("has the ECS API but for what agents say, and what a reader would not look for here", () => {
    const routed = new Set<string>(Object.values(OPERATION_ROUTES).map((each) => each.operation));
    expect(Object.keys(commands).filter((name) => !routed.has(name))).toEqual([
      "RegisterContainerInstance",
      "DiscoverPollEndpoint",
      "SubmitTaskStateChange",
      "SubmitContainerStateChange",
      "SubmitAttachmentStateChanges",
    ]);
  });
});

describe("clusters", () => {
  it("are created, shown, listed and deleted", async () => {
    const created = await post("/v1/clusters", { clusterName: "blue" });
    expect(created).toMatchObject({
      statusCode: 201,
      members: { cluster: { clusterName: "blue", status: "ACTIVE" } },
    });
    const shown = await get("/v1/clusters/blue", { include: "SETTINGS,TAGS" });
    expect(shown.members).toEqual(created.members);
    expect((await get("/v1/clusters")).members["clusterArns"]).toHaveLength(2);
    const deleted = await api.send({ method: "DELETE", path: "/v1/clusters/blue" });
    expect(deleted).toMatchObject({ members: { cluster: { status: "INACTIVE" } } });
  });

  it("are listed by pages", async () => {
    await post("/v1/clusters", { clusterName: "blue" });
    const first = await get("/v1/clusters", { limit: "1" });
    expect(first.members).toEqual({
      clusterArns: [expect.stringContaining("/blue") as string],
      next: expect.any(String) as string,
    });
    const second = await get("/v1/clusters", { limit: "1", cursor: String(first.members["next"]) });
    expect(second.members["clusterArns"]).toEqual([expect.stringContaining("/default") as string]);
  });

  it("that are not there are 404", async () => {
    expect(await get("/v1/clusters/green")).toMatchObject({
      statusCode: 404,
      members: { code: "ClusterNotFoundException", instance: "/v1/clusters/green" },
    });
  });
});

describe("services", () => {
  it("are created, shown with times of RFC 3339, changed and deleted", async () => {
    const created = await createWeb();
    expect(created.statusCode).toBe(201);
    expect(await get(WEB, { include: "TAGS" })).toMatchObject({
      statusCode: 200,
      members: {
        service: {
          desiredCount: 2,
          createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
          tags: [],
        },
      },
    });
    const changed = await api.send({ method: "PATCH", path: WEB, body: { desiredCount: 3 } });
    expect(changed.members).toMatchObject({ service: { desiredCount: 3 } });
    expect((await get(`${CLUSTER}/services`, { launchType: "EC2" })).members).toEqual({
      serviceArns: [expect.stringContaining("default/web") as string],
    });
    const deleted = await api.send({ method: "DELETE", path: WEB, query: { force: "true" } });
    expect(deleted.members).toMatchObject({ service: { status: "DRAINING" } });
  });

  it("have deployments and revisions by their ids", async () => {
    await createWeb();
    const { members } = await get(`${WEB}/deployments`, {
      status: "PENDING,IN_PROGRESS",
      "createdAt.after": "2020-01-01T00:00:00Z",
    });
    const [deployment] = members["serviceDeployments"] as readonly Record<string, string>[];
    const id = deployment?.["serviceDeploymentArn"]?.split("/").at(-1);
    expect((await get(`${WEB}/deployments/${id}`)).members).toMatchObject({
      serviceDeployment: { serviceDeploymentArn: deployment?.["serviceDeploymentArn"] },
    });
    const revision = deployment?.["targetServiceRevisionArn"]?.split("/").at(-1);
    expect((await get(`${WEB}/revisions/${revision}`)).statusCode).toBe(200);
    expect(await get(`${WEB}/deployments/nothing`)).toMatchObject({ statusCode: 404 });
    const stop = { method: "POST", path: `${WEB}/deployments/${id}/stop` };
    expect((await api.send({ ...stop, body: { stopType: "NEVER" } })).statusCode).toBe(400);
    expect(await post(`${WEB}/deployments/nothing/stop`, {})).toMatchObject({
      statusCode: 404,
      members: { code: "ServiceDeploymentNotFoundException" },
    });
  });
});

describe("tasks and container instances", () => {
  it("run, are shown, protected and stopped", async () => {
    const run = await post(`${CLUSTER}/tasks`, { taskDefinition: "web", startedBy: "ci" });
    expect(run.members).toMatchObject({ tasks: [{ startedBy: "ci" }], failures: [] });
    const listed = await get(`${CLUSTER}/tasks`, { startedBy: "ci" });
    const path = `${CLUSTER}/tasks/${firstOf(listed, "taskArns")}`;
    expect((await get(path)).members).toMatchObject({ task: { desiredStatus: "RUNNING" } });
    // Only tasks of services can be protected: the reason is not that there is none.
    expect(await get(`${path}/protection`)).toMatchObject({ statusCode: 409 });
    const stopped = await api.send({ method: "DELETE", path, query: { reason: "enough" } });
    expect(stopped.members).toMatchObject({ task: { stoppedReason: "enough" } });
  });

  it("drain and come back", async () => {
    const path = `${CLUSTER}/container-instances/${instanceId(1)}`;
    expect(firstOf(await get(`${CLUSTER}/container-instances`), "containerInstanceArns")).toBe(
      instanceId(1),
    );
    const drained = await api.send({ method: "PATCH", path, body: { status: "DRAINING" } });
    expect(drained.members).toMatchObject({ containerInstance: { status: "DRAINING" } });
    expect((await get(path)).members).toEqual(drained.members);
    const other = `${CLUSTER}/container-instances/${instanceId(9)}`;
    expect(
      await api.send({ method: "PATCH", path: other, body: { status: "ACTIVE" } }),
    ).toMatchObject({ statusCode: 404, members: { code: "ResourceNotFoundException" } });
  });

  it("starts a task on the instance that the path names", async () => {
    const path = `${CLUSTER}/container-instances/${instanceId(1)}/tasks`;
    const started = await post(path, { taskDefinition: "web" });
    expect(started.members).toMatchObject({
      tasks: [{ containerInstanceArn: expect.stringContaining(instanceId(1)) as string }],
    });
  });
});

describe("task definitions", () => {
  it("are registered, shown by family and revision, and deregistered", async () => {
    const registered = await post("/v1/task-definitions", {
      family: "job",
      containerDefinitions: [{ name: "a", image: "bb:1", memory: 16 }],
    });
    expect(registered).toMatchObject({
      statusCode: 201,
      members: { taskDefinition: { family: "job", revision: 1 } },
    });
    expect((await get("/v1/task-definitions/job")).members).toMatchObject({
      taskDefinition: { revision: 1 },
    });
    const deleted = await api.send({ method: "DELETE", path: "/v1/task-definitions/job:1" });
    expect(deleted.members).toMatchObject({ taskDefinition: { status: "INACTIVE" } });
    expect(await get("/v1/task-definitions/job")).toMatchObject({ statusCode: 404 });
  });
});

describe("what is refused", () => {
  it.each<[string, string, Record<string, string>, unknown, string]>([
    ["GET", "/v1/clusters", { colour: "red" }, undefined, "colour: is no parameter"],
    ["GET", "/v1/clusters", { limit: "many" }, undefined, "STRING_VALUE"],
    ["GET", "/v1/clusters", { cursor: "made-up" }, undefined, "Invalid nextToken."],
    ["GET", "/v1/clusters", {}, { a: 1 }, "takes no body"],
    ["POST", "/v1/clusters", {}, [1], "JSON object"],
    ["POST", `${CLUSTER}/services`, {}, { cluster: "blue" }, "cluster: the path says it"],
    ["PATCH", WEB, { desiredCount: "1" }, {}, "desiredCount: is no parameter"],
    ["GET", `${WEB}/deployments`, { "createdAt.after": "today" }, undefined, "RFC 3339"],
    ["DELETE", WEB, { force: "perhaps" }, undefined, "Boolean"],
    ["GET", `${CLUSTER}/tasks`, { desiredStatus: "IDLE" }, undefined, "desiredStatus"],
  ])("%s %s %j %j", async (method, path, query, body, detail) => {
    expect(await api.send({ method, path, query, body })).toMatchObject({
      statusCode: 400,
      headers: { "content-type": "application/problem+json" },
      members: {
        detail: expect.stringContaining(detail) as string,
        requestId: expect.any(String) as string,
      },
    });
  });

  it("asks for what the operation of the ECS API would be asked for", async () => {
    const key = await api.issue({ kind: "policy", policy: allow("ecs:ListClusters") });
    expect((await api.send({ method: "GET", path: "/v1/clusters", key })).statusCode).toBe(200);
    const refused = await api.send({ method: "GET", path: CLUSTER, key });
    expect(refused).toMatchObject({
      statusCode: 403,
      members: {
        code: "AccessDeniedException",
        detail: expect.stringContaining("ecs:DescribeClusters") as string,
      },
    });
  });

  it("has problems for paths that lead nowhere", async () => {
    expect(await get("/v1/nothing")).toMatchObject({
      statusCode: 404,
      members: { code: "UnknownOperationException" },
    });
  });
});
