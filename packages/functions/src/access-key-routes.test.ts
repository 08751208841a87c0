import * as ecs from "@aws-sdk/client-ecs";
import type { CreatedAccessKey } from "@berth/contracts/rest/access-keys";
import { beforeEach, describe, expect, it } from "vitest";
import type { Key } from "@berth/testing/http-event";
import { allow, bodyOf, ROOT, WholeApi } from "@berth/testing/whole-api";

let api: WholeApi;
beforeEach(async () => {
  api = await WholeApi.start();
});

describe("POST /v1/access-keys", () => {
  it("gives a key that works at once, and tells its secret nobody else", async () => {
    const answer = await api.rest("POST", "/v1/access-keys", {
      kind: "administrator",
      principal: "ada",
    });
    expect(answer.statusCode).toBe(201);
    const key = bodyOf(answer) as unknown as CreatedAccessKey;
    expect(await api.client(key).send(new ecs.ListClustersCommand({}))).toMatchObject({
      clusterArns: [expect.stringContaining("cluster/default") as string],
    });
    const others = [
      await api.rest("GET", "/v1/access-keys"),
      await api.rest("GET", `/v1/access-keys/${key.accessKeyId}`),
      await api.rest("PATCH", `/v1/access-keys/${key.accessKeyId}`, { status: "Inactive" }),
    ];
    expect(others.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(JSON.stringify([others, api.logged])).not.toContain(key.secretAccessKey);
  });

  it.each<[unknown, string]>([
    [undefined, "Invalid input"],
    [{ kind: "king", principal: "ada" }, "kind: "],
    [{ kind: "agent" }, "principal: "],
    [{ kind: "agent", principal: "a b" }, "principal: must be 1 to 64 of"],
    [{ kind: "agent", principal: "a", policy: {} }, "policy"],
    [{ kind: "policy", principal: "a" }, "policy: "],
    [{ kind: "policy", principal: "a", policy: "all" }, "policy: "],
    [{ kind: "policy", principal: "a", policy: {} }, "policy: Statement must hold a statement."],
    [
      { kind: "policy", principal: "a", policy: allow("ecs:*", { Condition: { Bool: {} } }) },
      "policy: Statement[0].Condition.Bool is not one of",
    ],
    [{ kind: "agent", principal: "a", expiresAt: "tomorrow" }, "expiresAt: "],
  ])("refuses %j as a problem", async (body, detail) => {
    const answer = await api.rest("POST", "/v1/access-keys", body);
    expect(answer.headers).toMatchObject({ "content-type": "application/problem+json" });
    expect(bodyOf(answer)).toMatchObject({
      title: "InvalidParameterException",
      status: 400,
      detail: expect.stringContaining(detail) as string,
    });
  });

  it("refuses what is no JSON", async () => {
    const answer = await api.handler(await api.signed(ROOT, "POST", "/v1/access-keys", "{"));
    expect(bodyOf(answer)).toMatchObject({ detail: "The body is not valid JSON." });
  });

  it("makes one key of a request that comes twice", async () => {
    const body = JSON.stringify({ kind: "agent", principal: "fleet" });
    const request = await api.signed(ROOT, "POST", "/v1/access-keys", body);
    expect(bodyOf(await api.handler(request))).toEqual(bodyOf(await api.handler(request)));
    expect(bodyOf(await api.rest("GET", "/v1/access-keys"))).toMatchObject({
      accessKeys: [{ principal: "fleet" }],
    });
  });
});

describe("the other calls on /v1/access-keys", () => {
  it("lists by pages, temporary keys apart", async () => {
    const { accessKeyId } = await api.issue({ kind: "agent" });
    expect(bodyOf(await api.rest("GET", "/v1/access-keys"))).toMatchObject({
      accessKeys: [{ accessKeyId }],
    });
    const temporary = await api.rest("GET", "/v1/access-keys", undefined, { temporary: "true" });
    expect(bodyOf(temporary)).toEqual({ accessKeys: [] });
    const other = await api.issue({ kind: "agent" });
    const page = (query: Record<string, string>) =>
      api.rest("GET", "/v1/access-keys", undefined, { limit: "1", ...query });
    const first = bodyOf(await page({}));
    const cursor = String(first["next"]);
    const second = bodyOf(await page({ cursor }));
    const ids = [first, second].flatMap(({ accessKeys }) =>
      (accessKeys as readonly Key[]).map((key) => key.accessKeyId),
    );
    expect(ids.toSorted()).toEqual([accessKeyId, other.accessKeyId].toSorted());
    expect(ids).not.toContain(cursor);
    expect(bodyOf(await page({ cursor: accessKeyId }))).toMatchObject({
      detail: "Invalid cursor.",
    });
    expect(bodyOf(await page({ limit: "101" }))).toMatchObject({ status: 400 });
    const odd = await api.rest("GET", "/v1/access-keys", undefined, { temporary: "perhaps" });
    expect(bodyOf(odd)).toMatchObject({ detail: expect.stringContaining("temporary: ") as string });
  });

  it("deletes, with nothing to say", async () => {
    const { accessKeyId } = await api.issue({ kind: "agent" });
    const path = `/v1/access-keys/${accessKeyId}`;
    expect(await api.rest("DELETE", path)).toMatchObject({ statusCode: 204 });
    // Within the same second it would be the same request again.
    api.controlPlane.advance(1_000);
    expect(bodyOf(await api.rest("DELETE", path))).toMatchObject({
      title: "ResourceNotFoundException",
    });
  });

  it("are for administrators, and for whom a policy lets", async () => {
    const deployer = await api.issue({ kind: "policy", policy: allow("ecs:*") });
    const agent = await api.issue({ kind: "agent" });
    const auditor = await api.issue({ kind: "policy", policy: allow("berth:List*") });
    const calls = (key: Key) =>
      Promise.all([
        api.rest("GET", "/v1/access-keys", undefined, {}, key),
        api.rest("POST", "/v1/access-keys", { kind: "administrator", principal: "me" }, {}, key),
        api.rest("DELETE", `/v1/access-keys/${agent.accessKeyId}`, undefined, {}, key),
      ]);
    const titles = async (key: Key) => (await calls(key)).map((each) => bodyOf(each).title);
    const denied = "AccessDeniedException";
    expect(await titles(deployer)).toEqual([denied, denied, denied]);
    expect(await titles(agent)).toEqual([denied, denied, denied]);
    expect(await titles(auditor)).toEqual([undefined, denied, denied]);
  });
});
