import { encodeToken } from "@berth/control-plane/commands/paging";
import { allow, bodyOf, WholeApi } from "@berth/testing/whole-api";
import { beforeEach, describe, expect, it } from "vitest";

let api: WholeApi;
beforeEach(async () => {
  api = await WholeApi.start();
});

const ARN = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm";

describe("/v1/alarms", () => {
  it("sets, reads, lists and deletes alarms, whatever is in their names", async () => {
    const name = "web/5xx #1: ä";
    const path = `/v1/alarms/${encodeURIComponent(name)}`;
    const set = await api.rest("PUT", path, { state: "ALARM", reason: "5xx > 1 %" });
    expect(set.statusCode).toBe(200);
    expect(bodyOf(set)).toMatchObject({ alarmName: name, state: "ALARM", reason: "5xx > 1 %" });
    expect(bodyOf(await api.rest("GET", path))).toEqual(bodyOf(set));
    expect(bodyOf(await api.rest("GET", "/v1/alarms"))).toEqual({ alarms: [bodyOf(set)] });
    const after = await api.rest("GET", "/v1/alarms", undefined, { cursor: encodeToken("web0") });
    expect(bodyOf(after)).toEqual({ alarms: [] });
    expect(await api.rest("DELETE", path)).toMatchObject({ statusCode: 204 });
    expect(bodyOf(await api.rest("GET", path))).toMatchObject({
      title: "ResourceNotFoundException",
    });
  });

  it.each<[unknown, string]>([
    [undefined, "Invalid input"],
    [{}, "state: "],
    [{ state: "RED" }, "state: "],
    [{ state: "OK", since: "today" }, 'Unrecognized key: "since"'],
    [{ state: "OK", reason: 1 }, "reason: "],
    [{ state: "OK", reason: "a".repeat(1_024) }, "reason: "],
    [{ state: "OK", periodSeconds: 0 }, "periodSeconds: "],
    [{ state: "OK", periodSeconds: 1.5 }, "periodSeconds: "],
    [{ state: "OK", periodSeconds: 86_401 }, "periodSeconds: "],
    [{ state: "OK", evaluationPeriods: 1_001 }, "evaluationPeriods: "],
  ])("refuses %j as a problem", async (body, detail) => {
    const answer = await api.rest("PUT", "/v1/alarms/errors", body);
    expect(bodyOf(answer)).toMatchObject({
      title: "InvalidParameterException",
      status: 400,
      detail: expect.stringContaining(detail) as string,
    });
    expect(bodyOf(await api.rest("GET", "/v1/alarms"))).toEqual({ alarms: [] });
  });
});

describe("a policy", () => {
  const PATH = "/v1/alarms/errors";
  const BODY = { state: "OK" };

  it.each([
    ["PUT", PATH, "berth:SetAlarm"],
    ["GET", PATH, "berth:GetAlarm"],
    ["DELETE", PATH, "berth:DeleteAlarm"],
  ])("lets %s %s by %s on that alarm, and on no other", async (method, path, action) => {
    await api.rest("PUT", PATH, BODY);
    const on = (name: string) => allow(action, { Resource: `${ARN}:${name}` });
    const may = await api.issue({ kind: "policy", policy: on("errors") });
    const mayNot = await api.issue({ kind: "policy", policy: on("latency") });
    const body = method === "PUT" ? BODY : undefined;
    const refused = await api.rest(method, path, body, {}, mayNot);
    expect(bodyOf(refused)).toMatchObject({ title: "AccessDeniedException" });
    const { statusCode } = await api.rest(method, path, body, {}, may);
    expect(statusCode).toBe(method === "DELETE" ? 204 : 200);
  });

  it("lets whoever may list them", async () => {
    const lister = await api.issue({ kind: "policy", policy: allow("berth:ListAlarms") });
    const other = await api.issue({ kind: "policy", policy: allow("berth:GetAlarm") });
    const list = (key: typeof lister) => api.rest("GET", "/v1/alarms", undefined, {}, key);
    expect((await list(lister)).statusCode).toBe(200);
    expect(bodyOf(await list(other))).toMatchObject({ title: "AccessDeniedException" });
  });

  it("for agents lets them do nothing about alarms", async () => {
    const agent = await api.issue({ kind: "agent" });
    const answer = await api.rest("PUT", PATH, BODY, {}, agent);
    expect(bodyOf(answer)).toMatchObject({ title: "AccessDeniedException" });
  });
});
