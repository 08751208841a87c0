import { WholeApi } from "@berth/testing/whole-api";
import { beforeEach, describe, expect, it } from "vitest";

let api: WholeApi;
beforeEach(async () => {
  api = await WholeApi.start();
});

const DEFINITION = {
  family: "job",
  containerDefinitions: [{ name: "a", image: "bb:1", memory: 16 }],
};
const register = (key: string, body: object = DEFINITION) =>
  api.send({
    method: "POST",
    path: "/v1/task-definitions",
    body,
    headers: { "idempotency-key": key },
  });
const SERVICES = "/v1/clusters/default/services";
const SERVICE = { serviceName: "web", taskDefinition: "web", desiredCount: 1 };
const create = (body: object, key: string) =>
  api.send({ method: "POST", path: SERVICES, body, headers: { "idempotency-key": key } });

describe("Idempotency-Key", () => {
  it("does a call once, and gives the same answer to who was not sure", async () => {
    const first = await register("k1");
    expect((await register("k1")).members).toEqual(first.members);
    expect((await register("k2")).members).toMatchObject({ taskDefinition: { revision: 2 } });
  });

  it("is forgotten after ten minutes", async () => {
    await register("k1");
    api.controlPlane.advance(10 * 60_000);
    expect((await register("k1")).members).toMatchObject({ taskDefinition: { revision: 2 } });
  });

  it("is for one request", async () => {
    await register("k1");
    expect(await register("k1", { ...DEFINITION, family: "other" })).toMatchObject({
      statusCode: 409,
      members: { code: "ConflictException" },
    });
  });

  it("is each caller's own", async () => {
    await register("k1");
    const key = await api.issue({ kind: "administrator" });
    const headers = { "idempotency-key": "k1" };
    const path = "/v1/task-definitions";
    const other = await api.send({ method: "POST", path, body: DEFINITION, headers, key });
    expect(other.members).toMatchObject({ taskDefinition: { revision: 2 } });
  });

  it("is the operation's own clientToken where it has one: other processes know it too", async () => {
    await create(SERVICE, "k1");
    // The ECS API is asked with the very token.
    const again = JSON.stringify({ ...SERVICE, clientToken: "k1" });
    const answer = await api.call("CreateService", again);
    expect(answer.statusCode).toBe(200);
    expect((await create({ ...SERVICE, clientToken: "k2" }, "k3")).members).toMatchObject({
      detail: "clientToken: is not the Idempotency-Key; one of them will do.",
    });
  });

  it("says what it must be", async () => {
    expect(await register("two words")).toMatchObject({ statusCode: 400 });
  });
});

describe("validateOnly=true", () => {
  const validate = (path: string, body: object, method = "POST") =>
    api.send({ method, path, body, query: { validateOnly: "true" } });

  it.each<[string, object]>([
    ["/v1/clusters", { clusterName: "blue" }],
    ["/v1/task-definitions", DEFINITION],
    [SERVICES, SERVICE],
    ["/v1/clusters/default/tasks", { taskDefinition: "web" }],
    ["/v1/access-keys", { kind: "administrator", principal: "ada" }],
    ["/v1/tasks", { taskDefinition: "web", waitForCapacity: { deadlineSeconds: 60 } }],
  ])("finds %s %j valid, and does nothing", async (path, body) => {
    const wakes = api.controlPlane.wakes.length;
    expect(await validate(path, body)).toMatchObject({ statusCode: 200, members: { valid: true } });
    expect(api.controlPlane.wakes).toHaveLength(wakes);
    expect((await api.send({ method: "GET", path: "/v1/clusters/blue" })).statusCode).toBe(404);
    expect((await api.send({ method: "GET", path: SERVICES })).members["serviceArns"]).toEqual([]);
    expect((await api.send({ method: "GET", path: "/v1/access-keys" })).members).toEqual({
      accessKeys: [],
    });
  });

  it("leaves the resource as it is", async () => {
    await api.send({ method: "POST", path: SERVICES, body: SERVICE });
    await validate(`${SERVICES}/web`, { desiredCount: 7 }, "PATCH");
    expect((await api.send({ method: "GET", path: `${SERVICES}/web` })).members).toMatchObject({
      service: { desiredCount: 1 },
    });
  });

  it("refuses what the call would be refused for", async () => {
    expect(await validate(SERVICES, { ...SERVICE, desiredCount: -1 })).toMatchObject({
      statusCode: 400,
    });
    expect(await validate(SERVICES, { ...SERVICE, taskDefinition: "none" })).toMatchObject({
      statusCode: 400,
      members: { code: "ClientException" },
    });
    const misspelt = { method: "POST", path: SERVICES, body: SERVICE };
    expect(await api.send({ ...misspelt, query: { validateOnly: "yes" } })).toMatchObject({
      statusCode: 400,
    });
  });
});
