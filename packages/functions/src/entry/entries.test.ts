import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Context } from "aws-lambda";
import { FUNCTIONS } from "../function-limits.ts";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

/** What the stacks set for each function. */
const ENVIRONMENT = {
  AWS_REGION: "us-east-1",
  BERTH_STAGE: "test",
  BERTH_ACCOUNT: "000000000000",
  BERTH_TABLE_NAME: "berth",
  BERTH_TABLE_SHARDS: "32",
  BERTH_SERVICE_QUEUE_URL: "https://sqs.invalid/service.fifo",
  BERTH_PLACEMENT_QUEUE_URL: "https://sqs.invalid/placement.fifo",
  BERTH_DISPATCH_QUEUE_URL: "https://sqs.invalid/dispatch.fifo",
  BERTH_COALESCED_QUEUE_URL: "https://sqs.invalid/coalesced.fifo",
  BERTH_TIMERS_QUEUE_URL: "https://sqs.invalid/timers",
  BERTH_CONNECTIONS_ENDPOINT: "https://sockets.invalid/ws",
  BERTH_AGENT_ENDPOINT: "https://sockets.invalid/",
  BERTH_ACCESS_KEYS: "[]",
  BERTH_EVENT_BUS_NAME: "berth",
  BERTH_KMS_KEY_ID: "alias/keys",
  BERTH_INSTALLATION: "api.invalid",
  BERTH_SWAGGER_UI: "swagger-ui",
};

const CONTEXT = { functionName: "f", awsRequestId: "r", invokedFunctionArn: "arn" } as Context;
const ENTRIES = readdirSync(import.meta.dirname).filter((file) => !file.endsWith(".test.ts"));

const written: string[] = [];

beforeAll(() => {
  vi.spyOn(process.stdout, "write").mockImplementation((line) => written.push(String(line)) > 0);
  for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
});
afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("the functions on AWS", () => {
  it("are those that have limits", () => {
    expect(ENTRIES.toSorted()).toEqual(FUNCTIONS.map((name) => `${name}.ts`).toSorted());
  });

  it.each(ENTRIES)("%s exports a handler", async (file) => {
    const entry = (await import(pathToFileURL(join(import.meta.dirname, file)).href)) as {
      handler: unknown;
    };
    expect(entry.handler).toBeTypeOf("function");
  });

  it("answer: the API says that it is there", async () => {
    const { handler } = await import("./api.ts");
    const event = {
      rawPath: "/healthz",
      headers: {},
      requestContext: { requestId: "r", http: { method: "GET" } },
    };
    expect(await handler(event as never, CONTEXT)).toMatchObject({ statusCode: 200 });
  });

  it("answer: a queue with nothing in it leaves nothing behind", async () => {
    const { handler } = await import("./service-queue.ts");
    expect(await handler({ Records: [] }, CONTEXT)).toEqual({ batchItemFailures: [] });
  });

  it("count their first invocation, and no other", async () => {
    const { handler } = await import("./placement-queue.ts");
    written.length = 0;
    await handler({ Records: [] }, CONTEXT);
    await handler({ Records: [] }, CONTEXT);
    expect(written.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ ColdStarts: 1, Stage: "test" }),
    ]);
  });
});
