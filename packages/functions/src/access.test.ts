import * as ecs from "@aws-sdk/client-ecs";
import type { CreatedAccessKey } from "@berth/contracts/rest/access-keys";
import type { Credential } from "@berth/control-plane/access/find-access-key";
import { createFindAccessKey } from "@berth/control-plane/access/find-access-key";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import { aTask, instanceId, taskId } from "@berth/testing/builders";
import { aControlPlane } from "@berth/testing/control-plane";
import { FakeSecretBox } from "@berth/testing/fake-secret-box";
import { setUpCluster } from "@berth/testing/set-up-cluster";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { beforeEach, describe, expect, it } from "vitest";
import type { ApiHandler } from "./api.ts";
import { apiHandler } from "./handlers.ts";
import type { LogDetails } from "./log.ts";
import { createMetrics } from "./metrics.ts";

/* What a key may do, over the wire: the real edge and commands, on the memory store. */

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const ROOT = { accessKeyId: "AKIAROOT", secretAccessKey: "root-secret" };
const ROOT_CREDENTIAL: Credential = {
  ...ROOT,
  principalArn: "arn:root",
  permissions: ADMINISTRATOR,
  isIssued: false,
};
const HOST = "berth.test";
const MINUTE = 60_000;

let controlPlane: ReturnType<typeof aControlPlane>;
let handler: ApiHandler;
let logged: [string, LogDetails][];
let issued = 0;
beforeEach(async () => {
  controlPlane = aControlPlane({ now: Date.now() });
  logged = [];
  const record = (message: string, details: LogDetails) => void logged.push([message, details]);
  const box = new FakeSecretBox();
  const builtIn = new Map([[ROOT.accessKeyId, ROOT_CREDENTIAL]]);
  handler = apiHandler({
    controlPlane,
    agents: controlPlane.agents,
    metrics: createMetrics({ stage: "test", functionName: "api", write: () => undefined }),
    sqs: { send: () => expect.unreachable() },
    queueUrls: { service: "", placement: "", dispatch: "", coalesced: "", timers: "" },
    findAccessKey: createFindAccessKey({ ...controlPlane, opener: box, builtIn }),
    sealer: box,
    identities: { identify: async () => "refused" },
    rules: { installation: HOST, stsEndpoint: "https://sts.test", instanceRoles: [] },
    log: { info: record, warn: record, error: record },
  });
  await setUpCluster(controlPlane);
});

const allow = (Action: string, more: object = {}) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource: "*", ...more }],
});

