import { STREAMS_ATTRIBUTE } from "@berth/contracts/stream/frames";
import { taskArn } from "@berth/domain/arn";
import {
  anInstance,
  aLedger,
  aSession,
  aTask,
  aTaskContainer,
  instanceId,
} from "@berth/testing/builders";
import { anHttpEvent } from "@berth/testing/http-event";
import { allow, bodyOf, WholeApi } from "@berth/testing/whole-api";
import { beforeEach, describe, expect, it } from "vitest";

const SCOPE = { region: "eu-central-1", account: "123456789012" };
const TASK = aTask().id;
const INSTANCE = instanceId(2);
const BODIES = { exec: { command: ["ls"] }, logs: {}, "port-forward": { port: 80 } } as const;
type Kind = keyof typeof BODIES;

let api: WholeApi;
beforeEach(async () => {
  api = await WholeApi.start();
  const { store } = api.controlPlane;
  const attributes = [{ name: STREAMS_ATTRIBUTE }];
  await store.instances.create(anInstance({ id: INSTANCE, attributes }), aLedger({ id: INSTANCE }));
  await store.sessions.create(aSession({ containerInstanceId: INSTANCE, connectionId: "c" }));
  const containers = [aTaskContainer({ name: "web", lastStatus: "RUNNING" })];
  const running = { lastStatus: "RUNNING", enableExecuteCommand: true, containers } as const;
  await store.tasks.create(aTask({ ...running, containerInstanceId: INSTANCE }));
});

const pathOf = (kind: Kind, task: string = TASK) => `/v1/tasks/${encodeURIComponent(task)}/${kind}`;

describe("asking for a session", () => {
  it.each(["exec", "logs", "port-forward"] as const)("by %s gives a ticket", async (kind) => {
    const answer = await api.rest("POST", pathOf(kind), BODIES[kind]);
    expect(answer.statusCode).toBe(201);
    const { sessionId, streamUrl } = bodyOf(answer) as Record<string, string>;
    expect(streamUrl).toContain(`streamSession=${sessionId}`);
  });

  it.each<[Kind, unknown, string]>([
    ["exec", undefined, "Invalid input"],
    ["exec", {}, "command: "],
    ["exec", { command: [] }, "command: "],
    ["exec", { command: "ls" }, "command: "],
    ["exec", { command: [""] }, "command: must name a program"],
    ["exec", { command: ["a".repeat(9_000), "b".repeat(9_000)] }, "command: must not be longer"],
    ["exec", { command: ["ls"], tty: "yes" }, "tty: "],
    ["exec", { command: ["ls"], container: "__proto__" }, "container: "],
    ["exec", { command: ["ls"], user: "root" }, 'Unrecognized key: "user"'],
    ["logs", { tail: -1 }, "tail: "],
    ["logs", { since: "10m" }, "since: "],
    ["logs", { container: "constructor" }, "container: "],
    ["port-forward", {}, "port: "],
    ["port-forward", { port: 0 }, "port: "],
    ["port-forward", { port: 65_536 }, "port: "],
  ])("by %s with %j is refused, and says what for", async (kind, body, detail) => {
    const answer = await api.rest("POST", pathOf(kind), body);
    expect(bodyOf(answer)).toMatchObject({
      title: "InvalidParameterException",
      status: 400,
      detail: expect.stringContaining(detail) as string,
    });
    expect(await api.controlPlane.store.streamSessions.onInstance(INSTANCE, 1)).toEqual([]);
  });

  it("for a task that is not there is a 404", async () => {
    const answer = await api.rest("POST", pathOf("logs", TASK.replace(/.$/, "e")), {});
    expect(bodyOf(answer)).toMatchObject({ title: "ResourceNotFoundException", status: 404 });
  });

  it.each<[Kind, string]>([
    ["exec", "ecs:ExecuteCommand"],
    ["logs", "berth:GetTaskLogs"],
    ["port-forward", "berth:ForwardTaskPort"],
  ])("by %s is allowed by %s on that task, and by nothing else", async (kind, action) => {
    const Resource = taskArn(SCOPE, "default", TASK);
    const may = await api.issue({ kind: "policy", policy: allow(action, { Resource }) });
    const other = taskArn(SCOPE, "default", TASK.replace(/.$/, "e"));
    const policies = [allow(action, { Resource: other }), allow("ecs:DescribeTasks")];
    for (const policy of policies) {
      const mayNot = await api.issue({ kind: "policy", policy });
      const refused = await api.rest("POST", pathOf(kind), BODIES[kind], {}, mayNot);
      expect(bodyOf(refused)).toMatchObject({ title: "AccessDeniedException", status: 403 });
    }
    const answer = await api.rest("POST", pathOf(kind), BODIES[kind], {}, may);
    expect(answer.statusCode).toBe(201);
  });

  it("remembers what was shown for it, where that may be taken back", async () => {
    const { streamSessions } = api.controlPlane.store;
    const credentialAfter = async (ask: () => Promise<object>) => {
      expect(await ask()).toMatchObject({ statusCode: 201 });
      const [session] = await streamSessions.onInstance(INSTANCE, 1);
      if (session) await streamSessions.delete(session);
      return session?.credential;
    };
    const key = await api.issue({ kind: "administrator" });
    const body = { kind: "administrator", principal: "ada" };
    const { members } = await api.send({ method: "POST", path: "/v1/tokens", body });
    const headers = { authorization: `Bearer ${String(members["token"])}` };
    const event = anHttpEvent("POST", pathOf("logs"), "{}");
    const withToken = () => api.handler({ ...event, headers: { ...event.headers, ...headers } });
    const withKey = () => api.rest("POST", pathOf("logs"), {}, {}, key);
    expect(await credentialAfter(() => api.rest("POST", pathOf("logs"), {}))).toBeUndefined();
    expect(await credentialAfter(withKey)).toEqual({ kind: "accessKey", id: key.accessKeyId });
    expect(await credentialAfter(withToken)).toEqual({ kind: "apiToken", id: members["tokenId"] });
  });
});
