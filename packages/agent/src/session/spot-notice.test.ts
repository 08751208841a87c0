import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { ECSClient } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { lineLog } from "../log.ts";
import { drainOnSpotNotice } from "./spot-notice.ts";

const ARN = "arn:aws:ecs:eu-central-1:123456789012:container-instance/default/1";

/** The metadata service of a machine on EC2, and the ECS API. */
const server = createServer();
let notice: string | undefined;
/** How often the API fails before it answers. */
let failures: number;
let asked: string[];
let drained: unknown[];

beforeAll(async () => {
  server.on("request", async (request, response) => {
    const [status, body] = await answer(request);
    response.writeHead(status).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", url());
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  vi.unstubAllEnvs();
});
beforeEach(() => {
  notice = undefined;
  failures = 0;
  asked = [];
  drained = [];
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function answer(request: IncomingMessage): Promise<readonly [number, string]> {
  asked.push(`${request.method} ${request.url}`);
  if (request.url === "/latest/api/token") return [200, "a token"];
  if (request.method === "GET") {
    if (request.headers["x-aws-ec2-metadata-token"] !== "a token") return [401, ""];
    return notice === undefined ? [404, ""] : [200, notice];
  }
  const input: unknown = await json(request);
  if (failures > 0) {
    failures -= 1;
    return [400, JSON.stringify({ __type: "ClientException", message: "no" })];
  }
  drained.push(input);
  return [200, "{}"];
}

function watch(signal: AbortSignal): Promise<void> {
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  return drainOnSpotNotice({
    api: new ECSClient({ endpoint: url(), region: "eu-central-1", credentials, maxAttempts: 1 }),
    cluster: "default",
    instance: { containerInstanceArn: ARN },
    log: lineLog("none", () => undefined),
    signal,
    pollEveryMs: 1,
  });
}

const times = (question: string) => asked.filter((each) => each === question).length;
const ASKED = "GET /latest/meta-data/spot/instance-action";

test("a machine that EC2 takes back is drained, once the control plane takes it", async () => {
  failures = 2;
  const watching = watch(new AbortController().signal);
  await vi.waitFor(() => expect(times(ASKED)).toBeGreaterThan(2), 20_000);
  expect(drained).toEqual([]);
  notice = JSON.stringify({ action: "terminate", time: "2026-11-22T00:00:00Z" });
  await watching;
  expect(drained).toEqual([{ cluster: "default", containerInstances: [ARN], status: "DRAINING" }]);
});

test("a machine that stays is left alone, and nobody asks once the agent closes", async () => {
  const closing = new AbortController();
  const watching = watch(closing.signal);
  await vi.waitFor(() => expect(times(ASKED)).toBeGreaterThan(2), 20_000);
  closing.abort();
  await watching;
  expect(drained).toEqual([]);
});