describe("POST /v1/access-keys", () => {
  it("gives a key that works at once, and tells its secret nobody else", async () => {
    const answer = await rest("POST", "/v1/access-keys", {
      kind: "administrator",
      principal: "ada",
    });
    expect(answer.statusCode).toBe(201);
    const key = bodyOf(answer) as unknown as CreatedAccessKey;
    expect(await client(key).send(new ecs.ListClustersCommand({}))).toMatchObject({
      clusterArns: [expect.stringContaining("cluster/default") as string],
    });
    const others = [
      await rest("GET", "/v1/access-keys"),
      await rest("GET", `/v1/access-keys/${key.accessKeyId}`),
      await rest("PATCH", `/v1/access-keys/${key.accessKeyId}`, { status: "Inactive" }),
    ];
    expect(others.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(JSON.stringify([others, logged])).not.toContain(key.secretAccessKey);
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
    const answer = await rest("POST", "/v1/access-keys", body);
    expect(answer.headers).toMatchObject({ "content-type": "application/problem+json" });
    expect(bodyOf(answer)).toMatchObject({
      title: "InvalidParameterException",
      status: 400,
      detail: expect.stringContaining(detail) as string,
    });
  });

  it("refuses what is no JSON", async () => {
    const answer = await handler(await signed(ROOT, "POST", "/v1/access-keys", "{"));
    expect(bodyOf(answer)).toMatchObject({ detail: "The body is not valid JSON." });
  });

  it("makes one key of a request that comes twice", async () => {
    const body = JSON.stringify({ kind: "agent", principal: "fleet" });
    const request = await signed(ROOT, "POST", "/v1/access-keys", body);
    expect(bodyOf(await handler(request))).toEqual(bodyOf(await handler(request)));
    expect(bodyOf(await rest("GET", "/v1/access-keys"))).toMatchObject({
      accessKeys: [{ principal: "fleet" }],
    });
  });
});

describe("the other calls on /v1/access-keys", () => {
  it("lists by pages, temporary keys apart", async () => {
    const { accessKeyId } = await issue({ kind: "agent" });
    expect(bodyOf(await rest("GET", "/v1/access-keys"))).toMatchObject({
      accessKeys: [{ accessKeyId }],
    });
    const temporary = await rest("GET", "/v1/access-keys", undefined, { temporary: "true" });
    expect(bodyOf(temporary)).toEqual({ accessKeys: [] });
    const after = await rest("GET", "/v1/access-keys", undefined, { startAfter: accessKeyId });
    expect(bodyOf(after)).toEqual({ accessKeys: [] });
    const odd = await rest("GET", "/v1/access-keys", undefined, { temporary: "perhaps" });
    expect(bodyOf(odd)).toMatchObject({ detail: expect.stringContaining("temporary: ") as string });
  });

  it("deletes, with nothing to say", async () => {
    const { accessKeyId } = await issue({ kind: "agent" });
    const path = `/v1/access-keys/${accessKeyId}`;
    expect(await rest("DELETE", path)).toMatchObject({ statusCode: 204 });
    // Within the same second it would be the same request again.
    controlPlane.advance(1_000);
    expect(bodyOf(await rest("DELETE", path))).toMatchObject({
      title: "ResourceNotFoundException",
    });
  });

  it("are for administrators, and for whom a policy lets", async () => {
    const deployer = await issue({ kind: "policy", policy: allow("ecs:*") });
    const agent = await issue({ kind: "agent" });
    const auditor = await issue({ kind: "policy", policy: allow("berth:List*") });
    const calls = (key: Key) =>
      Promise.all([
        rest("GET", "/v1/access-keys", undefined, {}, key),
        rest("POST", "/v1/access-keys", { kind: "administrator", principal: "me" }, {}, key),
        rest("DELETE", `/v1/access-keys/${agent.accessKeyId}`, undefined, {}, key),
      ]);
    const titles = async (key: Key) => (await calls(key)).map((each) => bodyOf(each).title);
    const denied = "AccessDeniedException";
    expect(await titles(deployer)).toEqual([denied, denied, denied]);
    expect(await titles(agent)).toEqual([denied, denied, denied]);
    expect(await titles(auditor)).toEqual([undefined, denied, denied]);
  });
});

describe("a key with a policy", () => {
  it("may do what that allows, and is told what it lacks in AWS's words", async () => {
    const key = await issue({
      kind: "policy",
      policy: allow("ecs:Describe*"),
      principal: "viewer",
    });
    await expect(client(key).send(new ecs.DescribeClustersCommand({}))).resolves.toBeDefined();
    const refused = client(key).send(new ecs.DeleteClusterCommand({ cluster: "default" }));
    await expect(refused).rejects.toMatchObject({
      name: "AccessDeniedException",
      message:
        "User: arn:aws:iam::123456789012:user/viewer is not authorized to perform: ecs:DeleteCluster on resource: arn:aws:ecs:eu-central-1:123456789012:cluster/default because no identity-based policy allows the ecs:DeleteCluster action",
      $metadata: { httpStatusCode: 400 },
    });
    expect(logged).toEqual([]);
  });

  it("hears of operations that Berth does not have, and of malformed requests, as anybody", async () => {
    const key = await issue({ kind: "policy", policy: allow("ecs:Describe*") });
    await expect(client(key).send(new ecs.ListAccountSettingsCommand({}))).rejects.toMatchObject({
      name: "ClientException",
    });
    const stop = new ecs.StopTaskCommand({ task: undefined });
    await expect(client(key).send(stop)).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });

  it("plans and applies where it may, and what it may do by itself", async () => {
    const change = {
      createService: { serviceName: "planned", taskDefinition: "web", desiredCount: 0 },
    };
    const inOther = allow("berth:CreatePlan", { Resource: "arn:aws:ecs:*:*:cluster/other" });
    const elsewhere = await issue({ kind: "policy", policy: inOther });
    const refused = await rest("POST", "/v1/plans", { change }, {}, elsewhere);
    expect(bodyOf(refused)).toMatchObject({ title: "AccessDeniedException" });

    const planner = await issue({ kind: "policy", policy: allow("berth:*Plan") });
    const planned = await rest("POST", "/v1/plans", { change }, {}, planner);
    expect(planned.statusCode).toBe(200);
    const plan = bodyOf(planned);
    const denied = await rest("POST", "/v1/plans/apply", plan, {}, planner);
    expect(bodyOf(denied)).toMatchObject({
      title: "AccessDeniedException",
      detail: expect.stringContaining("ecs:CreateService") as string,
    });
    const applied = await rest("POST", "/v1/plans/apply", plan);
    expect(bodyOf(applied)).toMatchObject({ planId: plan["planId"] });
  });

  it("explains services where it may", async () => {
    const key = await issue({ kind: "policy", policy: allow("berth:ExplainService") });
    const path = "/v1/services/web/explain";
    expect(bodyOf(await rest("GET", path, undefined, {}, key))).toMatchObject({
      title: "ServiceNotFoundException",
    });
    const other = await issue({ kind: "policy", policy: allow("ecs:*") });
    expect(bodyOf(await rest("GET", path, undefined, {}, other))).toMatchObject({
      title: "AccessDeniedException",
      detail: expect.stringContaining("service/default/web because") as string,
    });
  });

  it("explains tasks where it may", async () => {
    const id = taskId("service:web", 1);
    const path = `/v1/tasks/${id}/explain`;
    const key = await issue({ kind: "policy", policy: allow("berth:ExplainTask") });
    expect(bodyOf(await rest("GET", path, undefined, {}, key))).toMatchObject({
      title: "ResourceNotFoundException",
    });
    const other = await issue({ kind: "policy", policy: allow("berth:ExplainService") });
    expect(bodyOf(await rest("GET", path, undefined, {}, other))).toMatchObject({
      title: "AccessDeniedException",
      detail: expect.stringContaining("berth:ExplainTask on resource: arn:aws:ecs") as string,
    });
  });
});

describe("a key that is", () => {
  const list = (key: Key) => client(key).send(new ecs.ListClustersCommand({}));

  it("switched off is refused within a minute, and switched on again is good", async () => {
    const key = await issue({ kind: "administrator" });
    await list(key);
    const path = `/v1/access-keys/${key.accessKeyId}`;
    await rest("PATCH", path, { status: "Inactive" });
    controlPlane.advance(MINUTE);
    await expect(list(key)).rejects.toMatchObject({
      name: "UnrecognizedClientException",
      message: "The security token included in the request is invalid.",
    });
    await rest("PATCH", path, { status: "Active" });
    controlPlane.advance(MINUTE);
    await expect(list(key)).resolves.toBeDefined();
  });

  it("deleted is refused within a minute", async () => {
    const key = await issue({ kind: "administrator" });
    await list(key);
    await rest("DELETE", `/v1/access-keys/${key.accessKeyId}`);
    controlPlane.advance(MINUTE);
    await expect(list(key)).rejects.toMatchObject({ name: "UnrecognizedClientException" });
  });

  it("over is refused at once", async () => {
    const expiresAt = new Date(controlPlane.now() + MINUTE).toISOString();
    const key = await issue({ kind: "administrator", expiresAt });
    await list(key);
    controlPlane.advance(MINUTE);
    await expect(list(key)).rejects.toMatchObject({ name: "ExpiredTokenException" });
  });

  it("somebody else's is refused without its secret", async () => {
    const { accessKeyId } = await issue({ kind: "administrator" });
    const { secretAccessKey } = await issue({ kind: "administrator" });
    await expect(list({ accessKeyId, secretAccessKey })).rejects.toMatchObject({
      name: "InvalidSignatureException",
    });
  });
});

describe("an agent's key", () => {
  it("creates no services, and reads nothing", async () => {
    const key = await issue({ kind: "agent", principal: "fleet" });
    const calls = [
      new ecs.CreateServiceCommand({ serviceName: "web", taskDefinition: "web", desiredCount: 1 }),
      new ecs.DescribeTasksCommand({ tasks: ["1".repeat(32)] }),
    ];
    for (const call of calls) {
      await expect(client(key).send(call as ecs.CreateServiceCommand)).rejects.toMatchObject({
        name: "AccessDeniedException",
      });
    }
    await expect(client(key).send(new ecs.DiscoverPollEndpointCommand({}))).resolves.toBeDefined();
  });

  it("says nothing of another principal's tasks", async () => {
    const task = aTask({ id: "1".repeat(32), containerInstanceId: instanceId(1) });
    await controlPlane.store.tasks.create(task);
    const key = await issue({ kind: "agent", principal: "fleet" });
    const report = new ecs.SubmitTaskStateChangeCommand({ task: task.id, status: "STOPPED" });
    await expect(client(key).send(report)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("ecs:SubmitTaskStateChange on resource: ") as string,
    });
  });
});

