import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { callDestination } from "./call-destination.ts";
import { lookupFor, mayCall } from "./endpoint.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<URL> {
  server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

const call = async (url: URL, timeoutMs = 5_000) =>
  callDestination(
    { url, method: "POST", headers: {}, body: "{}" },
    { signal: new AbortController().signal, timeoutMs },
  );

test.each([
  [200, { kind: "delivered" }],
  [204, { kind: "delivered" }],
  [302, { kind: "refused", why: "The answer was 302" }],
  [400, { kind: "refused", why: "The answer was 400" }],
  [404, { kind: "refused", why: "The answer was 404" }],
  [401, { kind: "failed", why: "The answer was 401" }],
  [429, { kind: "failed", why: "The answer was 429" }],
  [500, { kind: "failed", why: "The answer was 500" }],
  [503, { kind: "failed", why: "The answer was 503" }],
])("an answer of %i is %j", async (status, outcome) => {
  const url = await serve((_, response) => void response.writeHead(status).end());
  expect(await call(url)).toEqual(outcome);
});

test("a redirect is not followed", async () => {
  const paths: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    paths.push(request.url);
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  expect(await call(url)).toMatchObject({ kind: "refused" });
  expect(paths).toEqual(["/"]);
});

test("who does not answer is not waited for", async () => {
  const url = await serve(() => undefined);
  expect(await call(url, 50)).toEqual({ kind: "failed", why: "No answer within 50 ms" });
});

test("who answers without end is not heard to the end", async () => {
  const url = await serve((request, response) => {
    request.resume();
    response.writeHead(200);
    const talk = setInterval(() => response.write("x".repeat(10_000)), 1);
    response.on("close", () => clearInterval(talk));
  });
  expect(await call(url)).toEqual({ kind: "delivered" });
  await once(server as Server, "close", { signal: AbortSignal.timeout(1) }).catch(() => undefined);
  const { promise, resolve } = Promise.withResolvers<void>();
  server?.close(() => resolve());
  await promise;
});

test("where nobody listens it fails", async () => {
  const url = await serve(() => undefined);
  server?.close();
  expect(await call(url)).toMatchObject({
    kind: "failed",
    why: expect.stringMatching(/REFUSED/) as string,
  });
});

test.each(["http://10.0.0.1/", "https://169.254.169.254/", "http://example.invalid/"])(
  "%s is not called",
  async (url) => {
    expect(await call(new URL(url))).toMatchObject({ kind: "failed" });
  },
);

test.each([
  ["http:", "127.0.0.1", true],
  ["http:", "::1", true],
  ["http:", "::ffff:127.0.0.1", true],
  ["http:", "192.168.1.1", false],
  ["http:", "0.0.0.0", false],
  ["https:", "127.0.0.1", true],
  ["https:", "192.168.1.1", true],
  ["https:", "93.184.216.34", true],
  ["https:", "169.254.170.2", false],
  ["https:", "::ffff:169.254.169.254", false],
  ["https:", "fe80::1", false],
  ["https:", "fd00:ec2::254", false],
  ["https:", "0.0.0.0", false],
  ["https:", "::", false],
  ["https:", "224.0.0.1", false],
  ["ftp:", "127.0.0.1", false],
])("by %s %s may be called: %s", (protocol, address, expected) => {
  expect(mayCall(protocol, address)).toBe(expected);
});

test("a name is looked up when it is called, and only good addresses of it are used", async () => {
  const find = async (protocol: string, all: boolean) =>
    new Promise((resolve) => {
      lookupFor(protocol)("localhost", { all }, (error, ...found) => resolve(error ?? found));
    });
  const address = expect.stringMatching(/^(127\.|::1$)/) as string;
  expect(await find("http:", false)).toEqual([address, expect.any(Number)]);
  expect(await find("http:", true)).toMatchObject([expect.arrayContaining([expect.anything()])]);
  expect(await find("ftp:", true)).toMatchObject({ message: "localhost is where no call may go." });
});
