import * as ecs from "@aws-sdk/client-ecs";
import type { Credential } from "@berth/control-plane/access/find-access-key";
import type { Commands } from "@berth/control-plane/commands/command";
import type { CommandContext, ControlPlane } from "@berth/control-plane/context";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import { EcsError } from "@berth/domain/errors";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { beforeEach, describe, expect, it } from "vitest";
import { createApiHandler } from "./api.ts";
import type { ApiHandler } from "./api.ts";
import type { LogDetails } from "./log.ts";
import { anHttpEvent, HOST, REGION, signedHeaders, toHttpEvent } from "@berth/testing/http-event";
import type { WireRequest } from "@berth/testing/http-event";

const PRINCIPAL = "arn:aws:iam::000000000000:root";
const KEY = { accessKeyId: "AKIAROOT", secretAccessKey: "root-secret" };
const TASK_DEFINITION = { family: "web", containerDefinitions: [{ name: "app", image: "bb:1" }] };

const ROOT: Credential = {
  secretAccessKey: KEY.secretAccessKey,
  principalArn: PRINCIPAL,
  permissions: ADMINISTRATOR,
  isIssued: false,
};

let now: number;
let api: ApiHandler;
let commands: { -readonly [Name in keyof Commands]?: Commands[Name] };
let logged: LogDetails[];
let sent: APIGatewayProxyEventV2[];
let answers: APIGatewayProxyStructuredResultV2[];
/** Last chance to change a signed request on its way. */
let onTheWay: (event: APIGatewayProxyEventV2) => APIGatewayProxyEventV2;

beforeEach(() => {
  now = Date.now();
  logged = [];
  sent = [];
  answers = [];
  onTheWay = (event) => event;
  commands = {};
  const record = (_: string, details: LogDetails) => void logged.push(details);
  api = createApiHandler({
    controlPlane: { now: () => now } as ControlPlane,
    commands,
    rest: {
      "GET /v1/services/:service/explain": {
        kind: "signed",
        access: () => ({ action: "berth:ExplainService", resources: [] }),
        call: (context, { parameters }) =>
          Promise.resolve({ asked: parameters, by: context.principalArn }),
      },
    },
    checkToken: () => Promise.reject(new Error("No test shows a token")),
    findAccessKey: async (id) => (id === "AKIAROOT" ? ROOT : undefined),
    log: { info: record, warn: record, error: record },
  });
});