describe("POST /v1/join", () => {
  const join = (body: unknown) => handler(anEvent("POST", "/v1/join", JSON.stringify(body)));

  it("needs no signature, and says where it is not set up", async () => {
    const answer = await join({ url: "https://sts.test/" });
    expect(answer.statusCode).toBe(400);
    expect(bodyOf(answer)).toMatchObject({
      title: "UnsupportedFeatureException",
      detail: expect.stringContaining("BERTH_INSTANCE_ROLES") as string,
    });
  });

  it.each([[{}], [{ url: 7 }], [{ url: "https://sts.test/", more: 1 }], [[]], ["url"]])(
    "refuses %j",
    async (body) => {
      expect(bodyOf(await join(body))).toMatchObject({ title: "InvalidParameterException" });
    },
  );

  it("reads no long bodies", async () => {
    const answer = await join({ url: "x".repeat(20_000) });
    expect(answer.statusCode).toBe(413);
  });
});

async function issue(body: object): Promise<Key> {
  // Two equal requests within a second are one.
  const principal = `principal-${(issued += 1)}`;
  const answer = await rest("POST", "/v1/access-keys", { principal, ...body });
  if (answer.statusCode !== 201) throw new Error(answer.body);
  return JSON.parse(answer.body ?? "") as Key;
}

