import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { readConfig } from "../config.ts";
import { NO_GPUS } from "../gpus.ts";
import { lineLog } from "../log.ts";
import { StateFiles } from "../state-files.ts";
import { connectApi } from "./api.ts";
import { recordedInstance, registerInstance } from "./registration.ts";

interface Call {
  readonly operation: string;
  readonly input: {
    readonly attributes?: readonly { readonly name: string; readonly value?: string }[];
    readonly containerInstanceArn?: string;
    readonly clientToken?: string;
    readonly platformDevices?: readonly object[];
    readonly totalResources?: readonly { readonly name: string }[];
  };
}

type Reply = (call: Call) => { readonly status?: number; readonly body: object };

/** As ECS answers: the ARN, and every attribute as it was sent. */
const register: Reply = ({ input }) => ({
  body: { containerInstance: { containerInstanceArn: "arn:i", attributes: input.attributes } },
});
const refuse =
  (code: string, message = "no"): Reply =>
  () => ({ status: 400, body: { __type: code, message } });

const server = createServer();
let calls: Call[];
let replies: Reply[];
let directory: string;

beforeAll(async () => {
  server.on("request", async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    const call = { operation, input: (await json(request)) as Call["input"] };
    calls.push(call);
    const { status = 200, body } = (replies.shift() ?? register)(call);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  calls = [];
  replies = [];
  directory = mkdtempSync(join(tmpdir(), "berth-registration-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const log = lineLog("none", () => undefined);

const registering = async (
  settings: Readonly<Record<string, string>> = {},
  gpus = NO_GPUS,
  logDrivers?: readonly string[],
) => {
  const config = readConfig(
    {
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
      ECS_CLUSTER: "prod",
      ECS_BACKEND_HOST: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ECS_INSTANCE_ATTRIBUTES: '{"stack":"blue"}',
      ...settings,
    },
    {},
  );
  const files = new StateFiles(directory, log);
  const known = await recordedInstance(files, config);
  const parts = {
    api: connectApi(config, log),
    config,
    files,
    log,
    capacity: { cpuUnits: 1_024, memoryMiB: 512, usedTcpPorts: [22], usedUdpPorts: [] },
    engine: { apiVersion: "1.24", architecture: "amd64", ...(logDrivers && { logDrivers }) },
    gpus,
  };
  return registerInstance(parts, known);
};

test("tells of its GPUs as devices, and of their driver", async () => {
  await registering({}, { ids: ["GPU-a", "GPU-b"], driverVersion: "535.1" });
  const [input] = calls.map((call) => call.input);
  expect(input?.platformDevices).toEqual([
    { id: "GPU-a", type: "GPU" },
    { id: "GPU-b", type: "GPU" },
  ]);
  expect(input?.attributes).toContainEqual({ name: "ecs.capability.nvidia-driver-version.535.1" });
  expect(input?.totalResources?.map(({ name }) => name)).not.toContain("GPU");
});

test("is the same instance again, and says the user's attributes once only", async () => {
  expect(await registering()).toMatchObject({ containerInstanceArn: "arn:i", timeline: -1 });
  await registering();
  const names = calls.map(({ input }) => input.attributes?.map(({ name }) => name));
  expect(calls.map(({ input }) => input.containerInstanceArn)).toEqual([undefined, "arn:i"]);
  expect(names[0]).toContain("stack");
  expect(names[1]).not.toContain("stack");
});

test("has only the capabilities that its engine gives it", async () => {
  await registering({
    ECS_DISABLE_PRIVILEGED: "true",
    ECS_AVAILABLE_LOGGING_DRIVERS: '["syslog"]',
  });
  const names = calls[0]?.input.attributes?.map(({ name }) => name) ?? [];
  const prefix = "com.amazonaws.ecs.capability.";
  expect(names).toContain(`${prefix}docker-remote-api.1.24`);
  expect(names).not.toContain(`${prefix}docker-remote-api.1.25`);
  expect(names).toContain(`${prefix}logging-driver.syslog`);
  expect(names).not.toContain(`${prefix}logging-driver.json-file`);
  expect(names).not.toContain(`${prefix}privileged-container`);
  expect(names).not.toContain(`${prefix}task-iam-role`);
});

test("offers no log driver that its engine was built without", async () => {
  const drivers = ["json-file", "splunk", "awslogs", "none"];
  await registering(
    {
      ECS_AVAILABLE_LOGGING_DRIVERS: JSON.stringify(drivers),
      ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE: "true",
    },
    NO_GPUS,
    ["awslogs", "json-file"],
  );
  const names = calls[0]?.input.attributes?.map(({ name }) => name) ?? [];
  const offered = names.filter((name) => /logging-driver|awslogs/.test(name));
  expect(offered).toEqual([
    ...["json-file", "awslogs", "none"].map(
      (driver) => `com.amazonaws.ecs.capability.logging-driver.${driver}`,
    ),
    "ecs.capability.execution-role-awslogs",
  ]);
});

test("says from which Auto Scaling group its machine came, every time", async () => {
  const group = { name: "berth.auto-scaling-group", value: "spot" };
  await registering({ BERTH_AUTO_SCALING_GROUP: "spot" });
  await registering({ BERTH_AUTO_SCALING_GROUP: "spot" });
  await registering();
  const told = calls.map(({ input }) =>
    input.attributes?.filter(({ name }) => name === group.name),
  );
  expect(told).toEqual([[group], [group], []]);
});

test("keeps its token when an answer gets lost on the way", async () => {
  replies = [() => ({ status: 500, body: { __type: "ServerException" } })];
  await registering();
  const tokens = calls.map(({ input }) => input.clientToken);
  expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(tokens[1]).toBe(tokens[0]);
});

test.each(["InvalidParameterException", "ClientException"])(
  "does not come back after %s",
  async (code) => {
    replies = [refuse(code)];
    await expect(registering()).rejects.toMatchObject({ name: "TerminalError" });
    expect(calls).toHaveLength(1);
  },
);

test("may come back after anything else", async () => {
  replies = [refuse("AccessDeniedException")];
  await expect(registering()).rejects.toMatchObject({ name: "AccessDeniedException" });
});

test("waits for the control plane where it has containers to look after", async () => {
  await registering();
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  try {
    replies = [refuse("AccessDeniedException")];
    const again = registering();
    await vi.waitUntil(() => calls.length === 2);
    while (calls.length < 3) await vi.advanceTimersByTimeAsync(3_000);
    expect((await again).containerInstanceArn).toBe(calls[2]?.input.containerInstanceArn);
  } finally {
    vi.useRealTimers();
  }
});

test("does not run with attributes that the control plane took for others", async () => {
  replies = [
    () => ({ body: { containerInstance: { containerInstanceArn: "arn:i", attributes: [] } } }),
  ];
  await expect(registering()).rejects.toThrow(/did not take over attributes: ecs.os-type/);
});

test("makes the default cluster where none was named and it is missing", async () => {
  replies = [refuse("ClusterNotFoundException", "Cluster not found."), () => ({ body: {} })];
  await registering({ ECS_CLUSTER: "" });
  expect(calls.map(({ operation }) => operation)).toEqual([
    "RegisterContainerInstance",
    "CreateCluster",
    "RegisterContainerInstance",
  ]);
});

test("does not take another cluster's data directory", async () => {
  await registering();
  await expect(registering({ ECS_CLUSTER: "other" })).rejects.toThrow(/cluster prod, not other/);
});
