import type { Envelope } from "@berth/contracts/agent/messages";
import type { Credential } from "@berth/control-plane/access/find-access-key";
import type {
  AgentHandshake,
  Dialler,
  HandshakeOutcome,
} from "@berth/control-plane/agents/connections";
import type { ClientHandshake } from "@berth/control-plane/streams/bind-stream";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import { EcsError } from "@berth/domain/errors";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { beforeEach, describe, expect, it } from "vitest";
import { createAgentSocketHandler } from "./agent-socket.ts";
import type { AgentSocketEvent, AgentSocketHandler } from "./agent-socket.ts";
import type { LogDetails } from "./log.ts";

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0);
const ARN = "arn:aws:ecs:us-east-1:000000000000:container-instance/default/1";
const QUERY = {
  agentHash: "8dfceca6",
  agentVersion: "1.105.1",
  clusterArn: "default",
  containerInstanceArn: ARN,
  dockerVersion: "DockerVersion: 20.10.24",
  protocolVersion: "2",
  sendCredentials: "true",
  seqNum: "1",
};

const ROOT: Credential = {
  secretAccessKey: "secret",
  principalArn: "arn:root",
  permissions: ADMINISTRATOR,
  isIssued: false,
};
const KEYS = new Map<string, Credential>([
  ["AKIAROOT", ROOT],
  ["AKIAAGENT", { ...ROOT, permissions: { kind: "agent" }, isIssued: true }],
]);

let handler: AgentSocketHandler;
let outcome: () => Promise<HandshakeOutcome>;
let answer: (frame: Envelope) => Promise<Envelope | undefined>;
let handshakes: AgentHandshake[];
let diallers: Dialler[];
let disconnected: string[];
let received: [string, Envelope][];
let pushed: [string, Envelope][];
let logged: LogDetails[];
let clients: ClientHandshake[];
let streamHandshakes: AgentHandshake[];
let streamed: [string, Envelope][];
let streamRefusal: EcsError | undefined;

beforeEach(() => {
  [handshakes, diallers, disconnected, received, pushed, logged] = [[], [], [], [], [], []];
  [clients, streamHandshakes, streamed, streamRefusal] = [[], [], [], undefined];
  outcome = () => Promise.resolve("connected");
  answer = () => Promise.resolve(undefined);
  const record = (_: string, details: LogDetails) => void logged.push(details);
  handler = createAgentSocketHandler({
    findAccessKey: async (id) => KEYS.get(id),
    now: () => NOW,
    connect: (handshake, dialler) => {
      handshakes.push(handshake);
      diallers.push(dialler);
      return outcome();
    },
    disconnect: (connectionId) => {
      disconnected.push(connectionId);
      return Promise.resolve();
    },
    receive: (connectionId, frame) => {
      received.push([connectionId, frame]);
      return answer(frame);
    },
    push: (connectionId, message) => {
      pushed.push([connectionId, message]);
      return Promise.resolve("sent");
    },
    streams: {
      connectClient: (handshake) => {
        clients.push(handshake);
        return streamRefusal ? Promise.reject(streamRefusal) : Promise.resolve();
      },
      connectAgent: (handshake, dialler) => {
        streamHandshakes.push(handshake);
        diallers.push(dialler);
        return outcome();
      },
      receive: (connectionId, frame) => {
        streamed.push([connectionId, frame]);
        return Promise.resolve();
      },
      disconnect: (connectionId) => Promise.resolve(connectionId === "stream"),
    },
    log: { info: record, warn: record, error: record },
  });
});