async function rest(
  method: string,
  path: string,
  body?: unknown,
  query: Record<string, string> = {},
  key: Key = ROOT,
): Promise<APIGatewayProxyStructuredResultV2> {
  const text = body === undefined ? "" : JSON.stringify(body);
  return handler(await signed(key, method, path, text, query));
}

const bodyOf = ({ body = "{}" }: APIGatewayProxyStructuredResultV2) =>
  JSON.parse(body) as Record<string, unknown>;

/** The real client: it signs, and its transport is the handler under test. */
function client(credentials: Key): ecs.ECSClient {
  return new ecs.ECSClient({
    endpoint: `http://${HOST}`,
    region: "eu-central-1",
    maxAttempts: 1,
    credentials,
    requestHandler: {
      handle: async (request: { headers: Record<string, string>; body: Uint8Array }) => {
        const headers = await resignedNow(credentials, request);
        const event = { ...anEvent("POST", "/", new TextDecoder().decode(request.body)), headers };
        const { statusCode = 200, headers: answered = {}, body = "" } = await handler(event);
        return {
          response: { statusCode, headers: answered, body: new TextEncoder().encode(body) },
        };
      },
    },
  });
}

/** The client signs by its own clock, and the control plane goes by the test's. */
async function resignedNow(
  key: Key,
  { headers, body }: { headers: Record<string, string>; body: Uint8Array },
): Promise<Record<string, string>> {
  const names = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const {
    authorization: _,
    "x-amz-date": _1,
    ...others
  } = Object.fromEntries(names) as Record<string, string>;
  return sign(key, { method: "POST", path: "/", headers: others, body });
}

async function signed(
  key: Key,
  method: string,
  path: string,
  body = "",
  query: Record<string, string> = {},
): Promise<APIGatewayProxyEventV2> {
  const headers = await sign(key, { method, path, query, headers: { host: HOST }, body });
  const rawQueryString = new URLSearchParams(query).toString();
  return { ...anEvent(method, path, body), headers, rawQueryString };
}

async function sign(
  credentials: Key,
  request: {
    readonly method: string;
    readonly path: string;
    readonly query?: Record<string, string>;
    readonly headers: Record<string, string>;
    readonly body: string | Uint8Array;
  },
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    credentials,
    region: "eu-central-1",
    service: "ecs",
    sha256: Hash.bind(undefined, "sha256"),
  });
  const whole = { protocol: "http:", hostname: HOST, ...request };
  const { headers } = await signer.sign(whole, { signingDate: new Date(controlPlane.now()) });
  return headers;
}

function anEvent(method: string, rawPath: string, body: string): APIGatewayProxyEventV2 {
  return {
    rawPath,
    rawQueryString: "",
    headers: { host: HOST },
    body,
    requestContext: { requestId: "r1", http: { method } },
  } as unknown as APIGatewayProxyEventV2;
}