describe("POST /", () => {
  it("gives the command the parsed request and its caller, and the client the answer", async () => {
    const seen: [CommandContext, unknown][] = [];
    commands.RegisterTaskDefinition = (context, request) => {
      seen.push([context, request]);
      return Promise.resolve({ taskDefinition: { revision: 1, registeredAt: new Date(1500) } });
    };
    const answer = await client().send(new ecs.RegisterTaskDefinitionCommand(TASK_DEFINITION));
    expect(answer.taskDefinition).toEqual({ revision: 1, registeredAt: new Date(1500) });
    expect(answer.$metadata.requestId).toBe("request-1");
    expect(seen).toEqual([
      [
        expect.objectContaining({ requestId: "request-1", principalArn: PRINCIPAL }),
        TASK_DEFINITION,
      ],
    ]);
    expect(answers[0]?.headers).toEqual({
      "content-type": "application/x-amz-json-1.1",
      "x-amzn-requestid": "request-1",
    });
  });

  it("cuts a refusal that repeats a long request", async () => {
    const name = "x".repeat(10_000);
    commands.DescribeClusters = () =>
      Promise.reject(new EcsError("ClusterNotFoundException", name, { resourceIds: ["a"] }));
    await expect(client().send(new ecs.DescribeClustersCommand({}))).rejects.toMatchObject({
      name: "ClusterNotFoundException",
      message: `${name.slice(0, 2_000)}...`,
      resourceIds: ["a"],
    });
  });

  it("passes on a refusal with its code, text and members", async () => {
    commands.RunTask = () =>
      Promise.reject(new EcsError("ConflictException", "Taken.", { resourceIds: ["arn:1"] }));
    const outcome = client().send(new ecs.RunTaskCommand({ taskDefinition: "web" }));
    await expect(outcome).rejects.toMatchObject({
      name: "ConflictException",
      message: "Taken.",
      resourceIds: ["arn:1"],
      $metadata: { httpStatusCode: 400, requestId: "request-1" },
    });
    expect(logged).toEqual([]);
  });

  it("answers a fault of its own with 500, tells nothing, and logs it once without secrets", async () => {
    commands.ListClusters = () => Promise.reject(new TypeError("table exploded"));
    await expect(client().send(new ecs.ListClustersCommand({}))).rejects.toMatchObject({
      name: "ServerException",
      message: "Service Unavailable. Please try again later.",
      $metadata: { httpStatusCode: 500 },
    });
    expect(logged).toEqual([
      {
        requestId: "request-1",
        path: "/",
        target: "AmazonEC2ContainerServiceV20141113.ListClusters",
        error: expect.objectContaining({ name: "TypeError", message: "table exploded" }),
      },
    ]);
    expect(JSON.stringify(logged)).not.toMatch(/Signature|root-secret/);
  });

  it("says which operations are not there yet, with the code that the model has for it", async () => {
    await expect(client().send(new ecs.ListDaemonsCommand({}))).rejects.toMatchObject({
      name: "UnsupportedFeatureException",
      message: "Berth does not have the operation ListDaemons yet.",
    });
    await expect(client().send(new ecs.ListAccountSettingsCommand({}))).rejects.toMatchObject({
      name: "ClientException",
      message: "Berth does not have the operation ListAccountSettings yet.",
    });
  });

  it("refuses what the parser refuses, before any command", async () => {
    await expect(client().send(new ecs.StopTaskCommand({ task: undefined }))).rejects.toMatchObject(
      {
        name: "InvalidParameterException",
        message: "task should not be null.",
      },
    );
  });

  it("refuses an operation that nobody knows", async () => {
    const outcome = client().send(new ecs.ListGatewaysCommand({}));
    await expect(outcome).rejects.toMatchObject({
      name: "UnknownOperationException",
      $metadata: { httpStatusCode: 404 },
    });
  });

  it("reads a body in base64, as API Gateway passes it, and one in plain text", async () => {
    const seen: unknown[] = [];
    commands.CreateCluster = (_, request) => {
      seen.push(request.clusterName);
      return Promise.resolve({});
    };
    await client().send(new ecs.CreateClusterCommand({ clusterName: "blé" }));
    onTheWay = (event) => ({
      ...event,
      body: Buffer.from(event.body ?? "", "base64").toString("utf8"),
      isBase64Encoded: false,
    });
    await client().send(new ecs.CreateClusterCommand({ clusterName: "blé" }));
    expect(seen).toEqual(["blé", "blé"]);
  });
});