describe("$connect", () => {
  it("lets in a command socket that was signed as the agent signs", async () => {
    expect(await handler(await aHandshake())).toMatchObject({ statusCode: 200 });
    expect(handshakes).toEqual([
      {
        sendCredentials: true,
        connectionId: "c1",
        kind: "acs",
        cluster: "default",
        containerInstanceArn: ARN,
        agentVersion: "1.105.1",
        agentHash: "8dfceca6",
        dockerVersion: "DockerVersion: 20.10.24",
      },
    ]);
  });

  it("lets in a telemetry socket, and one that dials twice within a second", async () => {
    const handshake = await aHandshake({ cluster: "default", containerInstance: ARN });
    expect(await handler(handshake)).toMatchObject({ statusCode: 200 });
    expect(await handler(handshake)).toMatchObject({ statusCode: 200 });
    expect(handshakes.map(({ kind }) => kind)).toEqual(["tcs", "tcs"]);
  });

  it("reads headers as API Gateway writes them, and parameters given several times", async () => {
    const handshake = await aHandshake();
    const headers = Object.entries(handshake.headers ?? {});
    const capitals = headers.map(([name, value]) => [name.toUpperCase(), value]);
    const values = Object.entries(QUERY).map(([name, value]) => [name, [value]]);
    const event = {
      ...handshake,
      headers: Object.fromEntries(capitals) as Record<string, string>,
      multiValueQueryStringParameters: Object.fromEntries(values) as Record<string, string[]>,
    };
    expect(await handler(event)).toMatchObject({ statusCode: 200 });
  });

  it("refuses in the form that the agent reads", async () => {
    outcome = () =>
      Promise.resolve({
        refused: "InactiveInstanceException",
        message: "Container instance is inactive.",
      });
    expect(await handler(await aHandshake())).toEqual({
      statusCode: 400,
      headers: { "content-type": "application/json" },
      body: '{"type":"InactiveInstanceException","message":{"message":"Container instance is inactive."}}',
    });
  });

  it("tells who has signed, and the key by its id where it can be revoked", async () => {
    await handler(await aHandshake());
    await handler(await aHandshake(QUERY, "AKIAAGENT"));
    expect(diallers).toEqual([
      { permissions: ADMINISTRATOR, principalArn: "arn:root" },
      { permissions: { kind: "agent" }, principalArn: "arn:root", accessKeyId: "AKIAAGENT" },
    ]);
  });

  it("refuses a key that may not, in the form that the agent reads", async () => {
    outcome = () => Promise.reject(new EcsError("AccessDeniedException", "Not yours."));
    const refusal = await handler(await aHandshake());
    expect(refusalOf(refusal)).toEqual([403, "AccessDeniedException"]);
    expect(refusal.body).toContain("Not yours.");
  });

  it("refuses a dialler that is no agent", async () => {
    expect(refusalOf(await handler(await aHandshake({ page: "1" })))).toEqual([
      400,
      "BadRequestException",
    ]);
  });

  it.each<[string, (event: AgentSocketEvent) => AgentSocketEvent]>([
    ["unsigned", (event) => ({ ...event, headers: { Host: "127.0.0.1" } })],
    ["without anything", ({ requestContext }) => ({ requestContext, isBase64Encoded: false })],
    [
      "for another instance than signed",
      (event) => ({
        ...event,
        queryStringParameters: { ...QUERY, containerInstanceArn: `${ARN}2` },
      }),
    ],
    [
      "on another stage than signed",
      (event) => ({ ...event, requestContext: { ...event.requestContext, stage: "prod" } }),
    ],
  ])("refuses a handshake %s", async (_, change) => {
    const refusal = await handler(change(await aHandshake()));
    expect(refusalOf(refusal)).toEqual([403, "AccessDeniedException"]);
    expect(handshakes).toEqual([]);
  });

  it("tells an agent nothing of a fault, and logs it once", async () => {
    outcome = () => Promise.reject(new Error("no table"));
    expect(refusalOf(await handler(await aHandshake()))).toEqual([500, "ServerException"]);
    expect(logged).toEqual([
      {
        routeKey: "$connect",
        connectionId: "c1",
        error: expect.objectContaining({ message: "no table" }),
      },
    ]);
  });
});

describe("$default", () => {
  const FRAME = { type: "TaskStopVerificationMessage", message: { messageId: "m1" } };

  it("hands on a frame and pushes the answer back", async () => {
    const ack = { type: "TaskStopVerificationAck", message: { messageId: "m1" } };
    answer = () => Promise.resolve(ack);
    await handler(anEvent("$default", JSON.stringify(FRAME)));
    expect(received).toEqual([["c1", FRAME]]);
    expect(pushed).toEqual([["c1", ack]]);
  });

  it("hands on a telemetry frame without its header block, and pushes no empty answer", async () => {
    const frame = { type: "PublishMetricsRequest", message: { metadata: {} } };
    await handler(anEvent("$default", `Host: x\r\n\r\n${JSON.stringify(frame)}`));
    expect(received).toEqual([["c1", frame]]);
    expect(pushed).toEqual([]);
  });

  it.each([undefined, "", "nonsense"])("drops what is no frame: %j", async (body) => {
    expect(await handler(anEvent("$default", body))).toEqual({ statusCode: 200 });
    expect(received).toEqual([]);
    expect(logged).toEqual([{ connectionId: "c1" }]);
  });

  it("keeps the connection when a frame cannot be handled", async () => {
    answer = () => Promise.reject(new Error("no table"));
    expect(await handler(anEvent("$default", JSON.stringify(FRAME)))).toMatchObject({
      statusCode: 500,
    });
    expect(logged).toHaveLength(1);
  });
});

