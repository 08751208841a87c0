import { createHash } from "node:crypto";
import type { CreatedApiToken } from "@berth/contracts/rest/api-tokens";
import { createMemoryTable } from "@berth/store/memory/table";
import type { Item } from "@berth/store/table";
import { anHttpEvent } from "@berth/testing/http-event";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { allow, bodyOf, WholeApi } from "@berth/testing/whole-api";
import { beforeEach, describe, expect, it } from "vitest";

const DAY_MS = 24 * 3_600_000;

let api: WholeApi;
let written: Item[];
beforeEach(async () => {
  written = [];
  const table = createMemoryTable();
  const create = (item: Item) => {
    written.push(item);
    return table.create(item);
  };
  api = WholeApi.on({ ...table, create });
  await setUpCluster(api.controlPlane);
});

async function issue(body: object = {}): Promise<CreatedApiToken> {
  const whole = { kind: "administrator", principal: "ada", ...body };
  const { statusCode, members } = await api.send({
    method: "POST",
    path: "/v1/tokens",
    body: whole,
  });
  expect(statusCode).toBe(201);
  return members as unknown as CreatedApiToken;
}

/** A call that shows this token and signs nothing. */
async function show(
  authorization: string,
  { method = "GET", path = "/v1/clusters", body = "" } = {},
) {
  const event = anHttpEvent(method, path, body);
  const headers = { ...event.headers, authorization };
  const answer = await api.handler({ ...event, headers });
  return { ...answer, members: bodyOf(answer) };
}

describe("a token", () => {
  it("lets its holder call, as its principal, from the moment it is answered", async () => {
    const { token } = await issue();
    expect((await show(`Bearer ${token}`)).statusCode).toBe(200);
    const body = JSON.stringify({ kind: "administrator", principal: "bob" });
    const made = await show(`bearer ${token}`, { method: "POST", path: "/v1/tokens", body });
    expect(made.members).toMatchObject({ createdBy: "arn:aws:iam::123456789012:user/ada" });
  });

  it("is stored as a hash, shown once and never logged", async () => {
    const { token, tokenId } = await issue();
    const secret = token.split("_")[2] ?? "";
    const stored = written.find(({ pk }) => pk === "apiTokens");
    expect(stored).toMatchObject({
      secretHash: createHash("sha256").update(secret).digest("hex"),
    });
    api.controlPlane.store.clusters.list = () => Promise.reject(new Error("no table"));
    await show(`Bearer ${token}`);
    const shown = [
      await api.send({ method: "GET", path: "/v1/tokens" }),
      await api.send({ method: "GET", path: `/v1/tokens/${tokenId}` }),
    ];
    expect(shown.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(api.logged).not.toEqual([]);
    expect(JSON.stringify([written, shown, api.logged])).not.toContain(secret);
  });

  it("may do what its policy allows", async () => {
    const { token } = await issue({ kind: "policy", policy: allow("ecs:ListClusters") });
    expect((await show(`Bearer ${token}`)).statusCode).toBe(200);
    expect(await show(`Bearer ${token}`, { path: "/v1/clusters/default" })).toMatchObject({
      statusCode: 403,
      members: { detail: expect.stringContaining("user/ada") as string },
    });
  });

  it("is good for ninety days, or for as long as was said", async () => {
    const { token } = await issue();
    const expiresAt = new Date(api.controlPlane.now() + DAY_MS).toISOString();
    const brief = await issue({ expiresAt });
    expect(brief.expiresAt).toBe(expiresAt);
    api.controlPlane.advance(DAY_MS);
    expect(await show(`Bearer ${brief.token}`)).toMatchObject({
      statusCode: 401,
      members: { code: "ExpiredTokenException" },
    });
    api.controlPlane.advance(88 * DAY_MS);
    expect((await show(`Bearer ${token}`)).statusCode).toBe(200);
    api.controlPlane.advance(DAY_MS);
    expect((await show(`Bearer ${token}`)).statusCode).toBe(401);
  });

  it("is revoked within a minute, also where it was used just now", async () => {
    const { token, tokenId } = await issue();
    await show(`Bearer ${token}`);
    const path = `/v1/tokens/${tokenId}`;
    expect((await api.send({ method: "DELETE", path })).statusCode).toBe(204);
    api.controlPlane.advance(60_000);
    expect(await show(`Bearer ${token}`)).toMatchObject({
      statusCode: 401,
      members: { code: "UnrecognizedClientException" },
    });
    expect((await api.send({ method: "DELETE", path })).statusCode).toBe(404);
  });

  it("is nothing to the ECS API", async () => {
    const { token } = await issue();
    const event = anHttpEvent("POST", "/", "{}");
    const target = "AmazonEC2ContainerServiceV20141113.ListClusters";
    const headers = {
      ...event.headers,
      authorization: `Bearer ${token}`,
      "x-amz-target": target,
    };
    const answer = await api.handler({ ...event, headers });
    expect(answer.statusCode).toBe(403);
    expect(bodyOf(answer)).toMatchObject({ __type: "IncompleteSignature" });
  });
});

describe("what is refused", () => {
  it.each<[string, (token: string) => string]>([
    ["another secret", (token) => `${token.slice(0, -1)}${token.endsWith("0") ? "1" : "0"}`],
    ["another id", (token) => token.replace(/_[0-9a-f]{4}/, "_ffff")],
    ["a longer one", (token) => `${token}0`],
    ["none of ours", () => "ghp_0123456789"],
  ])("%s", async (_, change) => {
    const { token } = await issue();
    expect(await show(`Bearer ${change(token)}`)).toMatchObject({
      statusCode: 401,
      headers: { "www-authenticate": expect.stringContaining("Bearer") as string },
      members: { code: "UnrecognizedClientException" },
    });
  });

  it.each<[object, string]>([
    [{ kind: "agent" }, "kind: "],
    [{ principal: "a b" }, "principal: "],
    [{ expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt: must be in the future."],
    [{ expiresAt: "2099-01-01T00:00:00Z" }, "expiresAt: must be within 366 days."],
    [{ kind: "policy", policy: {} }, "policy: "],
  ])("a token of %j", async (body, detail) => {
    const whole = { kind: "administrator", principal: "ada", ...body };
    const refused = await api.send({ method: "POST", path: "/v1/tokens", body: whole });
    expect(refused).toMatchObject({
      statusCode: 400,
      members: { detail: expect.stringContaining(detail) as string },
    });
  });

  it("whoever's policy does not name the action", async () => {
    const key = await api.issue({ kind: "policy", policy: allow("ecs:*") });
    expect((await api.send({ method: "GET", path: "/v1/tokens", key })).statusCode).toBe(403);
  });
});
