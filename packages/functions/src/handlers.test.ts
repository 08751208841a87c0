import * as ecs from "@aws-sdk/client-ecs";
import type { WakeMessage } from "@berth/contracts/queue";
import { DEFAULT_SETTINGS } from "@berth/control-plane/settings";
import { ADMINISTRATOR } from "@berth/domain/access/access-key";
import { ClusterViews } from "@berth/control-plane/placement/cluster-view";
import { createStore } from "@berth/store/create-store";
import { createMemoryTable } from "@berth/store/memory/table";
import { FakeSecretBox } from "@berth/testing/fake-secret-box";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { beforeEach, expect, it } from "vitest";
import {
  apiHandler,
  forwardHandler,
  instanceEventsHandler,
  sweepHandler,
  serviceWakeHandler,
} from "./handlers.ts";
import type { ApiEdge } from "./handlers.ts";
import { createMetrics } from "./metrics.ts";

/** The edge around the real control plane, on the memory store, with queues that can be broken. */
let edge: ApiEdge;
let sent: WakeMessage[];
let queuesWork: boolean;
let warnings: string[];
let lines: string[];

const now = () => Date.now();

beforeEach(() => {
  [sent, queuesWork, warnings] = [[], true, []];
  const settings = { ...DEFAULT_SETTINGS, agentEndpoint: "http://127.0.0.1:4566/" };
  const agents = {
    push: () => Promise.resolve("gone" as const),
    close: () => Promise.resolve(),
  };
  lines = [];
  const metrics = createMetrics({
    stage: "test",
    functionName: "all",
    write: (line) => void lines.push(line),
  });
  let ids = 0;
  edge = {
    agents,
    checkToken: () => expect.unreachable(),
    metrics,
    sqs: { send: () => expect.unreachable() },
    queueUrls: { service: "", placement: "", dispatch: "", coalesced: "", timers: "" },
    controlPlane: {
      metrics,
      store: createStore(createMemoryTable(), { historyMs: settings.historyMs, now }),
      relay: {
        wake: (message) => {
          sent.push(message);
          return queuesWork ? Promise.resolve() : Promise.reject(new Error("no queue"));
        },
      },
      agents,
      views: new ClusterViews(),
      scope: { region: "us-east-1", account: "000000000000" },
      settings,
      now,
      nextNumber: now,
      randomHex: (digits) => (ids += 1).toString(16).padStart(digits, "0"),
    },
    findAccessKey: async () => ({
      secretAccessKey: "secret",
      principalArn: "arn:root",
      permissions: ADMINISTRATOR,
      isIssued: false,
    }),
    alarms: { describe: () => expect.unreachable() },
    sealer: new FakeSecretBox(),
    identities: { identify: async () => "refused" },
    rules: { installation: "berth.test", stsEndpoint: "https://sts.test", instanceRoles: [] },
    log: {
      info: () => undefined,
      warn: (message) => void warnings.push(message),
      error: (message, details) => expect.unreachable(`${message}: ${JSON.stringify(details)}`),
    },
  };
});

it("carries out operations of ECS", async () => {
  const client = sdk();
  await client.send(new ecs.CreateClusterCommand({ clusterName: "web" }));
  const { clusters } = await client.send(new ecs.DescribeClustersCommand({ clusters: ["web"] }));
  expect(clusters).toEqual([
    expect.objectContaining({
      clusterArn: "arn:aws:ecs:us-east-1:000000000000:cluster/web",
      status: "ACTIVE",
    }),
  ]);
});

it("says that a service was created, although its wake-up was lost", async () => {
  const client = sdk();
  await client.send(new ecs.CreateClusterCommand({ clusterName: "default" }));
  await client.send(
    new ecs.RegisterTaskDefinitionCommand({
      family: "web",
      containerDefinitions: [{ name: "app", image: "bb:1", memory: 16 }],
    }),
  );
  queuesWork = false;
  const { service } = await client.send(
    new ecs.CreateServiceCommand({ serviceName: "web", taskDefinition: "web", desiredCount: 1 }),
  );
  expect(service?.status).toBe("ACTIVE");
  expect(sent).toContainEqual({ kind: "service", cluster: "default", service: "web" });
  expect(warnings).toContain("Lost a wake-up");

  queuesWork = true;
  sent = [];
  await sweepHandler(edge)();
  expect(sent).toContainEqual({ kind: "service", cluster: "default", service: "web" });
});

it("hands wake-ups to their controllers, for which nothing to do is nothing wrong", async () => {
  const event = { Records: [{ messageId: "1", body: WAKE, attributes: {} }] } as never;
  expect(await serviceWakeHandler(edge)(event)).toEqual({ batchItemFailures: [] });
  expect(await forwardHandler(edge)(event)).toEqual({ batchItemFailures: [] });
  expect(sent).toContainEqual(JSON.parse(WAKE));
});

it("drains an instance whose machine is about to go, although its wake-up is lost", async () => {
  const client = sdk();
  await client.send(new ecs.CreateClusterCommand({ clusterName: "default" }));
  const { containerInstance } = await client.send(
    new ecs.RegisterContainerInstanceCommand({
      instanceIdentityDocument: JSON.stringify({ instanceId: "i-0123456789abcdef0" }),
      totalResources: ["CPU", "MEMORY"].map((name) => ({
        name,
        type: "INTEGER",
        integerValue: 1024,
      })),
    }),
  );
  queuesWork = false;
  await instanceEventsHandler(edge)({
    source: "aws.ec2",
    "detail-type": "EC2 Spot Instance Interruption Warning",
    time: new Date().toISOString(),
    detail: { "instance-id": "i-0123456789abcdef0", "instance-action": "terminate" },
  } as never);
  const { containerInstances } = await client.send(
    new ecs.DescribeContainerInstancesCommand({
      containerInstances: [containerInstance?.containerInstanceArn ?? ""],
    }),
  );
  expect(containerInstances?.[0]?.status).toBe("DRAINING");
});

const WAKE = JSON.stringify({ kind: "service", cluster: "default", service: "gone" });

function sdk(): ecs.ECSClient {
  const handler = apiHandler(edge);
  return new ecs.ECSClient({
    endpoint: "http://127.0.0.1:4566",
    region: "us-east-1",
    credentials: { accessKeyId: "AKIAROOT", secretAccessKey: "secret" },
    requestHandler: {
      handle: async (request: { headers: Record<string, string>; body: Uint8Array }) => {
        const { statusCode = 200, headers = {}, body = "" } = await handler(toEvent(request));
        return { response: { statusCode, headers, body: new TextEncoder().encode(body) } };
      },
    },
  });
}

function toEvent(request: { headers: Record<string, string>; body: Uint8Array }) {
  const headers = Object.entries(request.headers);
  return {
    rawPath: "/",
    rawQueryString: "",
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: Buffer.from(new TextDecoder().decode(request.body)).toString("base64"),
    isBase64Encoded: true,
    requestContext: { requestId: "r1", http: { method: "POST" } },
  } as APIGatewayProxyEventV2;
}
