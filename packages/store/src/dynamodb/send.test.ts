import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { HttpResponse, type HttpRequest } from "@smithy/core/protocols";
import { type DynaliteServer, startDynalite } from "@berth/testing/dynalite-server";
import { afterEach, describe, expect, test } from "vitest";
import { createDynamoClient } from "./client.ts";
import { ensureTable } from "./schema.ts";
import { createSend } from "./send.ts";

const identity = {
  region: "eu-west-1",
  credentials: { accessKeyId: "key", secretAccessKey: "secret" },
};
const anyGet = { TableName: "table", Key: { pk: { S: "p" }, sk: { S: "s" } } };

type Answer = { readonly statusCode: number; readonly body: string } | { readonly code: string };

/** A client whose network gives these answers, one after the other, and notes the requests. */
function clientAnswering(...answers: readonly Answer[]) {
  const requests: HttpRequest[] = [];
  const client = new DynamoDBClient({
    ...identity,
    requestHandler: {
      handle: async (request: HttpRequest) => {
        const answer = answers[requests.length];
        requests.push(request);
        if (!answer || "code" in answer) throw Object.assign(new Error("lost"), answer);
        const { statusCode, body } = answer;
        return {
          response: new HttpResponse({ statusCode, headers: {}, body: new Blob([body]).stream() }),
        };
      },
    },
  });
  return { send: createSend(client), requests };
}

const ok: Answer = { statusCode: 200, body: "{}" };
const refusal = (statusCode: number, type: string): Answer => ({
  statusCode,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "No." }),
});

describe("sending", () => {
  test("goes to the endpoint of the client's region, signed for it", async () => {
    const { send, requests } = clientAnswering(ok);
    await send("GetItem", anyGet);
    expect(requests[0]).toMatchObject({
      protocol: "https:",
      hostname: "dynamodb.eu-west-1.amazonaws.com",
      method: "POST",
      path: "/",
      headers: {
        "x-amz-target": "DynamoDB_20120810.GetItem",
        authorization: expect.stringContaining("/eu-west-1/dynamodb/aws4_request"),
      },
    });
  });

  test.each([
    { name: "a refused connection", answer: { code: "ECONNREFUSED" } },
    { name: "a broken connection", answer: { code: "ECONNRESET" } },
    { name: "an internal error", answer: refusal(500, "InternalServerError") },
    { name: "a dying server's words", answer: { statusCode: 503, body: "<html>" } },
    { name: "throttling", answer: refusal(400, "ProvisionedThroughputExceededException") },
  ])("is repeated after $name", async ({ answer }) => {
    const { send, requests } = clientAnswering(answer, ok);
    expect(await send("GetItem", anyGet)).toEqual({});
    expect(requests).toHaveLength(2);
  });

  test.each([
    { name: "a failed condition", answer: refusal(400, "ConditionalCheckFailedException") },
    { name: "a faulty request", answer: refusal(400, "ValidationException") },
  ])("is not repeated after $name", async ({ answer }) => {
    const { send, requests } = clientAnswering(answer, ok);
    await expect(send("GetItem", anyGet)).rejects.toThrow("No.");
    expect(requests).toHaveLength(1);
  });

  test("is given up in the end, with the error as it was", async () => {
    const refused = Array.from({ length: 100 }, () => ({ code: "ECONNREFUSED" }));
    const { send, requests } = clientAnswering(...refused);
    await expect(send("GetItem", anyGet)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(requests.length).toBeLessThan(refused.length);
  });
});

describe("a server that is restarted", () => {
  let server: DynaliteServer | undefined;
  afterEach(() => server?.close());

  test("goes unnoticed", async () => {
    server = await startDynalite();
    const client = createDynamoClient({ endpoint: server.endpoint, ...identity });
    await ensureTable(client, "table");
    const send = createSend(client);
    await send("GetItem", anyGet);

    await server.close();
    const answer = send("GetItem", anyGet).catch((error: unknown) => error);
    await sleep(300);
    server = await startDynalite(server.port);
    /** Its memory is gone, but it answers. */
    expect(await answer).toMatchObject({ name: "ResourceNotFoundException" });
  });
});
