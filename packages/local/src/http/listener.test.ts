import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
  type Server,
} from "node:http";
import { type AddressInfo, connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_BODY_BYTES } from "./body.ts";
import { createListener } from "./listener.ts";

let server: Server;
let port: number;
let events: APIGatewayProxyEventV2[];
let answer: () => APIGatewayProxyStructuredResultV2;
const logged: unknown[] = [];

beforeEach(async () => {
  events = [];
  answer = () => ({ statusCode: 200, body: "{}" });
  server = createServer(
    createListener({
      account: "000000000000",
      api: async (event) => {
        events.push(event);
        return answer();
      },
      connections: async () => ({ statusCode: 410 }),
      events: async () => ({ statusCode: 299 }),
      logs: (_, response) => response.writeHead(297).end(),
      reference: async () => ({ statusCode: 298 }),
      log: (message) => logged.push(message),
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function send(options: RequestOptions, body: Buffer | string = "") {
  const request = httpRequest({ port, host: "127.0.0.1", method: "POST", ...options });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

describe("a request becomes an event", () => {
  test("with path and query exactly as they were signed", async () => {
    await send({ path: "/v1/a%2Fb/?x=1&y=%20z&x=2" });
    expect(events[0]).toMatchObject({
      version: "2.0",
      rawPath: "/v1/a%2Fb/",
      rawQueryString: "x=1&y=%20z&x=2",
      queryStringParameters: { x: "1,2", y: " z" },
      requestContext: { http: { method: "POST", sourceIp: "127.0.0.1" } },
    });
  });

  test("with repeated headers joined, names in lower case, and cookies apart", async () => {
    await send({ headers: { "X-Twice": ["a", "b"], Cookie: "one=1; two=2" } });
    expect(events[0]?.headers).toMatchObject({ "x-twice": "a,b", host: `127.0.0.1:${port}` });
    expect(events[0]?.headers).not.toHaveProperty("cookie");
    expect(events[0]?.cookies).toEqual(["one=1", "two=2"]);
  });

  test.each([
    ["application/x-amz-json-1.1", true],
    ["application/octet-stream", true],
    ["application/json", false],
    ["text/plain; charset=utf-8", false],
  ])("with a body of type %s in base64: %s", async (type, isBase64Encoded) => {
    const body = '{"clusterName":"häfen"}';
    await send({ headers: { "content-type": type } }, body);
    expect(events[0]?.isBase64Encoded).toBe(isBase64Encoded);
    const encoding = isBase64Encoded ? "base64" : "utf8";
    expect(Buffer.from(events[0]?.body ?? "", encoding).toString("utf8")).toBe(body);
  });

  test("without a body where there was none", async () => {
    await send({ method: "GET" });
    expect(events[0]).not.toHaveProperty("body");
  });
});

describe("an answer", () => {
  test("goes out with its status, headers and cookies", async () => {
    answer = () => ({
      statusCode: 400,
      headers: { "x-amzn-requestid": "r-1" },
      cookies: ["a=1", "b=2"],
      body: Buffer.from("bytes").toString("base64"),
      isBase64Encoded: true,
    });
    const response = await send({});
    expect(response).toMatchObject({ status: 400, body: "bytes" });
    expect(response.headers).toMatchObject({
      "x-amzn-requestid": "r-1",
      "set-cookie": ["a=1", "b=2"],
    });
  });

  test("of a handler that throws is 500 and betrays nothing", async () => {
    answer = () => {
      throw new Error("secret");
    };
    const response = await send({});
    expect(response).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
  });

  test.each(["/reference", "/reference/start.js"])("for %s comes from that route", async (path) => {
    expect(await send({ path, method: "GET" })).toMatchObject({ status: 298 });
    expect((await send({ path: "/references", method: "GET" })).status).toBe(200);
  });

  test("is gone on with where the answer is a stream, until it is refused", async () => {
    const pieces = ["id: 1\n\n", "data: x\n\nid: 2\n\n"];
    answer = () => {
      const body = pieces.shift();
      const headers = { "content-type": "text/event-stream" };
      return body === undefined ? { statusCode: 401 } : { statusCode: 200, headers, body };
    };
    const response = await send({ method: "GET", headers: { accept: "text/event-stream" } });
    expect(response).toMatchObject({
      status: 200,
      headers: { "content-type": "text/event-stream", "transfer-encoding": "chunked" },
      body: "id: 1\n\ndata: x\n\nid: 2\n\n",
    });
    const seen = events.map(({ headers }) => headers["last-event-id"]);
    expect(seen).toEqual([undefined, "1", "2"]);
  });

  test("asks no more for a reader who has gone", async () => {
    const headers = { "content-type": "text/event-stream" };
    answer = () => ({ statusCode: 200, headers, body: "id: 1\n\n" });
    const request = httpRequest({ port, host: "127.0.0.1", method: "GET" });
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.destroy();
    await expect
      .poll(async () => {
        const before = events.length;
        await sleep(20);
        return events.length - before;
      })
      .toBe(0);
  });

  test("for EventBridge comes from that route", async () => {
    const headers = { "x-amz-target": "AWSEvents.PutEvents" };
    expect(await send({ path: "/", headers })).toMatchObject({ status: 299 });
    expect(events).toEqual([]);
  });

  test("for /@connections comes from that route", async () => {
    expect(await send({ path: "/@connections/abc%3D" })).toMatchObject({ status: 410 });
    expect(events).toEqual([]);
  });
});

describe("a body over the limit", () => {
  const tooLarge = { status: 413, body: expect.stringContaining("RequestEntityTooLargeException") };

  test("is refused by its declared length, before it is sent", async () => {
    const headers = { "content-length": MAX_BODY_BYTES + 1 };
    const request = httpRequest({ port, host: "127.0.0.1", method: "POST", headers });
    request.on("error", () => undefined);
    request.flushHeaders();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect({ status: response.statusCode, body: await text(response) }).toEqual(tooLarge);
    request.destroy();
  });

  test("is refused where its length was not declared, and never reaches the handler", async () => {
    const headers = { "transfer-encoding": "chunked" };
    expect(await send({ headers }, Buffer.alloc(MAX_BODY_BYTES + 1))).toMatchObject(tooLarge);
    expect(events).toEqual([]);
  });

  test("of exactly the limit is taken", async () => {
    expect(await send({}, Buffer.alloc(MAX_BODY_BYTES))).toMatchObject({ status: 200 });
  });
});

test("a client that goes away in the middle of its body harms nobody", async () => {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf");
  socket.resetAndDestroy();
  expect(await send({})).toMatchObject({ status: 200 });
});