it("tells of the end of a connection", async () => {
  expect(await handler(anEvent("$disconnect"))).toEqual({ statusCode: 200 });
  expect(disconnected).toEqual(["c1"]);
});

describe("an end of a stream session", () => {
  const SESSION = { streamSession: "s1" };

  it("is let in as its client by the session's token, whatever the header's case", async () => {
    const event = { ...anEvent("$connect"), queryStringParameters: SESSION };
    const headers = { Authorization: "Bearer secret" };
    expect(await handler({ ...event, headers })).toEqual({ statusCode: 200 });
    expect(clients).toEqual([{ connectionId: "c1", sessionId: "s1", token: "secret" }]);
    streamRefusal = new EcsError("AccessDeniedException", "Too late.");
    expect(refusalOf(await handler({ ...event, headers }))).toEqual([403, "AccessDeniedException"]);
  });

  it("is let in as its agent by the agent's signature, and as nobody by neither", async () => {
    await handler(await aHandshake({ ...QUERY, ...SESSION }));
    expect(streamHandshakes).toMatchObject([{ sessionId: "s1", containerInstanceArn: ARN }]);
    expect(handshakes).toEqual([]);
    const unsigned = { ...anEvent("$connect"), queryStringParameters: SESSION };
    expect(refusalOf(await handler(unsigned))).toEqual([403, "AccessDeniedException"]);
    expect(clients).toEqual([]);
  });

  it("is heard apart from agents, where it says what may be said", async () => {
    const frame = { type: "Stream", message: { seq: 0, kind: "ping" } };
    await handler(anEvent("$default", JSON.stringify(frame)));
    await handler(anEvent("$default", '{"type":"Stream","message":{"seq":0,"kind":"other"}}'));
    expect(streamed).toEqual([["c1", frame]]);
    expect(received).toEqual([]);
  });

  it("is no agent's end when it goes", async () => {
    const event = anEvent("$disconnect");
    const requestContext = { ...event.requestContext, connectionId: "stream" };
    await handler({ ...event, requestContext });
    expect(disconnected).toEqual([]);
  });
});

function refusalOf(response: APIGatewayProxyStructuredResultV2): [number | undefined, string] {
  const { type } = JSON.parse(response.body ?? "{}") as { type: string };
  return [response.statusCode, type];
}

async function aHandshake(
  query: Record<string, string> = QUERY,
  accessKeyId = "AKIAROOT",
): Promise<AgentSocketEvent> {
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey: "secret" },
    region: "us-east-1",
    service: "ecs",
    sha256: Hash.bind(undefined, "sha256"),
    applyChecksum: false,
  });
  const { headers } = await signer.sign(
    {
      method: "GET",
      protocol: "http:",
      hostname: "127.0.0.1",
      path: "/ws",
      query,
      headers: { host: "127.0.0.1:4566" },
    },
    { signingDate: new Date(NOW) },
  );
  return { ...anEvent("$connect"), headers, queryStringParameters: query };
}

function anEvent(
  routeKey: "$connect" | "$default" | "$disconnect",
  body?: string,
): AgentSocketEvent {
  const eventType = {
    $connect: "CONNECT",
    $default: "MESSAGE",
    $disconnect: "DISCONNECT",
  } as const;
  return {
    requestContext: {
      routeKey,
      eventType: eventType[routeKey],
      messageId: "m",
      extendedRequestId: "r",
      requestId: "r",
      requestTime: "21/Nov/2026:12:00:00 +0000",
      requestTimeEpoch: NOW,
      messageDirection: "IN",
      stage: "ws",
      connectedAt: NOW,
      connectionId: "c1",
      domainName: "127.0.0.1",
      apiId: "sockets",
    },
    isBase64Encoded: false,
    ...(body !== undefined && { body }),
  };
}