describe("a request that may not be carried out", () => {
  beforeEach(() => {
    commands.ListClusters = () => expect.unreachable("It was carried out.");
  });

  const refusals: readonly [
    string,
    (event: APIGatewayProxyEventV2) => APIGatewayProxyEventV2,
    object,
  ][] = [
    [
      "unsigned",
      (event) => ({ ...event, headers: { ...event.headers, authorization: "" } }),
      { name: "MissingAuthenticationTokenException", $metadata: { httpStatusCode: 403 } },
    ],
    [
      "tampered with",
      (event) => ({ ...event, body: Buffer.from('{"maxResults":1}').toString("base64") }),
      { name: "InvalidSignatureException", $metadata: { httpStatusCode: 403 } },
    ],
    [
      "expired",
      (event) => {
        now += 6 * 60_000;
        return event;
      },
      { name: "InvalidSignatureException", message: expect.stringContaining("Signature expired") },
    ],
    [
      "too large",
      (event) => ({ ...event, body: "x".repeat(9 * 1024 * 1024), isBase64Encoded: true }),
      { name: "RequestEntityTooLargeException", $metadata: { httpStatusCode: 413 } },
    ],
  ];

  it.each(refusals)("is refused: %s", async (_, change, refusal) => {
    onTheWay = change;
    await expect(client().send(new ecs.ListClustersCommand({}))).rejects.toMatchObject(refusal);
  });

  it("is refused: another key", async () => {
    await expect(client("AKIAOTHER").send(new ecs.ListClustersCommand({}))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
  });
});

describe("a request that arrives again", () => {
  let carriedOut: number;
  beforeEach(() => {
    carriedOut = 0;
    commands.RegisterTaskDefinition = () =>
      Promise.resolve({ taskDefinition: { revision: (carriedOut += 1) } });
    commands.ListClusters = () => Promise.resolve({ clusterArns: [`${(carriedOut += 1)}`] });
  });

  it("changes nothing twice: soon after, it gets the first answer", async () => {
    await client().send(new ecs.RegisterTaskDefinitionCommand(TASK_DEFINITION));
    expect(await again()).toEqual(answers[0]);
    expect(carriedOut).toBe(1);
  });

  it("changes nothing twice: later, it is refused", async () => {
    await client().send(new ecs.RegisterTaskDefinitionCommand(TASK_DEFINITION));
    now += 4 * 60_000;
    expect(await again()).toMatchObject({
      statusCode: 403,
      body: expect.stringContaining("InvalidSignatureException"),
    });
    expect(carriedOut).toBe(1);
  });

  it("may read again", async () => {
    await client().send(new ecs.ListClustersCommand({}));
    now += 60_000;
    expect(await again()).toMatchObject({ statusCode: 200 });
    expect(carriedOut).toBe(2);
  });

  it("is another request when it was signed anew", async () => {
    await client().send(new ecs.RegisterTaskDefinitionCommand(TASK_DEFINITION));
    await client().send(new ecs.RegisterTaskDefinitionCommand(TASK_DEFINITION));
    expect(carriedOut).toBe(2);
  });
});

describe("other paths", () => {
  it("says that it is there, to anybody", async () => {
    expect(await api(anHttpEvent("GET", "/healthz"))).toMatchObject({
      statusCode: 200,
      body: '{"status":"ok"}',
    });
  });

  it.each([
    ["GET", "/"],
    ["POST", "/healthz"],
    ["GET", "/v1/services/web"],
    ["POST", "/v1/services/web/explain"],
    ["GET", "/../etc/passwd"],
  ])("knows no %s %s", async (method, path) => {
    expect(await api(anHttpEvent(method, path))).toMatchObject({ statusCode: 404 });
  });

  it("explains nothing to strangers, and says so as REST does", async () => {
    const answer = await api(anHttpEvent("GET", "/v1/services/web/explain"));
    expect(answer).toMatchObject({
      statusCode: 401,
      headers: {
        "content-type": "application/problem+json",
        "www-authenticate": expect.stringContaining("Bearer") as string,
        "x-amzn-requestid": "request-1",
      },
    });
    expect(JSON.parse(answer.body ?? "")).toEqual({
      type: "urn:berth:problem:MissingAuthenticationTokenException",
      title: "MissingAuthenticationTokenException",
      status: 401,
      detail: "Missing Authentication Token",
      instance: "/v1/services/web/explain",
      code: "MissingAuthenticationTokenException",
      requestId: "request-1",
    });
  });

  it("hands a signed REST call its parameters", async () => {
    const path = "/v1/services/web/explain";
    const headers = await signedHeaders(KEY, { method: "GET", path, query: { cluster: "a b" } });
    const answer = await api({
      ...anHttpEvent("GET", path),
      rawQueryString: "cluster=a%20b",
      headers,
    });
    expect(answer.statusCode).toBe(200);
    expect(JSON.parse(answer.body ?? "")).toEqual({
      asked: { service: "web", cluster: "a b" },
      by: PRINCIPAL,
    });
  });
});

async function again(): Promise<APIGatewayProxyStructuredResultV2> {
  return api(sent[0] as APIGatewayProxyEventV2);
}

/** The real client: it signs, and its transport is the handler under test. */
function client(accessKeyId = KEY.accessKeyId): ecs.ECSClient {
  return new ecs.ECSClient({
    endpoint: `http://${HOST}`,
    region: REGION,
    maxAttempts: 1,
    credentials: { ...KEY, accessKeyId },
    requestHandler: {
      handle: async (request: WireRequest) => {
        const event = onTheWay(toHttpEvent(request));
        const answer = await api(event);
        sent.push(event);
        answers.push(answer);
        const { statusCode = 200, headers = {}, body = "" } = answer;
        return { response: { statusCode, headers, body: new TextEncoder().encode(body) } };
      },
    },
  });
}
